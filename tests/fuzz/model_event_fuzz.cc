// Metadata of model events: lineage is bounded JSON whatever is said, said twice it is the same, and the
// labels are bounded texts. An input is what is known, a zero byte, what is said.
#include <nlohmann/json.hpp>

#include "alerts/incident_book.h"
#include "app/pipeline/lineage.h"
#include "tests/fuzz/round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::app;
  using driftd::fuzz::require;
  std::string_view said(reinterpret_cast<const char*>(data), size);
  const std::string_view known = driftd::fuzz::part(said, '\0');
  const std::string before = merged_lineage("{}", known);
  const std::string lineage = merged_lineage(before, said);
  const auto json = nlohmann::json::parse(lineage, nullptr, false);
  require(json.is_object(), "lineage is a JSON object");
  require(json.size() <= kLineageKeys, "its keys are bounded");
  require(!json.contains("incident"), "an answer to a webhook is no lineage");
  require(merged_lineage("{}", lineage) == lineage, "lineage laid over nothing is itself");
  // Where keys were turned away, others that left meanwhile make room for them.
  if (json.size() + nlohmann::json::parse(before).size() < kLineageKeys)
    require(merged_lineage(lineage, said) == lineage, "what is said twice is said once");
  for (const std::string& label : lineage_labels(lineage))
    require(label.size() <= 4 * kLineageLabelText, "labels are bounded");
  (void)driftd::alerts::IncidentBook::incident_named_in(said);
  return 0;
}
