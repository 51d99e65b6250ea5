// Digests on their way: from the scheduled time to what is told (STATISTICS 8; docs/digest.md).
//
// Everything is decided by slots, never by how far a clock moves at once, so that the same stream gives the
// same digests however it was split and wherever it was stopped. A scheduled time is due once every slot of
// predictions up to it has closed: then it is drafted, with what the kinds on that clock say. Kinds on labels
// follow when the feedback clock has passed the same slot. A draft stands once a slot with predictions ends
// at or after it; of several scheduled times without predictions between them the latest replaces the others.
// The first slot with predictions begins the schedule: nothing before it is made up for.
//
// State: a value with save() and load(). Owned by the engine's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "alerts/digest_notice.h"
#include "app/config/config.h"
#include "app/pipeline/digest_findings.h"
#include "app/pipeline/digest_schedule.h"

namespace driftd::app {

class Digests {
 public:
  explicit Digests(const Config& config) { reconfigure(config); }
  // What is drafted stays, unless there are no digests any more.
  void reconfigure(const Config& config);

  // The clock of predictions. The latest scheduled time that lies at or before the start of `slot` and was
  // not asked for yet.
  std::optional<Time> take_due(std::int64_t slot);
  struct Draft {
    Time at = 0;
    std::vector<std::uint32_t> live;  // series of the versions it is about
    std::vector<Hypothesis> hypotheses;
    bool stands = false;
    bool has_labels = false;
  };
  void add(Draft draft);
  // A slot with predictions has closed.
  void begin(std::int64_t slot);
  void let_stand();

  // The feedback clock. The next draft that waits for its labels and is about slots before `slot` alone.
  [[nodiscard]] Draft* waiting_for_labels(std::int64_t slot);
  // Those that are whole, in order of their times, and no more drafts.
  std::vector<alerts::DigestNotice> take_made();

  void forget_model(std::string_view model, const std::vector<std::uint32_t>& series);

  struct Made {
    alerts::DigestNotice notice;
    std::size_t hypotheses = 0;
    std::size_t discoveries = 0;
  };
  [[nodiscard]] const std::optional<Made>& newest() const { return newest_; }
  [[nodiscard]] bool are_scheduled() const { return schedule_.has_value(); }
  [[nodiscard]] std::optional<Time> next(Time now) const;

  void save(Encoder& out) const;
  // Fails with `corrupt`. `versions`: how many there are.
  Status load(Decoder& in, std::size_t versions);
  bool changed = false;  // since the last checkpoint

 private:
  Duration slot_ = kMinute;
  double alpha_ = 0.1;
  std::optional<DigestSchedule> schedule_;
  std::optional<Time> asked_;  // scheduled times up to here were asked for; none: no prediction yet
  std::optional<Time> next_;   // of the schedule, after that
  std::vector<Draft> drafts_;  // rising; all but the last stand
  std::optional<Made> newest_;
};

}  // namespace driftd::app
