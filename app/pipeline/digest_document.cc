#include "app/pipeline/digest_document.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "app/pipeline/evidence_figures.h"
#include "app/pipeline/metrics_page.h"

namespace driftd::app {

namespace {

std::string time_of_next(const Digests& digests, Time clock) {
  if (clock == kNoTime) return "";
  const auto next = digests.next(clock);
  return next ? format_rfc3339(*next) : "";
}

Error none_yet(const Digests& digests, const std::string& next) {
  std::string message = "no digest was made yet";
  if (!digests.are_scheduled())
    message = "there are no digests: the configuration has no alerts.digest";
  else if (!next.empty())
    message += "; the next is of " + next + " of event time";
  return {ErrorCode::not_found, message + "; ?now=true makes one of what is known now"};
}

alerts::DigestNotice digest_of_now(Engine& engine, Time clock) {
  auto& state = engine.state();
  engine.advance_windows();
  const ClosedSlots closed = closed_slots(state.clocks, state.config->slot);
  std::vector<Hypothesis> hypotheses;
  for (const Version* version : state.registry.versions_by_name()) {
    if (!is_shown(*version, clock, state.config->slot)) continue;
    add_hypotheses(*version, detectors::Side::predictions, closed.prediction, hypotheses);
    add_hypotheses(*version, detectors::Side::pairs, closed.feedback, hypotheses);
  }
  const auto& config = state.config->alerts.digest;
  const double alpha = config ? config->alpha : DigestConfig().alpha;
  return alerts::digest_notice(clock, digest_findings(clock, alpha, false, std::move(hypotheses)).data);
}

}  // namespace

Result<std::string> digest_document(Engine& engine, bool now) {
  auto& state = engine.state();
  const Time clock = state.clocks.prediction_clock();
  const std::string next = time_of_next(state.digests, clock);
  if (now && clock == kNoTime)
    return Error{ErrorCode::not_found, "nothing is known yet: no prediction has come"};
  if (!now && !state.digests.newest()) return none_yet(state.digests, next);
  const alerts::DigestNotice shown = now ? digest_of_now(engine, clock) : state.digests.newest()->notice;
  auto document = nlohmann::ordered_json::parse(alerts::data_json(shown, engine.base_url()));
  document["next_at"] = next.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(next);
  return document.dump();
}

}  // namespace driftd::app
