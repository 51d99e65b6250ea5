#include "detectors/performance/task.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/event.h"

namespace driftd::detectors {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"none", "binary", "multiclass", "regression"};

std::optional<std::string> given_label(const std::optional<std::string>& label,
                                       const std::optional<double>& number) {
  if (label) return label;
  if (number) return shortest_text(*number);
  return std::nullopt;
}

std::optional<std::string> largest_of(const std::vector<std::pair<std::string, double>>& scores) {
  const std::pair<std::string, double>* best = nullptr;
  for (const auto& entry : scores) {
    if (!std::isfinite(entry.second)) continue;
    if (best == nullptr || entry.second > best->second ||
        (entry.second == best->second && entry.first < best->first)) {
      best = &entry;
    }
  }
  return best != nullptr ? std::optional(best->first) : std::nullopt;
}

std::optional<double> finite(std::optional<double> number) {
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<double> positive_score(const Predicted& predicted, const TaskSpec& spec) {
  if (predicted.score) return finite(predicted.score);
  for (const auto& [label, score] : predicted.scores) {
    if (label == spec.positive) return finite(score);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Task task) { return kNames[static_cast<std::size_t>(task)]; }

std::optional<Task> task_of(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Task>(found - kNames.begin());
}

std::string TaskSpec::negative() const {
  if (labels.size() == 2) {
    if (labels[0] == positive) return labels[1];
    if (labels[1] == positive) return labels[0];
  }
  return "not " + positive;
}

void TaskSpec::save(Encoder& out) const {
  out.put_u8(static_cast<std::uint8_t>(task));
  out.put_text(positive);
  out.put_double(threshold);
  out.put_u64(labels.size());
  for (const std::string& label : labels) out.put_text(label);
}

Result<TaskSpec> TaskSpec::load(Decoder& in) {
  TaskSpec spec;
  const std::uint8_t task = in.get_u8();
  spec.positive = in.get_text();
  spec.threshold = in.get_double();
  const std::size_t count = in.get_count();
  for (std::size_t i = 0; i < count && in.ok(); ++i) spec.labels.emplace_back(in.get_text());
  if (!in.ok() || task >= kNames.size() || count > kMaxLabels || !std::isfinite(spec.threshold)) {
    return Error{ErrorCode::corrupt, "a task is out of its bounds"};
  }
  spec.task = static_cast<Task>(task);
  return spec;
}

Resolved resolve(const Predicted& predicted, const TaskSpec& spec) {
  Resolved resolved;
  if (spec.task == Task::none) return resolved;
  if (spec.task == Task::regression) {
    resolved.value = finite(predicted.value);
    return resolved;
  }
  if (spec.task == Task::binary) resolved.score = positive_score(predicted, spec);
  resolved.label = given_label(predicted.label, finite(predicted.value));
  if (!resolved.label && spec.task == Task::binary && predicted.score && resolved.score &&
      !spec.positive.empty()) {
    resolved.label = *resolved.score >= spec.threshold ? spec.positive : spec.negative();
  }
  if (!resolved.label) resolved.label = largest_of(predicted.scores);
  return resolved;
}

std::optional<ResolvedPair> resolve(const Predicted& predicted, const Verdict& verdict,
                                    const TaskSpec& spec) {
  Resolved resolved = resolve(predicted, spec);
  ResolvedPair pair;
  pair.task = spec.task;
  if (spec.task == Task::none) return std::nullopt;
  if (spec.task == Task::regression) {
    const std::optional<double> actual = finite(verdict.value);
    if (!resolved.value || !actual) return std::nullopt;
    pair.value = *resolved.value;
    pair.actual_value = *actual;
    return pair;
  }
  std::optional<std::string> actual = given_label(verdict.label, finite(verdict.value));
  if (!resolved.label || !actual) return std::nullopt;
  if (spec.task == Task::binary) {
    pair.positive_predicted = *resolved.label == spec.positive;
    pair.positive_actual = *actual == spec.positive;
    pair.score = resolved.score;
    return pair;
  }
  pair.label = std::move(*resolved.label);
  pair.actual = std::move(*actual);
  pair.scores = predicted.scores;
  std::erase_if(pair.scores, [](const auto& entry) { return !std::isfinite(entry.second); });
  return pair;
}

double loss_of(const ResolvedPair& pair) {
  switch (pair.task) {
    case Task::binary:
      return pair.positive_predicted == pair.positive_actual ? 0 : 1;
    case Task::multiclass:
      return pair.label == pair.actual ? 0 : 1;
    case Task::regression:
      return std::abs(pair.value - pair.actual_value);
    case Task::none:
      break;
  }
  return 0;
}

void TaskInference::add_label(std::string_view label) {
  labels_.emplace(label);
  if (labels_.size() > kMaxLabels) labels_.erase(std::prev(labels_.end()));
}

void TaskInference::add(const Predicted& predicted) {
  if (predicted.label || predicted.score || !predicted.scores.empty()) classified_ = true;
  if (predicted.score) scored_ = true;
  if (predicted.value) predicted_number_ = true;
  for (const auto& [label, score] : predicted.scores) add_label(label);
  if (const auto label = given_label(predicted.label, predicted.value)) add_label(*label);
}

void TaskInference::add(const Verdict& verdict) {
  if (verdict.label && !verdict.value) classified_ = true;
  if (verdict.value) verdict_number_ = true;
  if (const auto label = given_label(verdict.label, verdict.value)) add_label(*label);
}

void TaskInference::add(const TaskSpec& known, bool scored) {
  if (known.task == Task::binary || known.task == Task::multiclass) classified_ = true;
  if (known.task == Task::regression) predicted_number_ = true;
  if (scored) scored_ = true;
  for (const std::string& label : known.labels) add_label(label);
}

TaskSpec TaskInference::finish(const TaskWish& wish) const {
  TaskSpec spec;
  if (wish.task) {
    spec.task = *wish.task;
  } else if (classified_) {
    spec.task = scored_ || labels_.size() <= 2 ? Task::binary : Task::multiclass;
  } else if (predicted_number_ || verdict_number_) {
    spec.task = Task::regression;
  }
  spec.threshold = wish.threshold.value_or(spec.threshold);
  if (spec.task != Task::binary && spec.task != Task::multiclass) return spec;
  spec.labels.assign(labels_.begin(), labels_.end());
  if (spec.task == Task::binary) {
    spec.positive = wish.positive.value_or(spec.labels.empty() ? std::string() : spec.labels.back());
  }
  return spec;
}

}  // namespace driftd::detectors
