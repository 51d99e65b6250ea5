// Champion and challenger: labelled predictions into comparisons, their verdicts into incidents.
//
// A comparison lives on evidence slots, in their order, when those of both arms have closed: where the task
// of one is not known yet, later ones wait. A verdict opens an incident of kind `comparison`, whose subject
// is the comparison's name and whose version is the challenger's (empty where only a variant names it). It
// stays until a person resolves the incident, a `model` event answers it or deploys the challenger's version;
// then the comparison begins anew. Where an arm is named by its variant alone, every deployment and roll-back
// of the model begins it anew, since what answers to the name may be another.
//
// Owned by the engine's thread.
#pragma once

#include <cstdint>
#include <string>

#include "app/pipeline/alert_desk.h"
#include "app/pipeline/registry.h"
#include "core/pair.h"
#include "detectors/performance/task.h"

namespace driftd::app {

class ComparisonJudge {
 public:
  struct Parts {
    const Config* config = nullptr;
    Registry* registry = nullptr;
    AlertDesk* desk = nullptr;
  };
  explicit ComparisonJudge(Parts parts) : parts_(parts) {}
  void reconfigure(const Config& config) { parts_.config = &config; }

  // A pair that is evidence in `slot`, of a version whose task is known.
  void take(const Version& version, std::int64_t slot, const Pair& pair, const detectors::ResolvedPair& said);
  // A version was deployed, or rolled back, with effect at the close of `slot`.
  void hear(Model& model, Lifecycle event, const std::string& version, std::int64_t slot);
  // The evidence slots up to this one have closed.
  void close_through(std::int64_t slot);

  // What is no longer declared, or otherwise. To be followed by the closing of the incidents that nothing is
  // behind any more.
  void forget_undeclared();
  [[nodiscard]] bool is_behind(const alerts::Incident& incident) const;

 private:
  [[nodiscard]] Duration slot_length() const { return parts_.config->slot; }
  void advance(Model& model, const ComparisonConfig& declared, ComparisonState& state, std::int64_t until);
  void take_slot(Model& model, const ComparisonConfig& declared, ComparisonState& state, std::int64_t slot);
  void deploy(Model& model, const ComparisonConfig& declared, ComparisonState& state, std::int64_t slot);
  void end_block(Model& model, const ComparisonConfig& declared, ComparisonState& state, std::int64_t slot);
  void judge(Model& model, const ComparisonConfig& declared, ComparisonState& state, std::int64_t slot);
  [[nodiscard]] bool is_over(const ComparisonState& state, std::int64_t slot) const;

  Parts parts_;
};

// Under which a comparison's incidents are.
alerts::IncidentKey key_of(const Model& model, const ComparisonConfig& declared);

}  // namespace driftd::app
