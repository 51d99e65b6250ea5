// What a model does, and what an event's prediction and a feedback's verdict mean under it (DESIGN 3).
//
// Which of an event's fields is "the prediction" depends on the task, and without a configured task
// the reference's events decide it. Values; pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/codec.h"
#include "core/pair.h"
#include "core/result.h"

namespace driftd::detectors {

enum class Task : std::uint8_t { none, binary, multiclass, regression };

std::string_view name_of(Task task);
std::optional<Task> task_of(std::string_view name);

struct TaskSpec {
  Task task = Task::none;
  std::string positive;             // binary: the class that `score` is the probability of
  double threshold = 0.5;           // binary: `positive` is predicted at score >= threshold
  std::vector<std::string> labels;  // known ones in byte order, at most kMaxLabels

  // Binary: the other one of two known labels; "not POSITIVE" where it is not known.
  [[nodiscard]] std::string negative() const;

  void save(Encoder& out) const;
  static Result<TaskSpec> load(Decoder& in);
  friend bool operator==(const TaskSpec&, const TaskSpec&) = default;
};

// Known labels and classes of a multiclass tally: the first in byte order, no more.
inline constexpr std::size_t kMaxLabels = 1000;

// An event's prediction under a task: classification has a label, regression a value.
struct Resolved {
  std::optional<std::string> label;
  std::optional<double> value;
  std::optional<double> score;  // binary: of the positive class, also out of `scores`
};
// A given label is what was predicted (a number or boolean by its shortest text); else `positive` if
// score >= threshold, else the class of the largest of `scores`, ties to the first in byte order.
Resolved resolve(const Predicted& predicted, const TaskSpec& spec);

struct ResolvedPair {
  Task task = Task::none;
  bool positive_predicted = false;  // binary
  bool positive_actual = false;
  std::string label;  // multiclass
  std::string actual;
  double value = 0;  // regression
  double actual_value = 0;
  std::optional<double> score;                         // binary
  std::vector<std::pair<std::string, double>> scores;  // multiclass, as the event gave them
};
// Empty where the task is none or either side lacks what the task needs.
std::optional<ResolvedPair> resolve(const Predicted& predicted, const Verdict& verdict, const TaskSpec& spec);

// The 0/1 error of classification, |value - actual| of regression.
double loss_of(const ResolvedPair& pair);

// What the user said; empty members are inferred.
struct TaskWish {
  std::optional<Task> task;
  std::optional<std::string> positive;
  std::optional<double> threshold;
};

// Learns the task from the reference's events. The order of the events does not matter.
//
// A label, score, scores, or a verdict that is no number mean classification: binary with a score or
// at most two labels, else multiclass; a bare number means regression; nothing, none. `positive` is
// the larger of the two labels in byte order (empty as long as no label is known: then only labels
// that events give can be resolved, scores cannot).
class TaskInference {
 public:
  void add(const Predicted& predicted);
  void add(const Verdict& verdict);
  // What is known already, from events that are not there any more; `scored`: some had a score.
  void add(const TaskSpec& known, bool scored);
  [[nodiscard]] std::size_t labels() const { return labels_.size(); }
  [[nodiscard]] TaskSpec finish(const TaskWish& wish = {}) const;

 private:
  void add_label(std::string_view label);

  bool classified_ = false;  // something that only classification has
  bool scored_ = false;
  bool predicted_number_ = false;
  bool verdict_number_ = false;
  std::set<std::string, std::less<>> labels_;
};

}  // namespace driftd::detectors
