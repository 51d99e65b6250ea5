// `driftd compare`: every statistic for every column of two data sets.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/commands/command.h"
#include "app/comparison_report.h"
#include "app/progress.h"
#include "app/table_reader.h"
#include "core/field_types.h"
#include "core/nearest.h"
#include "detectors/comparison.h"
#include "detectors/profile_json.h"

namespace driftd::app {
namespace {

using detectors::Comparison;
using detectors::DriftLimits;
using detectors::Statistic;

struct Options {
  std::string reference, current;
  std::string format = "table";
  std::int64_t bins = detectors::kShownBins;
  bool bins_given = false;
  ColumnRoles roles;
  bool fail_on_drift = false;
  std::string limits;
};

constexpr std::array kCompared = {
    Statistic::psi,         Statistic::jensen_shannon,     Statistic::ks,         Statistic::total_variation,
    Statistic::wasserstein, Statistic::wasserstein_normed, Statistic::chi_square, Statistic::missing_delta};

Result<DriftLimits> limits_of(const std::string& text) {
  DriftLimits limits;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    const std::size_t equals = item.find('=');
    const std::string name(item.substr(0, equals));
    const auto statistic = detectors::statistic_of(name);
    if (!statistic || std::find(kCompared.begin(), kCompared.end(), *statistic) == kCompared.end()) {
      std::vector<std::string> known;
      for (const Statistic one : kCompared) known.emplace_back(name_of(one));
      std::string message = "--fail-on-drift: compare has no statistic " + name;
      if (const std::string* near = nearest(name, known)) message += "; did you mean " + *near + "?";
      return Error{ErrorCode::invalid, message};
    }
    const auto limit =
        equals != std::string_view::npos ? parse_number(item.substr(equals + 1)) : std::nullopt;
    if (!limit)
      return Error{ErrorCode::invalid, "--fail-on-drift: " + name + " needs a limit, as in " + name + "=0.2"};
    limits[*statistic] = *limit;
  }
  return limits;
}

// The text of the file where it is a profile, which is told by how it begins.
std::optional<std::string> profile_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string head(256, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  if (head.find("driftd.profile") == std::string::npos) return std::nullopt;
  file.clear();
  file.seekg(0);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<detectors::Table> read_table(const std::string& path, const Options& options, Streams& streams) {
  Progress progress(streams.err, standard_error_is_terminal(), "compare");
  TableReaderOptions reading;
  reading.roles = options.roles;
  reading.progress = [&progress](std::uint64_t bytes, std::string_view file) {
    progress.update(bytes, 0, file);
  };
  return read_tables(std::array{path}, reading);
}

Result<Comparison> compare_files(const Options& options, Streams& streams) {
  const auto text = profile_text(options.reference);
  if (text && options.bins_given) {
    return Error{ErrorCode::invalid,
                 "--bins: the bins of " + options.reference + " are those of the profile"};
  }
  auto current = read_table(options.current, options, streams);
  if (!current) return current.error();
  if (text) {
    auto profile = detectors::profile_from_json(*text);
    if (!profile) return Error{profile.error().code, options.reference + ": " + profile.error().message};
    return detectors::compare(*profile, *current);
  }
  auto reference = read_table(options.reference, options, streams);
  if (!reference) return reference.error();
  return detectors::compare(*reference, *current, options.bins);
}

ExitStatus compare(const Options& options, Streams& streams) {
  if (options.format == "html") {
    streams.err << "driftd compare: --format html is not supported by this version; use table or json\n";
    return ExitStatus::usage;
  }
  if (options.reference.empty() || options.current.empty()) {
    streams.err << "driftd compare: two data sets are needed: REFERENCE and CURRENT\n";
    return ExitStatus::usage;
  }
  const auto limits = limits_of(options.limits);
  if (!limits) {
    streams.err << "driftd compare: " << limits.error().message << '\n';
    return ExitStatus::usage;
  }
  auto comparison = compare_files(options, streams);
  if (!comparison) {
    streams.err << "driftd compare: " << comparison.error().message << '\n';
    return comparison.error().code == ErrorCode::invalid ? ExitStatus::usage : ExitStatus::failed;
  }
  judge(*comparison, *limits);
  streams.out << (options.format == "json" ? comparison_json(*comparison) : comparison_table(*comparison));
  return options.fail_on_drift && comparison->drift ? ExitStatus::drift : ExitStatus::done;
}

// `--fail-on-drift a.csv b.csv`: an option whose value may be left out takes the word after it, and
// only the '=' tells a limit from a file.
void return_swallowed_file(Options& options, bool before_files) {
  if (options.limits.empty() || options.limits.find('=') != std::string::npos) return;
  if (!options.current.empty()) return;
  std::string file = std::exchange(options.limits, {});
  if (options.reference.empty()) {
    options.reference = std::move(file);
  } else if (before_files) {
    options.current = std::exchange(options.reference, std::move(file));
  } else {
    options.current = std::move(file);
  }
}

void add_roles(CLI::App& app, ColumnRoles& roles) {
  app.add_option("--id", roles.id, "the column of ids");
  app.add_option("--time", roles.time, "the column of times");
  app.add_option("--label", roles.label, "the column of what was true");
  app.add_option("--prediction", roles.prediction, "the column of what was predicted");
  app.add_option("--score", roles.score, "the column of the positive class's probability");
  app.add_option("--ignore", roles.ignore, "columns to leave out")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
}

Action prepare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("REFERENCE", options->reference, "CSV, JSON Lines, gzip too, or a profile");
  app.add_option("CURRENT", options->current, "CSV, JSON Lines, gzip too");
  app.add_option("--format", options->format, "table or json")
      ->check(CLI::IsMember({"table", "json", "html"}))
      ->type_name("table|json")
      ->capture_default_str();
  auto* bins = app.add_option("--bins", options->bins, "bins between the reference's quantiles")
                   ->check(CLI::Range(2, 1000))
                   ->type_name("N")
                   ->capture_default_str();
  add_roles(app, options->roles);
  auto* fail = app.add_option("--fail-on-drift", options->limits,
                              "exit with 3 if a column drifts; with limits, if one is exceeded")
                   ->expected(0, 1)
                   ->type_name("[STATISTIC=LIMIT,...]");
  return [options, &app, bins, fail](Streams& streams) {
    options->bins_given = bins->count() > 0;
    options->fail_on_drift = fail->count() > 0;
    const auto& order = app.parse_order();
    return_swallowed_file(*options, !order.empty() && order.front() == fail);
    return compare(*options, streams);
  };
}

}  // namespace

extern const Command command_compare;
const Command command_compare = {
    .name = "compare",
    .summary = "every statistic for every column of two data sets",
    .examples =
        "driftd compare train.csv yesterday.csv.gz\n"
        "driftd compare train.csv today.jsonl --format json --bins 20\n"
        "driftd compare credit.profile.json today.csv --label outcome    against a profile's bins\n"
        "driftd compare train.csv today.csv --fail-on-drift              exit 3 if a column drifts\n"
        "driftd compare train.csv today.csv --fail-on-drift psi=0.25,ks=0.1",
    .prepare = prepare,
};

}  // namespace driftd::app
