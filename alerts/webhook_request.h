// From an incident's event and a webhook's configuration to the very bytes that are sent.
//
// Pure: the time of the attempt is an argument. Everything is rendered anew at each attempt, so that
// what is stored holds no secret, and credentials and addresses that were mended take effect.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/digest_notice.h"
#include "alerts/incident.h"
#include "alerts/webhook_config.h"
#include "core/result.h"
#include "core/time.h"

namespace driftd::alerts {

struct HttpRequest {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  HttpAccess access;  // applied by who makes the call: files are read then
};

// 32 hex digits of SHA-256 over incident, event, time of the event and webhook (each a LEB128 length
// and its bytes, the time a zig-zag LEB128): the same at every attempt.
std::string webhook_id(std::string_view incident, EventType event, Time event_time, std::string_view webhook);

// `now` is wall time: the signature's timestamp. Fails where a template renders to no URL.
Result<HttpRequest> render_request(const WebhookConfig& webhook, EventType event, Time event_time,
                                   const Incident& incident, std::string_view base_url, Time now);

// Likewise a digest.
Result<HttpRequest> render_request(const WebhookConfig& webhook, const DigestNotice& digest,
                                   std::string_view base_url, Time now);

// An incident as an example that the webhook is told of, for `check` and `driftd webhook`.
Incident example_incident(const WebhookConfig& webhook, Time opened_at);

}  // namespace driftd::alerts
