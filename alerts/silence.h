// Silence (DESIGN 7.13): a model without predictions for 24 hours, where its reference never was that
// quiet, is an incident of kind `labels`, subject `silence`, action `notify`.
//
// One Silence per model. Pure: the caller says which slots closed and, while all prediction partitions
// are idle, how much wall time went by since the model's last prediction was processed.
#pragma once

#include <optional>

#include "alerts/incident.h"
#include "core/codec.h"
#include "core/result.h"
#include "core/time.h"

namespace driftd::alerts {

enum class SilenceChange : std::uint8_t { none, opened, closed };

inline constexpr std::string_view kSilenceSubject = "silence";
inline constexpr Duration kSilence = kDay;

// Whether a reference of this span and longest stretch without predictions can tell silence at all.
constexpr bool can_tell_silence(Duration reference_span, Duration longest_gap) {
  return reference_span >= 2 * kSilence && longest_gap < kSilence;
}

class Silence {
 public:
  // Each slot end that the prediction clock passes, in order; whether the slot held a prediction.
  [[nodiscard]] SilenceChange close_slot(Time slot_end, bool predictions);
  // While all prediction partitions are idle.
  [[nodiscard]] SilenceChange idle_for(Duration since_last_prediction);

  [[nodiscard]] bool is_open() const { return open_; }
  [[nodiscard]] std::optional<Time> last_prediction() const { return last_; }
  void save(Encoder& out) const;
  static Result<Silence> load(Decoder& in);

  friend bool operator==(const Silence&, const Silence&) = default;

 private:
  std::optional<Time> last_;  // end of the last slot that held a prediction
  bool open_ = false;
};

Findings findings_of_silence(std::optional<Time> last_prediction);

}  // namespace driftd::alerts
