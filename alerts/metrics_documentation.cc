// docs/metrics.md, from the table of metrics.
#include "alerts/exposition_table.h"

namespace driftd::alerts {
namespace {

std::string labels_of(const MetricSpec& metric) {
  std::string text;
  for (const std::string& label : metric.labels) text += (text.empty() ? "`" : ", `") + label + "`";
  for (const std::string& label : metric.where_said)
    text += (label == metric.where_said.front() ? "; where known `" : ", `") + label + "`";
  return text;
}

}  // namespace

std::string metrics_page() {
  std::string page =
      "# Metrics\n\n"
      "Served at `/metrics` in the text format 0.0.4. This page is generated from "
      "`alerts/exposition_table.cc`.\n\n"
      "`segment` is empty for the whole model, else `country=DE`. `column` of the prediction is "
      "`prediction`, of its\n"
      "score `score`, of the loss `loss`. A gauge without a value is absent, not NaN. Counters marked *kept* "
      "are part\n"
      "of the state and go on counting after a restart; the others begin at 0 with the process.\n\n"
      "| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n";
  for (const MetricSpec& metric : all_metrics()) {
    page.append("| `").append(metric.name).append("` | ").append(name_of(metric.type));
    if (metric.state) page += ", *kept*";
    page.append(" | ").append(labels_of(metric)).append(" | ").append(metric.help).append(" |\n");
  }
  return page;
}

}  // namespace driftd::alerts
