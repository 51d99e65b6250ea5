// A reference that somebody adopts: how it comes into force in a running engine.
#include <utility>

#include "app/pipeline/engine.h"

namespace driftd::app {

Status Engine::adopt(Version& version, const AdoptedReference& reference) {
  Model& model = *version.model;
  state_.references.note_present(version);
  for (const auto& [given, side] : {std::pair(reference.predictions, detectors::Side::predictions),
                                    std::pair(reference.labels, detectors::Side::pairs)})
    if (given) state_.references.stand_in(version, side, std::nullopt);  // an earlier choice
  const auto plan_of = [&](bool given, detectors::Side side) {
    return given ? std::make_shared<const Plan>(reference.profile, side, *model.config) : nullptr;
  };
  auto plan = plan_of(reference.predictions, detectors::Side::predictions);
  const auto pairs = plan_of(reference.labels, detectors::Side::pairs);
  if (plan && version.plan && plan->layout_id == version.plan->layout_id)
    exchange(version, std::exchange(plan, nullptr), reference.known);
  supersede(version, plan, pairs, reference.origin);
  state_.references.note(version, reference.origin, state_.clocks.prediction_clock());
  choose(version, reference);
  if (model.config->effective_new_version() == NewVersion::inherit && !model.inherited && version.plan)
    model.first_learnt = &version;
  if (model.first_learnt == &version) model.inherited = version.plan;
  model.changed = true;
  judge_.equip(version);
  if (!overtaken_.empty()) judge_.rebuild_evidence(version);
  outdated_.clear();
  settle_superseded();
  judge_.close_orphans(state_.clocks.prediction_clock());
  parts_.log.info("reference adopted", {{"model", model.name},
                                        {"version", version.name},
                                        {"origin", name_of(reference.origin)},
                                        {"rows", reference.profile.rows},
                                        {"digest", reference.profile.digest}});
  if (parts_.dead_letters->pending() == 0) return checkpoint();
  state_.desk.unsaved = true;  // as soon as they are acknowledged
  return success();
}

// The cells mean what they meant: nothing that was counted is lost.
void Engine::exchange(Version& version, const std::shared_ptr<const Plan>& plan,
                      const KnownCategories& known) {
  gather_open_slots(version);
  for (auto& [key, slot] : judge_.rows)
    if (key.series == version.series) take_as_known(slot, known);
  const Time clock = state_.clocks.prediction_clock();
  judge_.exchange_reference(
      version, plan,
      clock == kNoTime ? 0 : slot_start(slot_of(clock, parts_.config->slot), parts_.config->slot));
}

// What the configuration names today is what the choice stands in for.
void Engine::choose(const Version& version, const AdoptedReference& reference) {
  const Model& model = *version.model;
  const bool inherits =
      model.config->effective_new_version() == NewVersion::inherit && model.first_learnt == nullptr;
  const auto choose_side = [&](detectors::Side side, const std::shared_ptr<const Plan>& configured) {
    std::string named = inherits && configured ? configured->profile.digest : std::string();
    if (named == reference.profile.digest)
      state_.references.stand_in(version, side, std::nullopt);  // back to what is configured
    else
      state_.references.stand_in(version, side, std::move(named));
  };
  if (reference.predictions) choose_side(detectors::Side::predictions, model.inherited);
  if (reference.labels) choose_side(detectors::Side::pairs, model.inherited_pairs);
}

}  // namespace driftd::app
