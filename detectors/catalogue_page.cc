#include "detectors/catalogue_page.h"

#include <string_view>

#include "detectors/kind.h"
#include "detectors/kind_measures.h"
#include "detectors/statistics/catalogue.h"
#include "detectors/statistics/elsewhere.h"

namespace driftd::detectors {
namespace {

constexpr std::string_view kIntroduction = R"(# Catalogue

<!-- Made by `driftd docs catalogue`; do not edit. -->

)";

constexpr std::string_view kKindsIntroduction = R"(## Order-dependent detectors

Detectors that read one value after another and report a drift, some of them a warning before it. They are
heuristics that people know, declared as `detectors:` of a column or of `loss`, or run over any numbers by
`driftd detect`; none is part of the budget of false alarms, though a few have a proven bound of their own.

- Each starts afresh on the update after a drift, as river's do, unless its memory says otherwise or `reset` is
  false. What it does not accept, and what is not finite, changes nothing.
- Names of parameters are river's where river has the detector, else MOA's in small letters.
- "At every index" was compared with river 0.26.1 and MOA 2024.07.0 on random streams, also with
  ties, constants and extremes (`tests/differential`).
- What was measured of false reports is made by `tests/detectors/kind_measures.py` and measured again by a test.

)";

constexpr std::string_view kStatisticsIntroduction = R"(
## Statistics of two samples

How far the current values of a column are from the reference's: over `window` from merged counts (`/metrics`,
rules, incidents), exact on raw data in `driftd compare`. They say how large a difference is, not how sure: a
p-value of a million rows calls everything a difference, and alarms come from the evidence instead.
)";

std::string cell(std::string text) {
  for (std::size_t i = text.find('|'); i != std::string::npos; i = text.find('|', i + 2))
    text.insert(i, "\\");
  return text;
}

std::string overview() {
  std::string table = "| kind | accepts | cost | what it is |\n| --- | --- | --- | --- |\n";
  for (const Kind* kind : catalogue()) {
    const std::string name(kind->name);
    table += "| [`" + name + "`](#" + name + ") | " + std::string(accepts_text(kind->accepts)) + " | " +
             cell(std::string(kind->cost)) + " | " + cell(std::string(kind->summary)) + " |\n";
  }
  return table;
}

std::string line(std::string_view title, std::string_view text) {
  return "- **" + std::string(title) + ":** " + std::string(text) + "\n";
}

std::string section_of(const Kind& kind) {
  std::string text =
      "\n### " + std::string(kind.name) + "\n\n" + std::string(kind.summary) + "\n\n" +
      line("Reads", std::string(kind.reads) + " (accepts " + std::string(accepts_text(kind.accepts)) + ")") +
      line("Cost of an update", kind.cost) + line("Memory", kind.memory) +
      line("False reports", kind.guarantee) + line("Measured", measures_text(kind.name)) +
      line("Source", kind.paper);
  text += "\n| parameter | value | default | what |\n| --- | --- | --- | --- |\n";
  for (const FieldDoc& field : kind.parameters()) {
    std::string value = field.type;
    if (!field.range.empty()) value += " " + field.range;
    if (!field.unit.empty()) value += " " + field.unit;
    text += "| `" + field.name + "` | " + cell(value) + " | `" + field.standard + "` | " + cell(field.text) +
            " |\n";
  }
  return text;
}

std::string kinds_section() {
  std::string text = std::string(kKindsIntroduction) + overview();
  for (const Kind* kind : catalogue()) text += section_of(*kind);
  return text;
}

std::string statistics_section() {
  std::string text(kStatisticsIntroduction);
  for (const StatisticInfo& info : statistic_catalogue())
    text +=
        "\n### " + std::string(info.name()) + "\n\n" + std::string(info.title) + "\n\n" +
        line("Reads", name_of(info.reads)) + line("Of merged counts", info.on_counts) +
        line("Of raw data", info.on_raw) + line("p-value or null law", info.p_value) +
        line("Conventions", info.convention) +
        (elsewhere(info.statistic).empty() ? std::string() : line("Elsewhere", elsewhere(info.statistic))) +
        line("Source", info.source);
  return text;
}

}  // namespace

std::string catalogue_page() { return std::string(kIntroduction) + kinds_section() + statistics_section(); }

}  // namespace driftd::detectors
