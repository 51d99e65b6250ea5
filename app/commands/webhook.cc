// `driftd webhook`: the very request that an incident or a digest would cause, printed or sent.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>
#include <string>

#include "alerts/delivery.h"
#include "alerts/target.h"
#include "alerts/template.h"
#include "alerts/webhook_request.h"
#include "app/commands/command.h"
#include "app/config/load.h"
#include "app/version.h"
#include "app/wall_clock.h"

namespace driftd::app {
namespace {

using alerts::EventType;
using alerts::HttpRequest;
using alerts::TemplateText;
using alerts::WebhookConfig;

struct Options {
  std::string file;
  std::string name;
  std::string event;
  bool send = false;
};

// The example that is told: an incident that opened in the present minute.
struct Example {
  EventType event = EventType::opened;
  alerts::Incident incident;
  alerts::DigestNotice digest;
  std::string base_url;
  Time now = 0;

  [[nodiscard]] bool is_digest() const { return event == EventType::digest; }
};

Example example_for(const WebhookConfig& webhook, const Config& config, const std::string& event) {
  Example example;
  example.now = wall_clock();
  example.incident = alerts::example_incident(webhook, example.now - example.now % kMinute);
  example.base_url = "http://" + config.http.listen;
  example.event = webhook.effective_events().front();
  example.digest = alerts::example_digest(example.incident.opened_at);
  for (const EventType each :
       {EventType::opened, EventType::escalated, EventType::resolved, EventType::digest})
    if (name_of(each) == event) example.event = each;
  if (example.event == EventType::resolved) {
    example.incident.state = alerts::IncidentState::resolved;
    example.incident.resolved_at = example.incident.opened_at;
  }
  return example;
}

Result<HttpRequest> render(const WebhookConfig& webhook, const Example& example) {
  if (example.is_digest()) return render_request(webhook, example.digest, example.base_url, example.now);
  return render_request(webhook, example.event, example.incident.opened_at, example.incident,
                        example.base_url, example.now);
}

void hide_part(std::string& text, const std::string& part) {
  const std::string_view hidden = kRedacted;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + hidden.size()))
    text.replace(at, part.size(), hidden);
}

// Without the parts that came from secret places. A text that is secret is hidden whole where no part of
// it is known; one that is not may hold "1" without its being somebody's password.
TemplateText without_secrets(const TemplateText& text, const std::vector<Secret>& secrets) {
  constexpr std::size_t kShortestPart = 5;
  std::string shown = text.text;
  for (const Secret& secret : secrets) {
    const std::string& part = secret.reveal();
    const bool is_part = !part.empty() && part.size() < text.text.size();
    if (is_part && (text.secret || part.size() >= kShortestPart)) hide_part(shown, part);
  }
  if (text.secret && shown == text.text) shown = kRedacted;
  return {shown, false};
}

// As render, for the eye. The signature is the true one: it gives no secret away.
HttpRequest render_for_print(const WebhookConfig& webhook, const Example& example, const HttpRequest& real,
                             const std::vector<Secret>& secrets) {
  const auto hide = [&](TemplateText& text) { text = without_secrets(text, secrets); };
  WebhookConfig open = webhook;
  for (auto& [name, value] : open.with) hide(value);
  hide(open.url);
  open = fill_in_target(open);
  const alerts::TemplateContext context{example.event, example.incident.opened_at, &example.incident,
                                        example.base_url, example.is_digest() ? &example.digest : nullptr};
  const std::string url = render_template(open.url.text, alerts::Place::url, context);
  open.url.text = "http://shown.invalid/";
  for (auto& [name, value] : open.headers) hide(value);
  for (auto& [name, value] : open.form) hide(value);
  if (open.body) hide(*open.body);
  if (open.resolved_body) hide(*open.resolved_body);
  if (open.digest_body) hide(*open.digest_body);
  HttpRequest shown = render(open, example).value();
  shown.url = url;
  if (webhook.authorization)
    shown.headers.emplace_back("authorization", webhook.authorization->type + " " + kRedacted);
  else if (webhook.basic_auth)
    shown.headers.emplace_back("authorization", std::string("Basic ") + kRedacted);
  else if (webhook.oauth2)
    shown.headers.emplace_back("authorization", std::string("Bearer ") + kRedacted);
  for (std::size_t i = 0; i < shown.headers.size(); ++i)
    if (shown.headers[i].first == "webhook-signature") shown.headers[i].second = real.headers.at(i).second;
  return shown;
}

void print(const HttpRequest& request, std::ostream& out) {
  out << request.method << " " << request.url << "\n";
  for (const auto& [name, value] : request.headers) out << name << ": " << value << "\n";
  out << "user-agent: driftd/" << version() << "\n\n" << request.body << "\n";
}

ExitStatus send(const WebhookConfig& webhook, const HttpRequest& request, Streams& streams) {
  alerts::Delivery delivery({.user_agent = "driftd/" + std::string(version()), .ca_file = "", .on_done = {}});
  delivery.submit("example", request, webhook.timeout);
  const auto results = delivery.wait_results(webhook.timeout + kMinute);
  const alerts::Answer answer = results.empty() ? alerts::Answer{} : results.front().answer;
  if (answer.status != 0) streams.out << "\nHTTP " << answer.status << "\n\n" << answer.body << "\n";
  const alerts::Judgement judgement = judge_answer(webhook.success, answer, 0);
  if (judgement.verdict == alerts::Verdict::delivered) return ExitStatus::done;
  streams.err << "driftd webhook: " << webhook.name << ": " << judgement.message << "\n";
  return ExitStatus::failed;
}

ExitStatus run(const Options& options, Streams& streams) {
  const LoadedConfig loaded = load_config(options.file);
  if (!loaded.ok()) {
    streams.err << to_text(loaded.faults);
    return ExitStatus::usage;
  }
  const auto& webhooks = loaded.config.alerts.webhooks;
  const auto found = std::ranges::find(webhooks, options.name, &WebhookConfig::name);
  if (found == webhooks.end()) {
    streams.err << options.file << ": alerts.webhooks: there is no webhook " << options.name << "; there are";
    for (const WebhookConfig& webhook : webhooks) streams.err << " " << webhook.name;
    streams.err << (webhooks.empty() ? " none\n" : "\n");
    return ExitStatus::usage;
  }
  const Example example = example_for(*found, loaded.config, options.event);
  const WebhookConfig webhook = fill_in_target(*found);
  const auto request = render(webhook, example);
  if (!request) {
    streams.err << "driftd webhook: " << found->name << ": " << request.error().message << "\n";
    return ExitStatus::failed;
  }
  print(render_for_print(*found, example, *request, loaded.config.secrets), streams.out);
  return options.send ? send(webhook, *request, streams) : ExitStatus::done;
}

}  // namespace

extern const Command command_webhook;
const Command command_webhook = {
    .name = "webhook",
    .summary = "the very request that an incident or a digest would cause, printed or sent",
    .examples =
        "driftd webhook -c driftd.yaml retrain                    print it, secrets left out\n"
        "driftd webhook -c driftd.yaml retrain --send             send it too and print the answer\n"
        "driftd webhook -c driftd.yaml pager --event resolved     what the end of an incident looks like\n"
        "driftd webhook -c driftd.yaml weekly --event digest      what a digest looks like",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      app.add_option("-c,--config", options->file, "the configuration file")->required();
      app.add_option("NAME", options->name, "the webhook's name in the configuration")->required();
      app.add_option("--event", options->event,
                     "opened, escalated, resolved or digest; default the first it is told of")
          ->check(CLI::IsMember({"opened", "escalated", "resolved", "digest"}));
      app.add_flag("--send", options->send, "send it, and print the answer");
      return [options](Streams& streams) { return run(*options, streams); };
    },
};

}  // namespace driftd::app
