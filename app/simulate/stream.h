// A scenario as the events of a Kafka topic: JSON of DESIGN section 3, in order of event time.
//
// Prediction i comes at start + i / rate; its feedback `label_delay` later. At equal times predictions
// come first. A value; the same options give the same bytes on every machine.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "app/simulate/scenario.h"
#include "core/time.h"

namespace driftd::app::simulate {

inline constexpr Time kDefaultStart = 1767225600LL * kSecond;  // 2026-01-01T00:00:00Z

struct StreamOptions {
  std::uint64_t seed = 42;
  std::uint64_t events = 100000;  // predictions; each gets one feedback
  double rate = 1;                // predictions a second of event time
  Time start = kDefaultStart;
  Duration label_delay = 10 * kMinute;
  std::string model{};  // empty: the scenario's name
  std::string version = "1";
};

struct StreamEvent {
  bool feedback = false;
  Time time = 0;
  std::string id;
  std::string json;
};

class Stream {
 public:
  Stream(const Scenario& scenario, StreamOptions options);

  std::optional<StreamEvent> next();  // none: all events have been given

  // Of prediction `index`; for telling where the drift is.
  [[nodiscard]] Time time_of(std::uint64_t index) const;

 private:
  struct Open {
    Time time = 0;
    std::string id;
    std::string_view truth;
  };
  StreamEvent prediction();
  StreamEvent feedback();

  const Scenario* scenario_;
  StreamOptions options_;
  std::string model_json_, version_json_;
  std::uint64_t next_ = 0;
  std::deque<Open> open_;  // waiting for their feedback's time
};

}  // namespace driftd::app::simulate
