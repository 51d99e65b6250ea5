#include "app/config/host_checks.h"

#include <string_view>

#include "alerts/delivery_hosts.h"
#include "alerts/target.h"
#include "alerts/url.h"
#include "alerts/webhook_request.h"
#include "app/http/server.h"
#include "core/field_types.h"

namespace driftd::app {
namespace {

// Up to the path, and all of it where there is none.
std::string_view before_the_path(std::string_view url) {
  const std::size_t scheme = url.find("://");
  return url.substr(0, url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3));
}

void check_host(const Config& config, const std::string& url, const Node& node, const std::string& path,
                Faults& faults) {
  if (url.empty() || before_the_path(url).find("{{") != std::string_view::npos) return;
  const auto parsed = alerts::parse_url(before_the_path(url));
  if (!parsed.ok() || alerts::host_is_allowed(config.alerts.allowed_hosts, parsed->host)) return;
  add_fault(faults, node, path, alerts::host_refusal(parsed->host));
}

const Node& child(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  return found == nullptr ? node : *found;
}

}  // namespace

void check_hosts(const Config& config, const Node& root, Faults& faults) {
  if (config.alerts.allowed_hosts.empty()) return;
  const Node& list = child(child(root, "alerts"), "webhooks");
  for (std::size_t i = 0; i < config.alerts.webhooks.size() && i < list.items.size(); ++i) {
    const alerts::WebhookConfig& webhook = config.alerts.webhooks[i];
    const Node& node = list.items[i];
    const std::string path = item_path("alerts.webhooks", i);
    check_host(config, alerts::fill_in_target(webhook).url.text, child(node, "url"), join_path(path, "url"),
               faults);
    check_host(config, webhook.proxy_url, child(node, "proxy_url"), join_path(path, "proxy_url"), faults);
    if (webhook.oauth2)
      check_host(config, webhook.oauth2->token_url, child(child(node, "oauth2"), "token_url"),
                 join_path(path, "oauth2.token_url"), faults);
  }
}

void check_certificates(const Config& config, const Node& root, Faults& faults) {
  if (!config.http.tls || config.http.tls->cert_file.empty() || config.http.tls->key_file.empty()) return;
  const auto read = HttpServer::read_certificates(*config.http.tls);
  if (!read.ok()) add_fault(faults, child(child(root, "http"), "tls"), "http.tls", read.error().message);
}

}  // namespace driftd::app
