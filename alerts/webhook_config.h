// A webhook as the configuration states it (DESIGN 4, `alerts.webhooks`).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alerts/http_access.h"
#include "alerts/vocabulary.h"
#include "core/fields.h"
#include "core/secret.h"
#include "core/time.h"

namespace driftd::alerts {

// A template's text; `secret` where a part of it came from a secret place, so that it is not printed.
struct TemplateText {
  std::string text;
  bool secret = false;
  friend bool operator==(const TemplateText&, const TemplateText&) = default;
};
using NamedTemplates = std::vector<std::pair<std::string, TemplateText>>;  // in the order of the file

struct WebhookSuccess {
  std::vector<int> codes;  // empty: 2xx
  std::string contains;    // text that the answer must hold; empty: any
};
struct WebhookRetry {
  Duration give_up_after = kDay;  // key `for`; wall time
};

struct WebhookConfig : HttpAccess {
  std::string name;
  std::string target;   // a row of target.h; empty: none
  NamedTemplates with;  // the target's settings
  TemplateText url;     // may be empty where the target has an address of its own
  // Filters; empty: everything.
  std::vector<Action> actions;
  std::vector<std::string> models;
  std::vector<IncidentKind> kinds;
  std::vector<Severity> severities;
  std::vector<EventType> events;  // empty: see effective_events
  std::optional<bool> retrains;   // absent: see starts_retraining
  std::vector<Secret> secrets;    // whsec_...; each signs
  NamedTemplates headers;
  std::optional<TemplateText> body;  // empty: the whole alert
  std::optional<TemplateText> resolved_body;
  std::optional<TemplateText> digest_body;  // empty: the whole digest
  NamedTemplates form;
  WebhookSuccess success;
  Duration cooldown = 0;  // event time
  Duration timeout = 15 * kSecond;
  WebhookRetry retry;

  // [opened] where body, form or target is set and no resolved_body, else all three of an incident.
  [[nodiscard]] std::vector<EventType> effective_events() const;
  // Whether a call with action retrain starts one, as opposed to telling somebody. Unless it is said: where
  // the target is a pipeline, or there is none and nothing but retraining is asked for.
  [[nodiscard]] bool starts_retraining() const;
};

// Refuses, besides what is out of range: a target that is to be told of digests without digest_body, unknown
// names in templates, URLs that are none, headers that are none or that driftd writes itself, secrets that
// are none, both `body` and `form`, settings that the target does not know or misses, credentials that do not
// go together.
const Fields<WebhookConfig>& fields_of_webhook();

}  // namespace driftd::alerts
