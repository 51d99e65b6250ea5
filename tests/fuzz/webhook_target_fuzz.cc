// A webhook of every target with settings from outside: what the configuration accepts renders, as JSON where
// the target's body is JSON, to a URL that can be called and headers of one line.
// An input is the target's number, then YAML of a webhook.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "alerts/target.h"
#include "alerts/url.h"
#include "alerts/webhook_request.h"
#include "app/config/yaml.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using namespace driftd::alerts;
using driftd::fuzz::require;

void check(const HttpRequest& request, bool json) {
  require(parse_url(request.url).ok(), "a rendered URL is one");
  for (const auto& [name, value] : request.headers) {
    const auto plain = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 127; };
    require(std::ranges::all_of(name, plain) && std::ranges::all_of(value, plain), "a header is one line");
  }
  if (json) require(nlohmann::json::accept(request.body), "a body of JSON stays JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Target& target = targets()[fuzz::choose(bytes, targets().size())];
  app::Surroundings none;
  none.variable = [](const std::string&) { return std::nullopt; };
  none.file = [](const std::string&) -> Result<std::string> { return Error{ErrorCode::io, "none"}; };
  Faults faults;
  app::YamlDocument document = app::parse_yaml(bytes, none, faults);
  if (!faults.empty() || document.root.kind != Node::Kind::map) return 0;
  document.root.set("name", Node::scalar("hook"));
  document.root.set("target", Node::scalar(std::string(target.name)));
  WebhookConfig webhook;
  fields_of_webhook().read(document.root, webhook, "", faults);
  if (!faults.empty()) return 0;
  const WebhookConfig filled = fill_in_target(webhook);
  Incident incident = example_incident(filled, 1795248000 * kSecond);
  incident.key.model = "a \"model\"\r\nX: y";
  for (const EventType type : {EventType::opened, EventType::resolved}) {
    const auto request = render_request(filled, type, incident.opened_at, incident, "http://d", 0);
    if (!request.ok()) {
      require(!request.error().message.empty(), "a refusal says why");
      continue;
    }
    check(*request, !webhook.body && !webhook.resolved_body && filled.form.empty());
  }
  return 0;
}
