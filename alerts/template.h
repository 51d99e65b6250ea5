// Templates of webhooks: Mustache, where every value is escaped for the place it stands in.
//
// `{{name}}`, `{{{name}}}` and `{{&name}}` are the same: nothing gets around the escaping. Sections and
// inverted sections work as Mustache says; a value that an incident does not have is false. Partials are
// refused, and so are names that are not known where they stand. Pure; a Template may be used from any
// thread, one at a time. Source of the syntax: mustache(5); the engine is kainjow/mustache.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/digest_notice.h"
#include "alerts/incident.h"

namespace driftd::alerts {

enum class Place : unsigned char {
  url,     // percent-encoded: everything but RFC 3986's unreserved characters
  header,  // control characters, line breaks among them, become spaces
  json,    // as inside a JSON string
  plain,   // as it is: what is encoded as a whole afterwards (form)
};

std::string escape(Place place, std::string_view text);

struct TemplateContext {
  EventType event = EventType::opened;
  Time event_time = 0;
  const Incident* incident = nullptr;
  std::string_view base_url;
  const DigestNotice* digest = nullptr;  // in place of an incident: of its names those of both mean something
};

enum class Subject : unsigned char { incident, digest };  // whose names a template may use
// What is wrong with a template, for people; empty: nothing.
std::optional<std::string> template_fault(const std::string& text, Subject subject = Subject::incident);
// Precondition: template_fault(text) is empty.
std::string render_template(const std::string& text, Place place, const TemplateContext& context);

// The names that stand for a value at the top, for the documentation.
std::vector<std::string> template_names(Subject subject = Subject::incident);

}  // namespace driftd::alerts
