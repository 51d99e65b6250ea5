#include "app/pipeline/counters.h"

#include <cmath>

namespace driftd::app {

namespace {

template <class Array>
void add_each(Array& into, const Array& from) {
  for (std::size_t i = 0; i < into.size(); ++i) into[i] += from[i];
}

template <class Array>
void save_each(Encoder& out, const Array& values) {
  for (const auto value : values) out.put_u64(value);
}

template <class Array>
void load_each(Decoder& in, Array& values) {
  for (auto& value : values) value = in.get_u64();
}

using PairKey = std::pair<std::string, std::string>;

void save_pairs(Encoder& out, const std::map<PairKey, std::uint64_t>& counts) {
  out.put_u64(counts.size());
  for (const auto& [key, count] : counts) {
    out.put_text(key.first);
    out.put_text(key.second);
    out.put_u64(count);
  }
}

void load_pairs(Decoder& in, std::map<PairKey, std::uint64_t>& counts) {
  for (std::size_t n = in.get_count(3); n > 0 && in.ok(); --n) {
    std::string first(in.get_text());
    std::string second(in.get_text());
    counts[{std::move(first), std::move(second)}] = in.get_u64();
  }
}

}  // namespace

template <std::size_t Bounds>
void DurationHistogram<Bounds>::add(double seconds, std::span<const double, Bounds> bounds, int sign) {
  std::size_t bucket = 0;
  while (bucket < Bounds && seconds > bounds[bucket]) ++bucket;
  counts[bucket] += static_cast<std::uint64_t>(sign);
  constexpr double kLongest = 1e9;  // thirty years: a sum of them stays far from overflow
  const std::int64_t micros = std::llround(std::min(std::max(seconds, 0.0), kLongest) * 1e6);
  whole_seconds += sign * (micros / 1'000'000);
  microseconds += sign * (micros % 1'000'000);
}

template <std::size_t Bounds>
void DurationHistogram<Bounds>::merge(const DurationHistogram& other) {
  add_each(counts, other.counts);
  whole_seconds += other.whole_seconds;
  microseconds += other.microseconds;
}

template <std::size_t Bounds>
void DurationHistogram<Bounds>::save(Encoder& out) const {
  save_each(out, counts);
  out.put_i64(whole_seconds);
  out.put_i64(microseconds);
}

template <std::size_t Bounds>
void DurationHistogram<Bounds>::load(Decoder& in) {
  load_each(in, counts);
  constexpr std::int64_t kMost = std::int64_t{1} << 62;  // a sum over all time
  for (std::int64_t* sum : {&whole_seconds, &microseconds}) *sum = in.get_within(-kMost, kMost);
}

template struct DurationHistogram<kLatencyBounds.size()>;
template struct DurationHistogram<kDelayBounds.size()>;
template struct DurationHistogram<kCheckpointBounds.size()>;

void TopicCounters::merge(const TopicCounters& other) {
  add_each(events, other.events);
  add_each(rejected, other.rejected);
}

void TopicCounters::save(Encoder& out) const {
  save_each(out, events);
  save_each(out, rejected);
}

void TopicCounters::load(Decoder& in) {
  load_each(in, events);
  load_each(in, rejected);
}

void ModelCounters::merge(const ModelCounters& other) {
  late += other.late;
  duplicates += other.duplicates;
  slots_closed += other.slots_closed;
  feedback += other.feedback;
  unmatched += other.unmatched;
  evicted += other.evicted;
}

void ModelCounters::save(Encoder& out) const {
  for (const auto value : {late, duplicates, slots_closed, feedback, unmatched, evicted}) out.put_u64(value);
}

void ModelCounters::load(Decoder& in) {
  for (auto* value : {&late, &duplicates, &slots_closed, &feedback, &unmatched, &evicted})
    *value = in.get_u64();
}

void VersionCounters::merge(const VersionCounters& other) {
  predictions += other.predictions;
  errors += other.errors;
  matched += other.matched;
  expired += other.expired;
  without_segment += other.without_segment;
  latency.merge(other.latency);
  delay.merge(other.delay);
  for (const auto& [column, counts] : other.faults) add_each(faults[column], counts);
  for (const auto& [key, count] : other.detector_drifts) detector_drifts[key] += count;
  for (const auto& [key, count] : other.incidents) incidents[key] += count;
}

void VersionCounters::save(Encoder& out) const {
  for (const auto value : {predictions, errors, matched, expired, without_segment}) out.put_u64(value);
  latency.save(out);
  delay.save(out);
  out.put_u64(faults.size());
  for (const auto& [column, counts] : faults) {
    out.put_text(column);
    save_each(out, counts);
  }
  save_pairs(out, detector_drifts);
  save_pairs(out, incidents);
}

void VersionCounters::load(Decoder& in) {
  for (auto* value : {&predictions, &errors, &matched, &expired, &without_segment}) *value = in.get_u64();
  latency.load(in);
  delay.load(in);
  for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
    auto& counts = faults[std::string(in.get_text())];
    load_each(in, counts);
  }
  load_pairs(in, detector_drifts);
  load_pairs(in, incidents);
}

}  // namespace driftd::app
