#include "detectors/evidence/labels/cohort_ledger.h"

#include <algorithm>
#include <utility>

#include "detectors/evidence/labels/label_reference.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

constexpr std::int64_t kFirstBlock = kEarliestTime / kProfileBlock - 1;
constexpr std::int64_t kLastBlock = kLatestTime / kProfileBlock + 1;

Error corrupt() { return {ErrorCode::corrupt, "these bytes are no cohorts of predictions"}; }

}  // namespace

std::size_t CohortLedger::judgements() const { return rules_->ages.buckets() + 1; }

Duration CohortLedger::deadline(std::size_t judgement) const {
  const LabelAges& ages = rules_->ages;
  return judgement < ages.buckets() ? ages.end_of(judgement) : ages.ripe;
}

bool CohortLedger::is_judged(std::int64_t cohort) const {
  return std::any_of(next_.begin(), next_.end(), [cohort](std::int64_t next) { return cohort < next; });
}

void CohortLedger::add_predictions(std::int64_t slot, std::int64_t count) {
  add_cohort(cohort_of_slot(slot, slot_), count);
}

void CohortLedger::add_cohort(std::int64_t cohort, std::int64_t count) {
  if (count <= 0 || (rules_ && (cohort < first_ || is_judged(cohort)))) return;
  cohorts_[cohort].predictions += count;
}

void CohortLedger::forget_before(Time feedback_clock) {
  if (rules_) return;
  cohorts_.erase(cohorts_.begin(), cohorts_.lower_bound(slot_of(feedback_clock - horizon_, kProfileBlock)));
}

std::map<std::int64_t, std::int64_t> CohortLedger::predictions() const {
  std::map<std::int64_t, std::int64_t> found;
  for (const auto& [number, cohort] : cohorts_) {
    if (cohort.predictions > 0) found[number] = cohort.predictions;
  }
  return found;
}

void CohortLedger::begin(std::shared_ptr<const CohortRules> rules, Time from) {
  rules_ = std::move(rules);
  first_ = from == kNoTime ? kFirstBlock : slot_of(from - 1, kProfileBlock) + 1;
  next_.assign(judgements(), first_);
  cohorts_.erase(cohorts_.begin(), cohorts_.lower_bound(first_));
}

void CohortLedger::add(const LabelledPair& pair) {
  if (pair.prediction_time == kNoTime || pair.evidence_time == kNoTime) return;
  const std::int64_t number = cohort_of(pair.prediction_time, slot_);
  const std::int64_t over = *std::min_element(next_.begin(), next_.end());
  if (number < std::max(first_, over)) return;
  const LabelAges& ages = rules_->ages;
  const bool ripe = pair.evidence_time < slot_end(number, kProfileBlock) + ages.ripe;
  const Duration age = pair.known_after();
  const bool counted = rules_->arrivals && age <= ages.ends.back();
  if (!ripe && !counted) return;
  Cohort& cohort = cohorts_[number];
  if (ripe) {
    if (cohort.matured.values.empty()) cohort.matured = rules_->matured.none();
    rules_->matured.add(cohort.matured, pair);
  }
  if (!counted) return;
  cohort.labelled.resize(ages.buckets(), 0);
  ++cohort.labelled[ages.bucket_of(age)];
}

std::optional<std::int64_t> CohortLedger::due() const {
  if (!rules_) return std::nullopt;
  std::optional<Time> first;
  for (std::size_t j = 0; j < judgements(); ++j) {
    const auto next = cohorts_.lower_bound(next_[j]);
    if (next == cohorts_.end() || deadline(j) > horizon_) continue;
    const Time time = slot_end(next->first, kProfileBlock) + deadline(j);
    if (!first || time < *first) first = time;
  }
  return first ? std::optional(slot_of(*first - 1, slot_)) : std::nullopt;
}

void CohortLedger::judge(std::size_t judgement, const Cohort& cohort, Judged& judged) const {
  if (judgement == rules_->ages.buckets()) {
    judged.matured.add(cohort.matured);
    return;
  }
  if (!rules_->arrivals || cohort.predictions == 0) return;
  judged.arrivals.resize(2 * rules_->ages.buckets(), 0);
  std::int64_t waiting = cohort.predictions;
  for (std::size_t b = 0; b < judgement && b < cohort.labelled.size(); ++b) waiting -= cohort.labelled[b];
  waiting = std::max<std::int64_t>(waiting, 0);
  const std::int64_t labelled = judgement < cohort.labelled.size() ? cohort.labelled[judgement] : 0;
  const std::int64_t yes = std::min(labelled, waiting);
  judged.arrivals[2 * judgement] += waiting - yes;
  judged.arrivals[2 * judgement + 1] += yes;
}

CohortLedger::Judged CohortLedger::close(Time clock) {
  Judged judged;
  if (!rules_) return judged;
  for (std::size_t j = 0; j < judgements(); ++j) {
    const std::int64_t end = std::max(next_[j], slot_of(clock - deadline(j), kProfileBlock));
    if (deadline(j) <= horizon_) {
      const auto last = cohorts_.lower_bound(end);
      for (auto at = cohorts_.lower_bound(next_[j]); at != last; ++at) judge(j, at->second, judged);
    }
    next_[j] = end;
  }
  forget();
  return judged;
}

// Cohorts that nothing waits for.
void CohortLedger::forget() {
  std::optional<std::int64_t> needed;
  for (std::size_t j = 0; j < judgements(); ++j) {
    if (deadline(j) <= horizon_) needed = std::min(needed.value_or(next_[j]), next_[j]);
  }
  const std::int64_t first = needed.value_or(*std::max_element(next_.begin(), next_.end()));
  cohorts_.erase(cohorts_.begin(), cohorts_.lower_bound(first));
}

void CohortLedger::save(Encoder& out) const {
  out.put_bool(rules_ != nullptr);
  if (rules_) {
    out.put_i64(first_);
    for (const std::int64_t next : next_) out.put_i64(next);
  }
  out.put_u64(cohorts_.size());
  for (const auto& [number, cohort] : cohorts_) {
    out.put_i64(number);
    out.put_i64(cohort.predictions);
    out.put_u64(cohort.labelled.size());
    for (const std::int64_t labelled : cohort.labelled) out.put_i64(labelled);
    out.put_bool(!cohort.matured.values.empty());
    out.put_text(cohort.matured.encode());
  }
}

Result<CohortLedger> CohortLedger::load(Duration slot, Duration horizon,
                                        std::shared_ptr<const CohortRules> rules, Decoder& in) {
  CohortLedger ledger(slot, horizon);
  if (in.get_bool() != (rules != nullptr) || !in.ok()) return corrupt();
  ledger.rules_ = std::move(rules);
  if (ledger.rules_) {
    ledger.first_ = in.get_within(kFirstBlock, kLastBlock);
    for (std::size_t j = 0; j < ledger.judgements(); ++j)
      ledger.next_.push_back(in.get_within(kFirstBlock, kLastBlock));
  }
  const std::size_t size = in.get_count(5);
  std::int64_t least = ledger.rules_ ? ledger.first_ : kFirstBlock;
  for (std::size_t i = 0; i < size && in.ok(); ++i) {
    const std::int64_t number = in.get_within(least, kLastBlock);
    least = number + 1;
    Cohort& cohort = ledger.cohorts_[number];
    cohort.predictions = in.get_within(0, kMostAmount);
    cohort.labelled.resize(in.get_count(1), 0);
    for (std::int64_t& labelled : cohort.labelled) labelled = in.get_within(0, kMostAmount);
    const bool matured = in.get_bool();
    const std::string_view bytes = in.get_text();
    const std::size_t buckets = ledger.rules_ ? ledger.rules_->ages.buckets() : 0;
    if ((!cohort.labelled.empty() && cohort.labelled.size() != buckets) || (matured && !ledger.rules_))
      in.fail();
    if (!in.ok() || !matured) continue;
    auto counts = PairCounts::decode(ledger.rules_->matured.layout(), bytes);
    if (!counts.ok()) return counts.error();
    cohort.matured = std::move(*counts);
  }
  if (!in.ok()) return corrupt();
  return ledger;
}

}  // namespace driftd::detectors::evidence
