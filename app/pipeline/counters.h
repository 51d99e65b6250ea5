// What the pipeline counts (DESIGN 4, Metrics, and 7.9), as plain mergeable values.
//
// Lanes and shards fill small ones of their own during a round; the round adds them up. They are
// state: saved with every checkpoint, so that a restart goes on counting. Integers only, so the
// order of adding never matters.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "core/codec.h"
#include "core/event.h"

namespace driftd::app {

enum class EventKind : std::uint8_t { prediction, feedback, model };
inline constexpr std::size_t kEventKinds = 3;

// A histogram of durations with fixed upper bounds; the sum is kept as whole seconds and whole
// microseconds, each exact.
template <std::size_t Bounds>
struct DurationHistogram {
  std::array<std::uint64_t, Bounds + 1> counts{};
  std::int64_t whole_seconds = 0, microseconds = 0;

  // sign -1 takes an observation back.
  void add(double seconds, std::span<const double, Bounds> bounds, int sign = 1);
  void merge(const DurationHistogram& other);
  [[nodiscard]] double sum() const {
    return static_cast<double>(whole_seconds) + static_cast<double>(microseconds) * 1e-6;
  }
  void save(Encoder& out) const;
  void load(Decoder& in);
};

inline constexpr std::array<double, 13> kLatencyBounds = {.001, .0025, .005, .01, .025, .05, .1,
                                                          .25,  .5,    1,    2.5, 5,    10};
inline constexpr std::array<double, 10> kCheckpointBounds = {.001, .0025, .005, .01, .025,
                                                             .05,  .1,    .25,  1,   5};
inline constexpr std::array<double, 11> kDelayBounds = {1,     10,    60,     300,    1800,   3600,
                                                        21600, 86400, 259200, 604800, 2592000};

struct TopicCounters {
  std::array<std::uint64_t, kEventKinds> events{};
  std::array<std::uint64_t, kRejectionCount> rejected{};

  void merge(const TopicCounters& other);
  void save(Encoder& out) const;
  void load(Decoder& in);
};

struct ModelCounters {
  std::uint64_t late = 0, duplicates = 0, slots_closed = 0, feedback = 0, unmatched = 0, evicted = 0;

  void merge(const ModelCounters& other);
  void save(Encoder& out) const;
  void load(Decoder& in);
};

struct VersionCounters {
  std::uint64_t predictions = 0, errors = 0, matched = 0, expired = 0;
  std::uint64_t without_segment = 0;  // predictions that have a segment beyond kMostSegments
  DurationHistogram<kLatencyBounds.size()> latency;
  DurationHistogram<kDelayBounds.size()> delay;
  std::map<std::string, std::array<std::uint64_t, 3>> faults;                    // by column
  std::map<std::pair<std::string, std::string>, std::uint64_t> detector_drifts;  // by column and kind
  std::map<std::pair<std::string, std::string>, std::uint64_t> incidents;        // by kind and severity

  void merge(const VersionCounters& other);
  void save(Encoder& out) const;
  void load(Decoder& in);
};

}  // namespace driftd::app
