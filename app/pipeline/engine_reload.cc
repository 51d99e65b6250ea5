// What a new configuration changes, while the engine runs and after a restart: references, windows,
// detectors, and what was open under what is gone.
#include <utility>

#include "app/pipeline/engine.h"

namespace driftd::app {

Status Engine::reconfigure(const Config& config, Time wall_now) {
  if (config.slot != parts_.config->slot)
    return Error{ErrorCode::refused, "slot: every stored count is numbered by it; keep slot: " +
                                         format_duration(parts_.config->slot) +
                                         ", or begin anew with another storage.path"};
  auto shelf = ReferenceShelf::load(config);
  if (!shelf.ok()) return shelf.error();
  parts_.config = state_.config = &config;
  state_.clocks.set_options(clock_options(config));
  state_.registry.reconfigure(config, std::move(*shelf));
  state_.desk.configure(config.alerts);
  state_.desk.outbox.configure(config.alerts.webhooks, wall_now);
  state_.digests.reconfigure(config);
  judge_.reconfigure(config);
  for (const auto& lane : lanes_) lane->set(lane_settings(config, parts_.replay));
  for (Version* version : state_.registry.versions_by_name()) {
    const Model& model = *version->model;
    if (model.config->effective_new_version() == NewVersion::inherit && model.first_learnt == nullptr)
      supersede(*version, model.inherited, model.inherited_pairs);
    renew_plan(*version);
    judge_.equip(*version);
    judge_.rebuild_evidence(*version);
    version->changed = true;
  }
  outdated_.clear();
  settle_superseded();
  judge_.close_orphans(state_.clocks.prediction_clock());
  return success();
}

// The same cells, read by the detectors that are declared now.
void Engine::renew_plan(Version& version) {
  if (!version.plan) return;
  const bool handed_on = version.model->inherited == version.plan;
  version.plan =
      std::make_shared<Plan>(version.plan->profile, detectors::Side::predictions, *version.model->config);
  if (handed_on) version.model->inherited = version.plan;
}

// References that the configuration names as files count, even if others were there: what had been counted
// over those begins anew.
void Engine::supersede(Version& version, const std::shared_ptr<const Plan>& file,
                       const std::shared_ptr<const Plan>& pair_file, ReferenceOrigin origin) {
  const auto is_other = [&](const auto& given, const auto& known, detectors::Side side) {
    if (!given || state_.references.stands(version, side, given->profile.digest)) return false;
    state_.references.stand_in(version, side, std::nullopt);  // another content: the newer word counts
    if (known && known->profile.digest == given->profile.digest) return false;
    state_.references.note_present(version);
    return true;
  };
  const bool rows = is_other(file, version.plan, detectors::Side::predictions);
  const bool labels = is_other(pair_file, version.pairs, detectors::Side::pairs);
  if (rows) {
    if (version.plan) {
      outdated_[version.series] = version.plan->layout;
      empty_open_slots(version);
    }
    version.plan = file;
    if (version.task && version.task->task != file->profile.task.task)
      for (SegmentState& state : version.state) state.performance.reset();
    version.task = task_of(*file, *version.model->config);
    version.learner.reset();
    version.learning.clear();
    version.renewal.reset();
    version.facts = {};
    version.detectors.clear();
    for (SegmentState& state : version.state) {
      state.rows.reset();
      state.scores.reset();
      state.scored.reset();
      state.losses.reset();
    }
    version.changed = version.reference_changed = version.row_blocks_outdated = true;
    overtaken_[version.series];
  }
  if (labels) {
    version.pairs = pair_file;
    version.pair_learner.reset();
    version.pair_renewal.reset();
    for (SegmentState& state : version.state) state.pairs.reset();
    version.changed = version.reference_changed = version.pair_blocks_outdated = true;
    overtaken_[version.series] = true;
  }
  if (rows || labels) state_.references.note(version, origin, state_.clocks.prediction_clock());
}

// Counts of open slots are of another reference; rows that were kept whole stay.
void Engine::empty_open_slots(const Version& version) {
  gather_open_slots(version);
  for (auto& [key, slot] : judge_.rows)
    if (key.series == version.series) slot.forget_counts();
}

void Engine::settle_superseded() {
  for (const auto& [series, pairs] : std::exchange(overtaken_, {})) {
    Version& version = state_.registry.version(series);
    judge_.take_over(version, pairs, state_.clocks.feedback_clock());
  }
}

}  // namespace driftd::app
