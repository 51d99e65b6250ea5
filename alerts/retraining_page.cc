// docs/retraining.md, from the table.
#include "alerts/retraining.h"

namespace driftd::alerts {

namespace {

constexpr std::string_view kIntroduction = R"(# Retraining

<!-- Made by `driftd docs retraining`; do not edit. -->

A retraining that fires twice, or never comes back, is worse than none. driftd therefore follows each model's
retraining from the call that starts it to the new version that is watched, and makes no second call meanwhile.

## What starts one

- An incident with action `retrain`: evidence of concept or performance drift, critical data or covariate drift that
  labels do not acquit, a rule with `action: retrain` (a metric, a statistic, `volume`, `error_rate`, a latency
  percentile, a detector, `new_labels`).
- A person: `driftd retrain MODEL --reason TEXT`, or `POST /api/v1/models/{model}/actions/retrain`.

It is sent to the webhooks that concern it. Of these, some *start* retrainings: those whose `target` is a pipeline
([targets](targets.md)), and those without a target whose `actions` is `[retrain]`; `retrains: true` or `false` says it
otherwise. Only such calls are held while a retraining of the model is under way; people are told at once.

    models:
      credit:
        retraining: {acknowledge_within: 15m, finish_within: 6h, cooldown: 12h}    # event time
    alerts:
      webhooks:
        - {name: pipeline, target: airflow3, url: https://airflow.example, with: {dag: retrain_credit}, actions: [retrain],
           authorization: {credentials_file: /run/secrets/airflow}}
        - {name: people, target: slack, url: "${SLACK_URL}"}

## How it answers

With `model` events, in which `metadata` names the incident that it was started for (the call's body carries it):

    {"type":"model","event":"retraining_started","model":"credit","metadata":{"incident":"concept-5a0e…"}}
    {"type":"model","event":"retraining_finished","model":"credit","metadata":{"incident":"concept-5a0e…"}}
    {"type":"model","event":"deployed","model":"credit","version":"8","metadata":{"incident":"concept-5a0e…","run_id":"…"}}

or `retraining_failed`, `rolled_back`. Over HTTP, `POST /api/v1/incidents/{id}/acknowledge` is `retraining_started`, and
`.../resolve` says that it is over. A pipeline that never answers is not waited for: after the webhook's `cooldown`, or an hour
where it has none, the next request may go out, and nobody is woken. As soon as one retraining of the model has answered, or where
`acknowledge_within` is set, silence is told: the incident is `escalated` as critical (where it is closed by then, an
incident `driftd:retraining` of kind `rule` opens).

Where a model stands is shown at `/api/v1/models/{model}` (`retraining`), in `driftd_retraining_state`,
`driftd_retrainings_total`, and in the incident's `retraining`.

)";

constexpr std::string_view kRules = R"(
## States

Times are event times. `requested` lasts as long as the call is retried (`retry.for` of the webhook, wall time),
`delivered` at most `acknowledge_within`; `running`, `trained`, `overdue` and `learning` at
most `finish_within` each; `cooling` lasts `cooldown`. Then the input is `time_over` (`unanswered` where nobody is waited
for). What a state has no row for changes nothing.

| state | what happens | then | effect | why |
| --- | --- | --- | --- | --- |
)";

constexpr std::string_view kEffects = R"(
Effects: `hold`: the request waits, as a delivery in state `waiting`, until the model is idle; if its incident closes
meanwhile it is abandoned, and said to be. `escalate`: the incident is told again, as critical. `drop`: requests that wait
are answered by what was deployed and are not sent.

What the protocol tells depends on when answers come, and on how far the clocks of predictions and labels are from each
other when they do: `escalated` of this page, unlike everything else that driftd says, is no function of the streams alone.
)";

}  // namespace

std::string retraining_page() {
  std::string page(kIntroduction);
  page += "```mermaid\nstateDiagram-v2\n  [*] --> idle\n";
  for (const Transition& row : transitions())
    if (row.from != row.to)
      page.append("  ")
          .append(name_of(row.from))
          .append(" --> ")
          .append(name_of(row.to))
          .append(": ")
          .append(name_of(row.on))
          .append("\n");
  page += "```\n";
  page += kRules;
  for (const Transition& row : transitions()) {
    const std::string effect =
        row.effect == RetrainingEffect::none ? "" : "`" + std::string(name_of(row.effect)) + "`";
    page.append("| `").append(name_of(row.from)).append("` | `").append(name_of(row.on));
    page.append("` | `").append(name_of(row.to)).append("` | ").append(effect);
    page.append(" | ").append(row.why).append(" |\n");
  }
  return page + std::string(kEffects);
}

}  // namespace driftd::alerts
