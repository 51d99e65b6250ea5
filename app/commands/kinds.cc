// `driftd kinds`: the catalogue of order-dependent detectors.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "app/commands/command.h"
#include "app/text_table.h"
#include "core/nearest.h"
#include "detectors/kind.h"
#include "detectors/kind_measures.h"

namespace driftd::app {
namespace {

using detectors::Kind;
using Json = nlohmann::ordered_json;

struct Options {
  std::string name;
  std::string format = "table";
};

std::string range_of(const FieldDoc& field) { return field.range.empty() ? "any" : field.range; }

Json kind_json(const Kind& kind) {
  Json object = {{"name", kind.name},
                 {"summary", kind.summary},
                 {"reads", kind.reads},
                 {"accepts", detectors::accepts_text(kind.accepts)},
                 {"starts_afresh", kind.starts_afresh},
                 {"cost", kind.cost},
                 {"memory", kind.memory},
                 {"guarantee", kind.guarantee},
                 {"measured", detectors::measures_text(kind.name)},
                 {"paper", kind.paper}};
  object["parameters"] = Json::array();
  for (const FieldDoc& field : kind.parameters()) {
    object["parameters"].push_back({{"name", field.name},
                                    {"type", field.type},
                                    {"default", field.standard},
                                    {"range", field.range},
                                    {"unit", field.unit},
                                    {"text", field.text}});
  }
  return object;
}

std::string kind_text(const Kind& kind) {
  const auto line = [](std::string_view title, std::string_view text) {
    return std::string(title) + std::string(text) + "\n";
  };
  std::string text =
      line(kind.name, ": " + std::string(kind.summary)) + "\n" + line("reads      ", kind.reads) +
      line("accepts    ", detectors::accepts_text(kind.accepts)) + line("cost       ", kind.cost) +
      line("memory     ", kind.memory) + line("guarantee  ", kind.guarantee) +
      line("measured   ", detectors::measures_text(kind.name)) + line("source     ", kind.paper) + "\n";
  TextTable table("lrlll", {"parameter", "default", "range", "unit", "what it is"});
  for (const FieldDoc& field : kind.parameters()) {
    table.add({field.name, field.standard, field.type.starts_with("one of") ? field.type : range_of(field),
               field.unit, field.text});
  }
  return text + table.text();
}

std::string overview() {
  TextTable table("lll", {"kind", "accepts", "what it is"});
  for (const Kind* kind : detectors::catalogue()) {
    table.add({std::string(kind->name), std::string(detectors::accepts_text(kind->accepts)),
               std::string(kind->summary)});
  }
  return table.text() +
         "\n`driftd kinds NAME` tells its parameters, what is known of its false reports, and its source.\n";
}

ExitStatus list(const Options& options, Streams& streams) {
  const bool json = options.format == "json";
  if (options.name.empty()) {
    Json all = {{"kinds", Json::array()}};
    for (const Kind* kind : detectors::catalogue()) all["kinds"].push_back(kind_json(*kind));
    streams.out << (json ? all.dump(2) + "\n" : overview());
    return ExitStatus::done;
  }
  const Kind* kind = detectors::find_kind(options.name);
  if (kind == nullptr) {
    std::vector<std::string> known;
    for (const Kind* one : detectors::catalogue()) known.emplace_back(one->name);
    streams.err << "driftd kinds: no detector is called " << options.name;
    if (const std::string* near = nearest(options.name, known))
      streams.err << "; did you mean " << *near << "?";
    streams.err << '\n';
    return ExitStatus::usage;
  }
  streams.out << (json ? kind_json(*kind).dump(2) + "\n" : kind_text(*kind));
  return ExitStatus::done;
}

}  // namespace

extern const Command command_kinds;
const Command command_kinds = {
    .name = "kinds",
    .summary = "the catalogue of order-dependent detectors: parameters, ranges, guarantees, sources",
    .examples = "driftd kinds\ndriftd kinds adwin\ndriftd kinds page_hinkley --format json",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      app.add_option("NAME", options->name, "only this one");
      app.add_option("--format", options->format, "table or json")
          ->check(CLI::IsMember({"table", "json"}))
          ->capture_default_str();
      return [options](Streams& streams) { return list(*options, streams); };
    },
};

}  // namespace driftd::app
