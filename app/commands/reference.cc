// `driftd reference`: what a model of a running driftd is compared with; another one adopted, or gone back
// to.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "app/commands/ask.h"
#include "app/commands/command.h"
#include "app/http/target.h"

namespace driftd::app {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  AskOptions ask;
  std::string model, version, file, last, back;
  bool preview = false;
};

ExitStatus failed(const Error& error, Streams& streams) {
  streams.err << "driftd: " << error.message << '\n';
  return error.code == ErrorCode::invalid ? ExitStatus::usage : ExitStatus::failed;
}

std::string in_use_by(const Json& reference) {
  std::string text;
  for (const Json& version : reference.value("in_use_by", Json::array()))
    text += (text.empty() ? "" : ", ") + (version.is_string() ? version.get<std::string>() : version.dump());
  return text.empty() ? "-" : text;
}

void print_references(std::ostream& out, const Json& document) {
  std::vector<std::vector<std::string>> rows = {
      {"NUMBER", "ORIGIN", "ROWS", "PAIRS", "FIRST", "LAST", "SINCE", "IN USE BY", "DIGEST"}};
  for (const Json& one : document.value("references", Json::array()))
    rows.push_back({cell(one, "number"), cell(one, "origin"), cell(one, "rows"), cell(one, "pairs"),
                    cell(one, "first"), cell(one, "last"), cell(one, "since"), in_use_by(one),
                    cell(one, "digest")});
  if (rows.size() == 1)
    out << "no reference yet\n";
  else
    print_table(out, rows);
}

std::string rounded(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return "-";
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%.3f", found->get<double>());
  return text.data();
}

// Those that moved most first.
void print_columns(std::ostream& out, const Json& document) {
  const auto psi = [](const Json& column) {
    return column.value("statistics", Json::object()).value("psi", 0.0);
  };
  std::vector<Json> columns;
  for (const Json& column : document.value("columns", Json::array())) columns.push_back(column);
  std::stable_sort(columns.begin(), columns.end(),
                   [&](const Json& a, const Json& b) { return psi(a) > psi(b); });
  std::vector<std::vector<std::string>> rows = {
      {"COLUMN", "PSI", "KS", "WASSERSTEIN", "MISSING BEFORE", "MISSING NOW", "OUTSIDE"}};
  for (const Json& column : columns) {
    const Json statistics = column.value("statistics", Json::object());
    const Json missing = column.value("missing_ratio", Json::object());
    rows.push_back({cell(column, "column"), rounded(statistics, "psi"), rounded(statistics, "ks"),
                    rounded(statistics, "wasserstein_normed"), rounded(missing, "before"),
                    rounded(missing, "now"), rounded(column, "outside")});
  }
  if (rows.size() > 1) print_table(out, rows);
  for (const auto& [name, words] :
       {std::pair("columns_added", "new columns"), std::pair("columns_removed", "columns that are gone"),
        std::pair("columns_retyped", "columns of another type")}) {
    const Json list = document.value(name, Json::array());
    if (list.empty()) continue;
    out << words << ':';
    for (const Json& column : list) out << ' ' << (column.is_string() ? column.get<std::string>() : "");
    out << '\n';
  }
}

void print_adoption(std::ostream& out, const Json& document) {
  const Json reference = document.value("reference", Json::object());
  out << cell(document, "model") << " version " << cell(document, "version") << ": "
      << cell(reference, "origin") << ", " << cell(reference, "rows") << " rows from "
      << cell(reference, "first") << " to " << cell(reference, "last") << ", " << cell(reference, "digest")
      << '\n';
  print_columns(out, document);
  const Json incidents = document.value("incidents", Json::object());
  for (const auto& [name, words] : {std::pair("closed", "closes"), std::pair("left", "leaves open")})
    for (const Json& one : incidents.value(name, Json::array()))
      out << words << ' ' << cell(one, "incident") << ": " << cell(one, "summary") << '\n';
  for (const Json& warning : document.value("warnings", Json::array()))
    out << "note: " << (warning.is_string() ? warning.get<std::string>() : "") << '\n';
  const bool adopted = document.value("adopted", false);
  out << (adopted ? "adopted as number " + cell(reference, "number") : std::string("nothing was changed"))
      << '\n';
}

Result<std::string> body_of(const Options& options) {
  if (!options.last.empty()) return Json{{"last", options.last}}.dump();
  if (!options.back.empty()) {
    const bool is_number =
        options.back.size() <= 9 && options.back.find_first_not_of("0123456789") == std::string::npos;
    return is_number ? Json{{"adopt", std::stoll(options.back)}}.dump()
                     : Json{{"digest", options.back}}.dump();
  }
  std::ifstream in(options.file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || text.str().empty())
    return Error{ErrorCode::invalid, options.file + ": cannot be read; make it with `driftd profile`"};
  return text.str();
}

ExitStatus adopt(const Options& options, const std::string& target, Streams& streams) {
  const Result<std::string> body = body_of(options);
  if (!body) return failed(body.error(), streams);
  std::string query = options.preview ? "?preview=true" : "";
  if (!options.version.empty())
    query += (query.empty() ? "?version=" : "&version=") + percent_encoded(options.version);
  const Result<Json> document = ask(options.ask, "POST", target + query, *body);
  if (!document) return failed(document.error(), streams);
  if (options.ask.format == "json")
    streams.out << document->dump(2) << '\n';
  else
    print_adoption(streams.out, *document);
  return ExitStatus::done;
}

ExitStatus run_reference(const Options& options, Streams& streams) {
  const std::string base = "/api/v1/models/" + percent_encoded(options.model);
  if (!options.file.empty() || !options.last.empty() || !options.back.empty())
    return adopt(options, base + "/reference", streams);
  if (options.preview || !options.version.empty())
    return failed({ErrorCode::invalid, "give --adopt, --last or --back"}, streams);
  const Result<Json> document = ask(options.ask, "GET", base + "/references");
  if (!document) return failed(document.error(), streams);
  if (options.ask.format == "json")
    streams.out << document->dump(2) << '\n';
  else
    print_references(streams.out, *document);
  return ExitStatus::done;
}

}  // namespace

extern const Command command_reference;
const Command command_reference = {
    .name = "reference",
    .summary = "what a model of a running driftd is compared with; adopt another reference",
    .examples =
        "driftd reference credit                              those that are kept, and who uses them\n"
        "driftd reference credit --last 7d --preview          what the last 7 days would change\n"
        "driftd reference credit --last 7d                    they are the normal from now on\n"
        "driftd reference credit --adopt credit.profile.json  a profile that `driftd profile` made\n"
        "driftd reference credit --back 3                     the one with this number, or digest",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      add_ask_options(app, options->ask);
      app.add_option("MODEL", options->model, "of this model")->required();
      auto* file = app.add_option("--adopt", options->file, "put this profile in force");
      auto* last = app.add_option("--last", options->last, "put what came in this time (7d) in force");
      auto* back = app.add_option("--back", options->back, "put a kept one in force: number or digest");
      last->excludes(file);
      back->excludes(file)->excludes(last);
      app.add_option("--version", options->version, "of this version; the one that predicted last by itself");
      app.add_flag("--preview", options->preview, "say what would change, and change nothing");
      return [options](Streams& streams) { return run_reference(*options, streams); };
    },
};

}  // namespace driftd::app
