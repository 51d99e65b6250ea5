#include "app/pipeline/comparison_judge.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "app/pipeline/comparison_findings.h"
#include "core/hash.h"

namespace driftd::app {

namespace {

using detectors::champion::Arm;
using detectors::champion::ComparisonRun;
using detectors::champion::LossMetric;
using detectors::champion::Outcome;

std::optional<Arm> arm_of(const ComparisonConfig& declared, const std::string& version,
                          const std::string& variant) {
  if (declared.challenger.takes(version, variant)) return Arm::challenger;
  if (declared.champion.takes(version, variant)) return Arm::champion;
  return std::nullopt;
}

// Labels of like age in the first declared segment: by powers of two of a slot, so that predictions of very
// different times do not meet.
std::uint64_t stratum_of(const Version& version, const Pair& pair, Duration slot) {
  const auto age =
      static_cast<std::uint64_t>(std::max<Duration>(0, pair.evidence_time - pair.prediction_time) / slot);
  std::string_view segment;
  for (const std::uint32_t number : pair.segments)
    if (number > 0 && number < version.segments.labels().size()) {
      segment = version.segments.labels()[number];
      break;
    }
  return hash64(segment, static_cast<std::uint64_t>(std::bit_width(age)));
}

// 0 where it is not known.
double bound_of(const ComparisonConfig& declared, LossMetric metric, const Version& version, Arm arm,
                detectors::Task task) {
  if (declared.bound) return *declared.bound;
  if (const auto natural = natural_bound(metric, task)) return *natural;
  if (arm == Arm::challenger || !version.pairs || !version.pairs->profile.labels) return 0;
  const double bound = version.pairs->profile.labels->scale.loss_bound;
  return metric == LossMetric::squared_error ? bound * bound : bound;
}

// A version that never learns what it predicts, and so keeps its labels, holds up a comparison so long.
constexpr Duration kLongestWait = 14 * kDay;

bool holds_some(const PairChanges& changes, const std::string& version, const ComparisonConfig& declared) {
  return std::any_of(changes.begin(), changes.end(), [&](const collector::PairChange& change) {
    return arm_of(declared, version, change.pair.variant).has_value();
  });
}

// The newest evidence slot of which all pairs of both arms have come.
std::int64_t newest_complete(const Model& model, const ComparisonConfig& declared, std::int64_t closed,
                             Duration slot) {
  std::int64_t complete = closed;
  for (const auto& [name, version] : model.versions)
    for (const auto& [held, changes] : version->held_pairs) {
      if (held > complete) break;
      if (holds_some(changes, name, declared)) complete = held - 1;
    }
  return std::max(complete, closed - kLongestWait / slot);
}

}  // namespace

alerts::IncidentKey key_of(const Model& model, const ComparisonConfig& declared) {
  return {model.name, declared.challenger.version, alerts::IncidentKind::comparison, declared.name};
}

void ComparisonJudge::take(const Version& version, std::int64_t slot, const Pair& pair,
                           const detectors::ResolvedPair& said) {
  Model& model = *version.model;
  for (const ComparisonConfig& declared : model.config->comparisons) {
    const auto arm = arm_of(declared, version.name, pair.variant);
    if (!arm) continue;
    const LossMetric metric = declared.metric.value_or(
        detectors::champion::standard_metric(model.config->task.value_or(said.task)));
    const auto loss = loss_of(metric, said);
    if (!loss) continue;
    ComparisonState& state = model.comparisons.by_name[declared.name];
    if (slot <= state.through) continue;
    state.declared = declared.declared();
    ArrivedLosses& arrived = state.arrived[slot];
    arrived.metric = metric;
    arrived.bound = std::max(arrived.bound, bound_of(declared, metric, version, *arm, said.task));
    arrived.losses.push_back({*arm, hash64(pair.id), stratum_of(version, pair, slot_length()), *loss});
    model.changed = true;
  }
}

void ComparisonJudge::hear(Model& model, Lifecycle event, const std::string& version, std::int64_t slot) {
  for (const ComparisonConfig& declared : model.config->comparisons) {
    const bool by_variant = declared.champion.version.empty() || declared.challenger.version.empty();
    if (!by_variant && (event != Lifecycle::deployed || declared.challenger.version != version)) continue;
    ComparisonState& state = model.comparisons.by_name[declared.name];
    state.declared = declared.declared();
    state.deployed[slot].insert(version);
    model.changed = true;
  }
}

void ComparisonJudge::close_through(std::int64_t slot) {
  for (Model* model : parts_.registry->models_by_name()) {
    if (model->comparisons.by_name.empty()) continue;
    for (const ComparisonConfig& declared : model->config->comparisons) {
      const auto state = model->comparisons.by_name.find(declared.name);
      if (state != model->comparisons.by_name.end())
        advance(*model, declared, state->second, newest_complete(*model, declared, slot, slot_length()));
    }
  }
}

void ComparisonJudge::advance(Model& model, const ComparisonConfig& declared, ComparisonState& state,
                              std::int64_t until) {
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  while (true) {
    const std::int64_t arrived = state.arrived.empty() ? kNever : state.arrived.begin()->first;
    const std::int64_t deployed = state.deployed.empty() ? kNever : state.deployed.begin()->first;
    const std::int64_t next = std::min(arrived, deployed);
    if (next > until || next == kNever) break;
    end_block(model, declared, state, next);
    if (arrived == next) take_slot(model, declared, state, next);
    if (deployed == next) deploy(model, declared, state, next);
    model.changed = true;
  }
  if (until <= state.through) return;
  state.through = until;
  model.changed = true;
  if (until < kNever) end_block(model, declared, state, until + 1);
}

// A verdict is over once its incident is, from the first slot that began after that.
bool ComparisonJudge::is_over(const ComparisonState& state, std::int64_t slot) const {
  if (state.verdict == Outcome::unknown) return false;
  const alerts::Incident* incident = parts_.desk->book.find(state.incident);
  if (incident == nullptr) return true;
  return incident->resolved_at && *incident->resolved_at <= slot_start(slot, slot_length());
}

void ComparisonJudge::end_block(Model& model, const ComparisonConfig& declared, ComparisonState& state,
                                std::int64_t slot) {
  if (!state.run.begun()) return;
  const auto last = state.run.end_block_before(slot);
  if (!last) return;
  model.changed = true;
  if (is_over(state, *last)) return state.begin_anew();
  judge(model, declared, state, *last);
}

void ComparisonJudge::take_slot(Model& model, const ComparisonConfig& declared, ComparisonState& state,
                                std::int64_t slot) {
  const auto arrived = state.arrived.extract(slot);
  if (is_over(state, slot)) state.begin_anew();
  if (!state.run.begun()) {
    if (!(arrived.mapped().bound > 0)) return;
    state.run = ComparisonRun(arrived.mapped().metric, arrived.mapped().bound, declared.pairing,
                              declared.block_slots(slot_length()));
  }
  if (state.run.metric() != arrived.mapped().metric) return;
  state.run.add_slot(slot, arrived.mapped().losses);
  judge(model, declared, state, slot);
}

void ComparisonJudge::deploy(Model& model, const ComparisonConfig& declared, ComparisonState& state,
                             std::int64_t slot) {
  state.deployed.erase(slot);
  if (state.verdict != Outcome::unknown)
    parts_.desk->close(key_of(model, declared), slot_end(slot, slot_length()));
  if (declared.champion.version.empty() || declared.challenger.version.empty()) state.begin_anew();
}

void ComparisonJudge::judge(Model& model, const ComparisonConfig& declared, ComparisonState& state,
                            std::int64_t slot) {
  if (state.verdict != Outcome::unknown) return;
  state.verdict = state.run.judge(declared.settings());
  if (state.verdict == Outcome::unknown) return;
  alerts::Findings findings = findings_of(declared, state);
  const auto version = model.versions.find(declared.challenger.version);
  if (version != model.versions.end()) findings.metadata = version->second->lineage_at(slot);
  const alerts::IncidentKey key = key_of(model, declared);
  parts_.desk->open(key, "", findings, slot_end(slot, slot_length()));
  if (const alerts::Incident* incident = parts_.desk->book.open_under(key)) state.incident = incident->id;
}

void ComparisonJudge::forget_undeclared() {
  for (Model* model : parts_.registry->models_by_name()) {
    const auto& comparisons = model->config->comparisons;
    const std::size_t gone = std::erase_if(model->comparisons.by_name, [&](const auto& entry) {
      return std::none_of(comparisons.begin(), comparisons.end(), [&](const ComparisonConfig& declared) {
        return declared.name == entry.first && declared.declared() == entry.second.declared;
      });
    });
    model->changed = model->changed || gone > 0;
  }
}

bool ComparisonJudge::is_behind(const alerts::Incident& incident) const {
  const Model* model = parts_.registry->find(incident.key.model);
  if (model == nullptr) return true;
  const auto state = model->comparisons.by_name.find(incident.key.subject);
  return state != model->comparisons.by_name.end() && state->second.incident == incident.id;
}

}  // namespace driftd::app
