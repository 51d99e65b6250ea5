#include "app/pipeline/comparison_findings.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace driftd::app {

namespace {

using alerts::MetricId;
using detectors::champion::ComparisonRun;
using detectors::champion::Outcome;
using nlohmann::json;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

// "lower by 0.012 (95 % interval 0.004 to 0.02)"
std::string difference_text(const ComparisonConfig& declared, const ComparisonRun::Figures& figures) {
  const bool lower = figures.difference < 0;
  const double sign = lower ? -1 : 1;
  return std::string(lower ? "lower" : "higher") + " by " + number(std::abs(figures.difference)) + " (" +
         number(100 * declared.confidence) + " % interval " +
         number(sign * (lower ? figures.upper : figures.lower)) + " to " +
         number(sign * (lower ? figures.lower : figures.upper)) + ")";
}

const ComparisonState* state_of(const Model& model, const ComparisonConfig& declared) {
  const auto found = model.comparisons.by_name.find(declared.name);
  return found == model.comparisons.by_name.end() ? nullptr : &found->second;
}

// What it is about, as far as that is known before the first labels.
std::string metric_of(const ModelConfig& config, const ComparisonConfig& declared,
                      const ComparisonState* state) {
  if (declared.metric) return std::string(name_of(*declared.metric));
  if (state != nullptr && state->run.begun()) return std::string(name_of(state->run.metric()));
  if (config.task) return std::string(name_of(detectors::champion::standard_metric(*config.task)));
  return "";
}

}  // namespace

alerts::Findings findings_of(const ComparisonConfig& declared, const ComparisonState& state) {
  const ComparisonRun& run = state.run;
  const auto figures = run.figures(1 - declared.confidence).value_or(ComparisonRun::Figures{});
  const bool better = state.verdict == Outcome::better;
  alerts::Findings findings;
  findings.severity = better ? alerts::Severity::info : alerts::Severity::warning;
  findings.action = better ? declared.action : alerts::Action::notify;
  alerts::ComparisonFacts facts;
  facts.name = declared.name;
  facts.metric = name_of(run.metric());
  facts.champion = declared.champion.text();
  facts.challenger = declared.challenger.text();
  facts.verdict = name_of(state.verdict);
  facts.difference = figures.difference;
  facts.lower = figures.lower;
  facts.upper = figures.upper;
  facts.confidence = declared.confidence;
  facts.pairs = static_cast<std::int64_t>(run.pairs());
  facts.paired = run.by_id() >= run.by_strata();
  findings.summary = declared.name + ": the challenger, " + facts.challenger + ", is " + facts.verdict +
                     " than the champion, " + facts.champion + ": " + facts.metric + " " +
                     difference_text(declared, figures) + " over " + std::to_string(facts.pairs) +
                     (facts.paired ? " pairs by id" : " pairs within strata");
  findings.comparison = std::move(facts);
  return findings;
}

json comparisons_json(const Model& model) {
  json list = json::array();
  for (const ComparisonConfig& declared : model.config->comparisons) {
    const ComparisonState* state = state_of(model, declared);
    const auto figures = state == nullptr ? std::nullopt : state->run.figures(1 - declared.confidence);
    const auto shown = [&](double ComparisonRun::Figures::*figure) {
      return figures ? json((*figures).*figure) : json(nullptr);
    };
    const std::string metric = metric_of(*model.config, declared, state);
    list.push_back(
        {{"name", declared.name},
         {"metric", metric.empty() ? json(nullptr) : json(metric)},
         {"champion", declared.champion.text()},
         {"challenger", declared.challenger.text()},
         {"verdict", name_of(state == nullptr ? Outcome::unknown : state->verdict)},
         {"incident", state == nullptr || state->incident.empty() ? json(nullptr) : json(state->incident)},
         {"difference", shown(&ComparisonRun::Figures::difference)},
         {"lower", shown(&ComparisonRun::Figures::lower)},
         {"upper", shown(&ComparisonRun::Figures::upper)},
         {"confidence", declared.confidence},
         {"margin", declared.margin},
         {"champion_loss", shown(&ComparisonRun::Figures::champion)},
         {"challenger_loss", shown(&ComparisonRun::Figures::challenger)},
         {"pairs_by_id", state == nullptr ? 0 : state->run.by_id()},
         {"pairs_by_strata", state == nullptr ? 0 : state->run.by_strata()},
         {"waiting", state == nullptr ? 0 : state->run.waiting()},
         {"bound", state != nullptr && state->run.begun() ? json(state->run.bound()) : json(nullptr)},
         {"clipped", state == nullptr ? 0 : state->run.clipped()}});
  }
  return list;
}

void add_comparisons(Engine& engine, MetricFamilies& families) {
  for (const Model* model : engine.state().registry.models_by_name())
    for (const ComparisonConfig& declared : model->config->comparisons) {
      const ComparisonState* state = state_of(*model, declared);
      const std::string metric = metric_of(*model->config, declared, state);
      if (const auto figures =
              state == nullptr ? std::nullopt : state->run.figures(1 - declared.confidence)) {
        families[MetricId::comparison_difference].add({model->name, declared.name, metric},
                                                      figures->difference);
        families[MetricId::comparison_lower].add({model->name, declared.name, metric}, figures->lower);
        families[MetricId::comparison_upper].add({model->name, declared.name, metric}, figures->upper);
      }
      const Outcome verdict = state == nullptr ? Outcome::unknown : state->verdict;
      for (const Outcome one : {Outcome::better, Outcome::worse, Outcome::unknown})
        families[MetricId::comparison_verdict].add({model->name, declared.name, name_of(one)},
                                                   one == verdict ? 1 : 0);
      const auto pairs = [&](std::uint64_t before, std::uint64_t now) {
        return static_cast<double>(before + now);
      };
      families[MetricId::comparison_pairs].add(
          {model->name, declared.name, "id"}, state == nullptr ? 0 : pairs(state->by_id, state->run.by_id()));
      families[MetricId::comparison_pairs].add(
          {model->name, declared.name, "strata"},
          state == nullptr ? 0 : pairs(state->by_strata, state->run.by_strata()));
    }
}

void declare_comparison_incidents(Engine& engine,
                                  std::map<alerts::IncidentBook::Series, std::uint64_t>& totals) {
  for (const Model* model : engine.state().registry.models_by_name())
    for (const ComparisonConfig& declared : model->config->comparisons)
      for (const alerts::Severity severity : {alerts::Severity::info, alerts::Severity::warning})
        totals.try_emplace(
            {model->name, declared.challenger.version, alerts::IncidentKind::comparison, severity}, 0);
}

}  // namespace driftd::app
