// docs/targets.md, from the rows.
#include "alerts/target.h"

namespace driftd::alerts {

namespace {

constexpr std::string_view kIntroduction = R"(# Other people's pipelines

<!-- Made by `driftd docs targets`; do not edit. -->

A webhook with a `target` is called as that receiver wants it: the target fills path, headers, body or form, and what
success is. What the webhook states itself stands. `driftd webhook -c FILE NAME` prints the very call, `--send` makes it.

    alerts:
      webhooks:
        - name: retrain
          target: airflow3
          url: https://airflow.example          # without a path: the target appends its own
          with: {dag: retrain_credit}           # the target's settings; each may be a template
          authorization: {credentials_file: /run/secrets/airflow}
          actions: [retrain]

- Credentials are named as Prometheus names them: `authorization`, `basic_auth`, `oauth2`, `tls_config`, `proxy_url`
  ([configuration](configuration.md)). Files are read anew at each attempt; 401 and 403 are tried again, since tokens end.
- Pipelines are told of `opened` alone, so that one incident starts one run; receivers of alerts are told of its end too.
- A pipeline answers with `model` events that name the incident in their `metadata` (`retraining_started` acknowledges it,
  `deployed` or `rolled_back` resolves it), or over HTTP (`POST /api/v1/incidents/{id}/resolve`).
- SageMaker and Vertex AI want signatures of their clouds: a relay that makes them stands in between. MLflow has no call
  that starts a training.

)";

std::string codes_of(const Target& target) {
  if (target.codes.empty()) return "2xx";
  std::string text;
  for (const int code : target.codes) text += (text.empty() ? "" : ", ") + std::to_string(code);
  return text;
}

void add_line(std::string& page, std::string_view what, std::string_view text) {
  if (!text.empty()) page.append("- ").append(what).append(": ").append(text).append("\n");
}

std::string address_of(const Target& target) {
  if (target.path.empty()) return "the url, whole";
  const std::string before =
      target.home.empty() ? "the url, then " : "the url (default `" + std::string(target.home) + "`), then ";
  return before + "`" + std::string(target.path) + "`";
}

void add_content(std::string& page, const Target& target) {
  for (const auto& [name, value] : target.headers)
    add_line(page, "Header", "`" + std::string(name) + ": " + std::string(value) + "`");
  for (const auto& [name, value] : target.form)
    add_line(page, "Field of the form", "`" + std::string(name) + "=" + std::string(value) + "`");
  if (!target.body.empty()) add_line(page, "Body", "`" + std::string(target.body) + "`");
  if (target.body.empty() && target.form.empty()) add_line(page, "Body", "the whole alert");
  if (!target.resolved_body.empty())
    add_line(page, "At the end", "`" + std::string(target.resolved_body) + "`");
}

}  // namespace

std::string targets_page() {
  std::string page(kIntroduction);
  page += "| `target` | receiver | settings (`with`) |\n| --- | --- | --- |\n";
  for (const Target& target : targets()) {
    std::string settings;
    for (const TargetSetting& setting : target.with)
      settings += (settings.empty() ? "`" : ", `") + std::string(setting.name) + "`";
    page.append("| `")
        .append(target.name)
        .append("` | ")
        .append(target.title)
        .append(" | ")
        .append(settings)
        .append(" |\n");
  }
  for (const Target& target : targets()) {
    page.append("\n## ").append(target.title).append("\n\n`target: ").append(target.name).append("`\n\n");
    add_line(page, "Address", address_of(target));
    for (const TargetSetting& setting : target.with) {
      const std::string standard =
          setting.standard.empty() ? "required" : "default `" + std::string(setting.standard) + "`";
      add_line(page, "`with." + std::string(setting.name) + "`",
               std::string(setting.text) + " (" + standard + ")");
    }
    add_content(page, target);
    add_line(
        page, "Done",
        codes_of(target) +
            (target.contains.empty() ? "" : ", and `" + std::string(target.contains) + "` in the answer"));
    add_line(page, "Told of", target.tells_end ? "opened, escalated, resolved" : "opened");
    add_line(page, "Credentials", target.credentials);
    add_line(page, "Called twice", target.twice);
    add_line(page, "On the other side", target.setup);
  }
  return page;
}

}  // namespace driftd::alerts
