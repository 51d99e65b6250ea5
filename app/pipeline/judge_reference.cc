// The reference that is learnt from the stream (DESIGN 7.6): collected slot by slot, fixed, renewed.
#include <algorithm>
#include <limits>
#include <utility>

#include "alerts/schema_facts.h"
#include "app/pipeline/judge.h"
#include "app/pipeline/row_binning.h"
#include "app/pipeline/segments.h"
#include "app/pipeline/slices.h"
#include "core/node.h"
#include "detectors/keyed_detector.h"

namespace driftd::app {

namespace {

detectors::ReferenceRule rule_of(const ReferenceConfig& reference) {
  detectors::ReferenceRule rule;
  if (reference.source == ReferenceConfig::Source::first_rows) {
    rule.kind = detectors::ReferenceRule::Kind::first_rows;
    rule.rows = reference.rows;
  } else if (reference.source == ReferenceConfig::Source::first_duration) {
    rule.kind = detectors::ReferenceRule::Kind::first_duration;
    rule.duration = reference.duration;
  }
  return rule;
}

std::vector<std::array<double, alerts::kSchemaFaults.size()>> fault_shares(const Plan& plan) {
  std::vector<std::array<double, alerts::kSchemaFaults.size()>> shares;
  for (const detectors::ColumnProfile* column : plan.columns) {
    if (column->role != detectors::Role::feature) continue;
    double rows = 0;
    for (const detectors::CellCount& cell : column->reference) rows += static_cast<double>(cell.count);
    const auto share = [&](std::size_t cell) {
      return rows > 0 ? static_cast<double>(column->reference[cell].count) / rows : 0;
    };
    const bool categorical = column->type == detectors::ColumnType::categorical;
    shares.push_back({share(detectors::kAbsentCell), share(detectors::kTypeChangeCell),
                      categorical ? share(detectors::kNewCell) : 1});
  }
  return shares;
}

// What a prediction means without waiting for the reference: where the configuration says all of it.
std::optional<detectors::TaskSpec> configured_task(const ModelConfig& config) {
  if (!config.task || (*config.task == detectors::Task::binary && !config.positive)) return std::nullopt;
  return detectors::TaskInference().finish(config.task_wish());
}

constexpr std::size_t kPairsForAClass = 20'000;  // as many as an automatic reference of pairs

// Of two classes the larger is the positive one: until two are known, a binary task is not, unless somebody
// said.
bool is_known(const detectors::TaskSpec& task, const ModelConfig& config) {
  return task.task != detectors::Task::binary || config.positive || task.labels.size() >= 2;
}

// What the reference says a prediction means, as far as that is enough.
std::optional<detectors::TaskSpec> task_of_reference(const Version& version) {
  const ModelConfig& config = *version.model->config;
  const detectors::TaskSpec task = task_of(*version.plan, config);
  return is_known(task, config) ? std::optional(task) : std::nullopt;
}

// The same with the classes that labels name, evidence slot by evidence slot, so that it does not matter when
// the reference of the predictions is fixed. None: they still name one class alone.
std::optional<detectors::TaskSpec> task_by_labels(const Version& version) {
  detectors::TaskInference inference;
  inference.add(version.plan->profile.task, version.plan->profile.find(detectors::Role::score) != nullptr);
  std::size_t pairs = 0;
  for (const auto& [slot, changes] : version.held_pairs) {
    for (const collector::PairChange& change : changes) inference.add(change.pair.verdict);
    pairs += changes.size();
    if (inference.labels() >= 2 || pairs >= kPairsForAClass)
      return inference.finish(version.model->config->task_wish());
  }
  return std::nullopt;
}

}  // namespace

void Judge::equip(Version& version) {
  const ModelConfig& config = *version.model->config;
  if (!version.plan && !version.learner) version.learner.emplace(rule_of(config.reference), slot_length());
  if (!version.pairs && !version.pair_learner)
    version.pair_learner.emplace(rule_of(config.reference), slot_length());
  if (!version.task) version.task = version.plan ? task_of_reference(version) : configured_task(config);
  if (version.plan && version.facts == alerts::SchemaFacts())
    version.facts = alerts::SchemaFacts(fault_shares(*version.plan));
  equip_detectors(version);
  std::erase_if(version.rules, [&](const auto& state) {
    return std::none_of(config.rules.begin(), config.rules.end(),
                        [&](const alerts::RuleConfig& rule) { return rule.name == state.first; });
  });
  segment_state(version, 0);
  const std::int64_t slots = config.window_slots(slot_length());
  version.traffic.resize(slots);
  for (SegmentState& state : version.state) {
    if (state.rows) state.rows->resize(slots);
    if (state.pairs) state.pairs->resize(slots);
    if (state.performance) state.performance->resize(slots);
    if (state.scores) state.scores->resize(slots);
    if (state.scored) state.scored->resize(slots);
    if (state.losses) state.losses->resize(slots);
  }
}

// Those that run on stay as they are; those that are no longer declared, or with other parameters, go.
void Judge::equip_detectors(Version& version) {
  std::vector<RunningDetector> wanted;
  const auto want = [&](detectors::Side side, const std::string& column, const DetectorConfig& wish) {
    const std::string params = one_line(wish.params);
    for (RunningDetector& known : version.detectors)
      if (known.detector && known.side == side && known.column == column && known.kind == wish.kind &&
          known.params == params) {
        wanted.push_back(std::move(known));
        return;
      }
    Faults faults;
    const std::string series = version.model->name + '\n' + version.name + '\n' + column;
    auto detector = detectors::make_keyed_detector(wish.kind, wish.params, series, "detectors", faults);
    if (detector) wanted.push_back({side, column, wish.kind, params, std::move(detector)});
  };
  if (version.plan)
    for (const WatchedColumn& watched : version.plan->watched)
      for (const DetectorConfig& wish : watched.detectors)
        want(detectors::Side::predictions, watched.name, wish);
  for (const DetectorConfig& wish : detectors_on(*version.model->config, "loss"))
    want(detectors::Side::pairs, "loss", wish);
  version.detectors = std::move(wanted);
}

void Judge::learn(Version& version, std::int64_t slot, const OpenSlot& data) {
  if (!version.learner) return;
  version.learner->add_slot(slot, data.raw);
  if (version.learner->complete()) fix_reference(version);
}

void Judge::advance_learning(Version& version, std::int64_t closed_slot) {
  if (!version.learner || version.learner->rows() == 0) return;
  version.learner->advance(closed_slot);
  if (version.learner->complete()) fix_reference(version);
}

void Judge::fix_reference(Version& version) {
  const ModelConfig& config = *version.model->config;
  auto profile = version.learner->finish(profile_options(config, version.model->name, version.name),
                                         detectors::ProfileParts::predictions);
  if (!profile.ok()) {
    parts_.log.error(
        "no reference could be made of the rows seen",
        {{"model", version.model->name}, {"version", version.name}, {"error", profile.error().message}});
    version.learner.emplace(rule_of(config.reference), slot_length());
    version.learning.clear();
    version.row_blocks_outdated = version.changed = true;
    return;
  }
  const Time begin = slot_start(version.learner->first_slot(), slot_length());
  version.plan = std::make_shared<Plan>(std::move(*profile), detectors::Side::predictions, config);
  const detectors::ReferenceRule rule = rule_of(config.reference);
  if (rule.kind == detectors::ReferenceRule::Kind::automatic)
    version.renewal.emplace(version.plan->profile, detectors::Side::predictions, rule.duration, begin);
  if (config.effective_new_version() == NewVersion::inherit && !version.model->inherited) {
    version.model->inherited = version.plan;
    version.model->first_learnt = &version;
    version.model->changed = true;
  }
  parts_.log.info("reference learnt", {{"model", version.model->name},
                                       {"version", version.name},
                                       {"rows", version.plan->profile.rows},
                                       {"columns", version.plan->columns.size()},
                                       {"digest", version.plan->profile.digest}});
  parts_.references->note(version, ReferenceOrigin::learnt, version.plan->profile.last);
  take_up_reference(version);
}

// `first` is its first slot, which has just closed.
void Judge::inherit_reference(Version& version, OpenSlot& first) {
  version.plan = version.model->inherited;
  parts_.log.info("reference inherited", {{"model", version.model->name},
                                          {"version", version.name},
                                          {"from", version.model->first_learnt->name},
                                          {"digest", version.plan->profile.digest}});
  count_raw(version, first);
  take_up_reference(version);
}

// What waited for the reference is counted under it.
void Judge::take_up_reference(Version& version) {
  version.learner.reset();
  version.learning.clear();
  if (!version.task || version.task->labels.empty()) version.task = task_of_reference(version);
  if (version.task && version.task->task == detectors::Task::none) version.cohorts.clear();
  version.changed = version.reference_changed = version.row_blocks_outdated = true;
  equip(version);
  parts_.gather(version);
  for (auto& [key, slot] : rows)
    if (key.series == version.series) count_raw(version, slot);
  parts_.settle();
  settle_held(version);
}

void Judge::fix_pair_reference(Version& version, std::int64_t slot) {
  if (!version.pair_learner->complete()) return;
  const ModelConfig& config = *version.model->config;
  auto options = profile_options(config, version.model->name, version.name);
  options.task = {
      version.task->task,
      version.task->positive.empty() ? options.task.positive : std::optional(version.task->positive),
      options.task.threshold};
  auto profile =
      version.pair_learner->finish(options, detectors::ProfileParts::pairs,
                                   evidence_.identified_before(version, slot_end(slot, slot_length())));
  const auto learner = std::exchange(version.pair_learner, std::nullopt);
  version.changed = version.pair_blocks_outdated = true;
  if (!profile.ok()) {
    parts_.log.error(
        "no reference could be made of the labels seen; it is learnt from those to come",
        {{"model", version.model->name}, {"version", version.name}, {"error", profile.error().message}});
    version.pair_learner.emplace(rule_of(config.reference), slot_length());
    return;
  }
  learn_expected_loss(version, slot, slot_length(), *profile);
  version.pairs = std::make_shared<Plan>(std::move(*profile), detectors::Side::pairs, config);
  version.reference_changed = true;
  parts_.references->note(version, ReferenceOrigin::learnt, slot_end(slot, slot_length()));
  if (learner->rule().kind == detectors::ReferenceRule::Kind::automatic)
    begin_pair_renewal(version, *learner);
  take_up_pair_reference(version, slot);
}

// Label and loss of evidence slots after `closed_slot` are counted; those before it never are.
void Judge::take_up_pair_reference(Version& version, std::int64_t closed_slot) {
  version.pairs_after = closed_slot;
  for (const auto& [held, changes] : version.held_pairs) complete_pair_history(version, changes);
  for (const auto& [key, changes] : pairs)
    if (key.series == version.series) complete_pair_history(version, changes);
  complete_pair_history(version, std::exchange(version.uncounted, {}));
  segment_state(version, 0);
}

void Judge::take_over(Version& version, bool with_pairs, Time feedback_clock) {
  if (with_pairs)
    take_up_pair_reference(version, feedback_clock == kNoTime ? std::numeric_limits<std::int64_t>::min()
                                                              : slot_of(feedback_clock, slot_length()) - 1);
  settle_held(version);
}

void Judge::exchange_reference(Version& version, std::shared_ptr<const Plan> plan, Time when) {
  close_facts(version, when);  // they are judged anew
  evidence_.drop_side(version, detectors::Side::predictions, version.last_slot.value_or(0));
  version.plan = std::move(plan);
  if (version.model->first_learnt == &version) version.model->inherited = version.plan;
  version.renewal.reset();
  version.facts = alerts::SchemaFacts(fault_shares(*version.plan));
  version.changed = version.reference_changed = true;
}

// All slots before `slot` have closed.
void Judge::renew_reference(Version& version, std::int64_t slot) {
  if (slot == slot_of(kEndOfTime, slot_length())) return;  // the input ended, the days did not pass
  const Time begin = slot_start(slot, slot_length());
  if (!version.renewal || !version.renewal->complete(begin)) return;
  auto plan =
      std::make_shared<Plan>(version.renewal->finish(), detectors::Side::predictions, *version.model->config);
  exchange_reference(version, std::move(plan), begin);
  parts_.references->note(version, ReferenceOrigin::renewed, begin);
  parts_.log.info("reference renewed over its first days", {{"model", version.model->name},
                                                            {"version", version.name},
                                                            {"rows", version.plan->profile.rows},
                                                            {"digest", version.plan->profile.digest}});
}

// What waited to know what a prediction means.
void Judge::settle_held(Version& version) {
  if (!version.task && version.plan) version.task = task_by_labels(version);
  if (!version.task) return;
  const PairChanges history = std::move(version.held_history);
  version.held_history.clear();
  for (const collector::PairChange& change : history) write_pair_history(version, change);
  while (!version.held_pairs.empty()) {
    const auto held = version.held_pairs.extract(version.held_pairs.begin());
    judge_pairs(version, held.key(), held.mapped());
  }
}

// Rows that were kept whole are counted, now that the version's reference is known.
void Judge::count_raw(Version& version, OpenSlot& slot) {
  slot.settle();
  const Plan& plan = *version.plan;
  std::vector<Feature> features;
  BinnedRow binned;
  detectors::derived::DerivedRow derived;
  detectors::BinnerHints hints;
  std::vector<std::uint32_t> segments;
  for (const detectors::RawRow& row : slot.raw.rows) {
    features.clear();
    for (std::size_t i = 0; i < row.values.size(); ++i)
      if (row.values[i].kind != Value::Kind::absent)
        features.push_back(
            {slot.raw.names[i], {row.values[i].kind, row.values[i].number, row.values[i].text}});
    bin_row(plan, features, row.predicted, hints, binned);
    segments.clear();
    (void)append_segments(version, features, segments);
    for (const std::uint32_t segment : segments)
      count_row(plan, segment, binned.cells_and_codes_of(plan), binned.places_of(plan),
                slot.tally(segment, plan.layout), derived);
    slot.add_scores(segments, binned.scores);
    for (const auto& [column, text] : binned.new_categories)
      slot.note({column, row.time, row.id, row.hash, segments, std::string(text)});
    for (const auto& [column, value] : binned.watched)
      slot.values.push_back({column, row.time, row.id, value, row.hash});
    parts_.cells_known(version, row,
                       {reinterpret_cast<const char*>(binned.cells.data()), binned.cells.size()});
  }
  slot.raw = {};
}

}  // namespace driftd::app
