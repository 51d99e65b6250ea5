// A stream of predictions whose labels come late, and the capital that bets on it win: for tests.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <span>
#include <vector>

#include "detectors/evidence/labels/label_evidence.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {

inline double in_days(Duration duration) { return static_cast<double>(duration) / static_cast<double>(kDay); }

// STATISTICS 9: 2,000 predictions a day, all labelled, errors after .5 d and the rest after 2 d in the mean.
struct LateLabels {
  Time start = 0;
  int days = 28;
  int per_day = 2000;
  std::function<double(Time)> error_rate = [](Time) { return .1; };
  std::function<double(Time)> speed = [](Time) { return 1.0; };  // of labels
  std::function<bool(Time)> alive = [](Time) { return true; };   // the label pipeline, at label time

  struct Stream {
    std::vector<LabelledPair> pairs;  // by evidence time, up to the end
    std::vector<Time> predictions;    // rising
    Time end = 0;
  };
  [[nodiscard]] Stream draw(std::mt19937_64& random) const {
    Stream stream;
    stream.end = start + days * kDay;
    std::uniform_real_distribution<double> uniform;
    const auto exponential = [&](double mean) { return -mean * std::log(1 - uniform(random)); };
    for (int i = 0; i < days * per_day; ++i) {
      const auto at = start + static_cast<Time>(uniform(random) * days * static_cast<double>(kDay));
      stream.predictions.push_back(at);
      const bool error = uniform(random) < error_rate(at);
      LabelledPair pair;
      pair.prediction_time = at;
      pair.loss = error ? 1 : 0;
      const double delay = exponential(error ? .5 : 2) / speed(at);
      pair.age = static_cast<Duration>(delay * static_cast<double>(kDay));
      pair.evidence_time = at + pair.age;
      if (pair.evidence_time < stream.end && alive(pair.evidence_time)) stream.pairs.push_back(pair);
    }
    std::sort(stream.predictions.begin(), stream.predictions.end());
    std::sort(stream.pairs.begin(), stream.pairs.end(),
              [](const LabelledPair& a, const LabelledPair& b) { return a.evidence_time < b.evidence_time; });
    return stream;
  }
};

inline LabelReference reference_of(const LateLabels::Stream& stream, Task task, Duration slot) {
  LabelSource source;
  source.task = task;
  source.pairs = stream.pairs;
  source.slot = slot;
  for (const Time at : stream.predictions) ++source.predictions[cohort_of(at, slot)];
  return label_reference(source);
}

// The budgeted e-detector of STATISTICS 3, one kind, alarms every time S reaches 1.
class Capital {
 public:
  Capital(double per_slot, double eta) : grant_(per_slot), eta_(eta) {}

  void watch(std::shared_ptr<const SeriesMonitors> monitors) {
    for (const WeightedMonitor& each : monitors->monitors)
      for (const Component& component : each.monitor->components())
        weights_.push_back(each.weight * component.weight);
    capital_.assign(weights_.size(), 0);
    monitors_ = std::move(monitors);
  }
  // One slot, in order; true at an alarm.
  bool close(std::int64_t slot, std::span<const std::int64_t> counts, std::size_t cell = 0) {
    std::size_t at = 0;
    std::size_t next = 0;
    std::vector<double> logs;
    const auto gap = static_cast<double>(last_ < 0 ? 1 : slot - last_);
    last_ = slot;
    const double kept = std::pow(eta_, gap);
    const double granted = eta_ < 1 ? grant_ * (1 - kept) / (1 - eta_) : grant_ * gap;
    double sum = 0;
    for (const WeightedMonitor& each : monitors_->monitors) {
      const auto own = counts.subspan(at, each.monitor->width());
      at += own.size();
      logs.assign(each.monitor->components().size(), 0);
      if (each.monitor->events(own) > 0) each.monitor->log_likelihoods(own, cell, logs);
      for (const double log : logs) {
        double& m = capital_[next];
        m = std::min(std::exp(log / each.inflation) * (kept * m + weights_[next] * granted), 10.0);
        sum += m;
        ++next;
      }
    }
    if (sum < 1) return false;
    std::fill(capital_.begin(), capital_.end(), 0.0);
    return true;
  }

 private:
  double grant_;
  double eta_;
  std::shared_ptr<const SeriesMonitors> monitors_;
  std::vector<double> weights_;
  std::vector<double> capital_;
  std::int64_t last_ = -1;
};

// What a segment says of a stream, slot by slot.
inline void play(const LateLabels::Stream& stream, LabelSegment& segment, Duration slot,
                 const std::function<void(std::int64_t, const std::vector<LabelCounts>&)>& use) {
  std::map<std::int64_t, std::int64_t> predictions;
  for (const Time at : stream.predictions) ++predictions[slot_of(at, slot)];
  auto next_predictions = predictions.begin();
  std::size_t next = 0;
  const std::int64_t last = slot_of(stream.end, slot) - 1;
  while (true) {
    // Prediction slots close first.
    std::int64_t now = next_predictions != predictions.end() ? next_predictions->first : last + 1;
    if (next < stream.pairs.size()) now = std::min(now, slot_of(stream.pairs[next].evidence_time, slot));
    const auto due = segment.due();
    if (due) now = std::min(now, *due);
    if (now > last) return;
    for (; next_predictions != predictions.end() && next_predictions->first <= now; ++next_predictions)
      segment.add_predictions(next_predictions->first, next_predictions->second);
    std::vector<LabelledPair> pairs;
    for (; next < stream.pairs.size() && slot_of(stream.pairs[next].evidence_time, slot) == now; ++next)
      pairs.push_back(stream.pairs[next]);
    if (!pairs.empty() || due == now) use(now, segment.close(now, pairs));
  }
}

}  // namespace driftd::detectors::evidence
