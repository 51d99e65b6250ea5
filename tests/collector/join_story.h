// DESIGN 7.3-7.5 said again, slowly: what is true once everything is known, from the whole set of events.
// The shard is told the same events in any order and has to have said the same in sum.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "collector/join.h"

namespace driftd::collector::story {

struct Prediction {
  std::uint32_t model = 0;
  std::uint32_t series = 0;
  std::string id;
  std::string variant;
  Time time = 0;
  std::uint64_t hash = 0;
  auto operator<=>(const Prediction&) const = default;
};

struct Feedback {
  std::uint32_t model = 0;
  std::optional<std::uint32_t> series;
  std::string id;
  Time time = 0;
  std::uint64_t hash = 0;
  auto operator<=>(const Feedback&) const = default;
};

using PairName = std::tuple<Prediction, Feedback, Time>;  // and its evidence time

struct Truth {
  std::set<Prediction> rows;
  std::set<PairName> history;
  std::set<PairName> evidence;
  std::multiset<std::pair<std::uint32_t, Duration>> delays;     // by series
  std::map<std::uint32_t, std::int64_t> matched, expired;       // by series
  std::map<std::uint32_t, std::int64_t> predictions;            // by series
  std::map<std::uint32_t, std::int64_t> duplicates, unmatched;  // by model
  bool operator==(const Truth&) const = default;
};

inline Truth tell(const std::vector<Prediction>& predictions, const std::vector<Feedback>& feedback,
                  Duration dedupe, Duration horizon) {
  Truth truth;
  // By (model, series, id, variant), then (time, hash): the order of the struct's members.
  const std::set<Prediction> distinct(predictions.begin(), predictions.end());
  const Prediction* counted = nullptr;
  const auto same_key = [](const Prediction& a, const Prediction& b) {
    return std::tie(a.model, a.series, a.id, a.variant) == std::tie(b.model, b.series, b.id, b.variant);
  };
  for (const Prediction& p : distinct) {
    if (counted != nullptr && same_key(*counted, p) && p.time - counted->time <= dedupe) continue;
    counted = &*truth.rows.insert(p).first;
  }
  for (const Prediction& p : predictions) ++truth.duplicates[p.model];
  for (const Prediction& p : truth.rows) --truth.duplicates[p.model];
  for (const Prediction& p : truth.rows) ++truth.predictions[p.series];

  const std::set<Feedback> verdicts(feedback.begin(), feedback.end());
  for (const Feedback& f : feedback) ++truth.duplicates[f.model];
  for (const Feedback& f : verdicts) {
    const bool repeats = std::any_of(verdicts.begin(), verdicts.end(), [&](const Feedback& g) {
      return g.model == f.model && g.series == f.series && g.id == f.id && g.hash == f.hash &&
             g.time < f.time && f.time - g.time < horizon;
    });
    if (!repeats) --truth.duplicates[f.model];
  }

  std::map<Prediction, std::vector<Feedback>> own;
  std::set<Feedback> joined;
  for (const Feedback& f : verdicts) {
    for (const Prediction& first : truth.rows) {  // each key once, named by its first row
      const Prediction* latest_before = nullptr;
      const Prediction* earliest_after = nullptr;
      bool is_first = true;
      for (const Prediction& p : truth.rows) {
        if (!same_key(first, p)) continue;
        if (p < first) is_first = false;
        if (p.model != f.model || p.id != f.id || (f.series && *f.series != p.series)) continue;
        if (f.time >= p.time + horizon || p.time >= f.time + horizon) continue;
        if (p.time <= f.time && (latest_before == nullptr || latest_before->time < p.time))
          latest_before = &p;
        if (p.time > f.time && (earliest_after == nullptr || p.time < earliest_after->time))
          earliest_after = &p;
      }
      const Prediction* use = latest_before != nullptr ? latest_before : earliest_after;
      if (!is_first || use == nullptr) continue;
      own[*use].push_back(f);
      joined.insert(f);
    }
  }
  const auto by_rank = [](const Feedback& a, const Feedback& b) {
    return std::tie(a.time, a.hash, a.series) < std::tie(b.time, b.hash, b.series);
  };
  for (const Prediction& p : truth.rows) {
    if (!own.contains(p)) {
      ++truth.expired[p.series];
      continue;
    }
    ++truth.matched[p.series];
    const Feedback& earliest = *std::min_element(own[p].begin(), own[p].end(), by_rank);
    const Feedback& newest = *std::max_element(own[p].begin(), own[p].end(), by_rank);
    truth.evidence.insert({p, earliest, std::max(p.time, earliest.time)});
    truth.history.insert({p, newest, std::max(p.time, newest.time)});
    truth.delays.insert({p.series, std::max<Duration>(0, earliest.time - p.time)});
  }
  for (const Feedback& f : verdicts) {
    if (!joined.contains(f)) ++truth.unmatched[f.model];
  }
  return truth;
}

// What a shard has said, summed up. Fails the test where a step contradicts itself.
class Listener {
 public:
  void heard(const Prediction& p, Standing standing) {
    if (standing == Standing::counts) add(rows_, p, +1);
  }
  // Takes in what was said and clears it. `context`: the one it was said under.
  void take(ShardOutput& out, const JoinContext& context);
  [[nodiscard]] Truth sum() const;

 private:
  template <class Key>
  static void add(std::map<Key, int>& counts, const Key& key, int sign) {
    if ((counts[key] += sign) == 0) counts.erase(key);
  }
  std::map<Prediction, int> rows_;
  std::map<PairName, int> history_, evidence_;
  std::map<std::pair<std::uint32_t, Duration>, int> delays_;
  Truth counts_;
};

// The events' content is made from their names, so that what comes back can be recognised.
Predicted predicted_of(const Prediction& p);
std::string cells_of(const Prediction& p);
Verdict verdict_of(const Feedback& f);
std::vector<std::uint32_t> segments_of(const Prediction& p);

Standing give(IdShard& shard, const Prediction& p, const JoinContext& context, ShardOutput& out);
void give(IdShard& shard, const Feedback& f, Time watermark, const JoinContext& context, ShardOutput& out);

}  // namespace driftd::collector::story
