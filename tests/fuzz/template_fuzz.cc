// Whatever template is accepted renders, and what it renders into a JSON string stays inside of it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "alerts/template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::alerts;
  const std::string text(reinterpret_cast<const char*>(data), size);
  Incident incident;
  incident.id = "rule-0123456789abcdef0123";
  incident.key.model = text.substr(0, 64);
  incident.findings.summary = "\"quoted\"\n";
  incident.findings.columns = {{"income", "", .5, {{"psi", .3}}}};
  const TemplateContext context{EventType::opened, 0, &incident, "http://d"};
  if (!template_fault(text))
    for (const Place place : {Place::url, Place::header, Place::json, Place::plain})
      (void)render_template(text, place, context);
  const std::string body = render_template(R"({"a":"{{model}}{{{summary}}}"})", Place::json, context);
  if (!nlohmann::json::accept(body)) std::abort();
  return 0;
}
