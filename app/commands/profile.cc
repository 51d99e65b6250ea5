// `driftd profile`: a reference profile from data sets.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "app/commands/command.h"
#include "app/config/load.h"
#include "app/pipeline/plan.h"
#include "app/pipeline/reference_shelf.h"
#include "app/progress.h"
#include "app/table_reader.h"
#include "detectors/profile_builder.h"
#include "detectors/profile_json.h"

namespace driftd::app {
namespace {

struct Options {
  std::string config, model, version, output, like;
  std::vector<std::string> inputs;
  ColumnRoles roles;
};

// The whole file or none: a reader never sees half a profile. What is no file (/dev/stdout) is written to.
Status write_file(const std::string& path, const std::string& text) {
  const auto kind = std::filesystem::status(path).type();
  const bool device =
      kind != std::filesystem::file_type::regular && kind != std::filesystem::file_type::not_found;
  const std::string written = device ? path : path + ".new";
  std::ofstream out(written, std::ios::binary);
  out << text;
  out.close();
  std::error_code failed;
  if (out && !device) std::filesystem::rename(written, path, failed);
  if (!out || failed) return Error{ErrorCode::io, path + ": cannot be written"};
  return success();
}

std::uint64_t size_of(const std::vector<std::string>& files) {
  std::uint64_t total = 0;
  for (const std::string& file : files) {
    std::error_code unknown;
    const auto size = std::filesystem::file_size(file, unknown);
    if (!unknown) total += size;
  }
  return total;
}

Result<detectors::Profile> make_profile(const Options& options, const ModelConfig& config, Duration slot,
                                        Streams& streams) {
  Progress progress(streams.err, standard_error_is_terminal(), "profile");
  TableReaderOptions reading;
  reading.roles = options.roles;
  reading.model = options.model;
  const std::uint64_t total = size_of(options.inputs);
  reading.progress = [&progress, total](std::uint64_t bytes, std::string_view file) {
    progress.update(bytes, total, file);
  };
  const auto like = options.like.empty() ? std::nullopt : std::optional(read_profile(options.like));
  if (like && !like->ok()) return like->error();
  auto table = read_tables(options.inputs, reading);
  if (!table.ok()) return table.error();
  table->slot = slot;
  const auto building = profile_options(config, options.model, options.version);
  if (like) return detectors::build_profile_like(*table, building, **like);
  return detectors::build_profile(*table, building);
}

void tell(const Options& options, const detectors::Profile& profile, std::ostream& err) {
  err << options.output << ": " << profile.rows << " rows, " << profile.columns.size() << " columns, task "
      << detectors::name_of(profile.task.task);
  if (profile.pairs > 0) err << ", " << profile.pairs << " with labels";
  err << "\n";
  if (profile.labels && !profile.labels->scale.ages.known)
    err << "no times of labels (feedback events have them): labels will be judged as they come, and not "
           "missed when "
           "they stop\n";
  if (profile.first == kNoTime) err << "no times: the reference's seasons will not be known\n";
  err << profile.digest << "\n";
}

ExitStatus profile(const Options& options, Streams& streams) {
  Config config;
  if (!options.config.empty()) {
    LoadOptions loading;
    loading.kafka_required = false;
    LoadedConfig loaded = load_config(options.config, loading);
    // the profiles that the configuration names are what is about to be made
    std::erase_if(loaded.faults, [](const Fault& fault) {
      return fault.key.ends_with(".reference.file") ||
             fault.key.find(".reference.regimes") != std::string::npos;
    });
    if (!loaded.ok()) {
      streams.err << to_text(loaded.faults);
      return ExitStatus::usage;
    }
    config = std::move(loaded.config);
  }
  const auto made = make_profile(options, config.models.of(options.model), config.slot, streams);
  if (!made.ok()) {
    streams.err << "driftd profile: " << made.error().message << "\n";
    return made.error().code == ErrorCode::invalid ? ExitStatus::usage : ExitStatus::failed;
  }
  if (Status written = write_file(options.output, to_json(*made)); !written.ok()) {
    streams.err << "driftd profile: " << written.error().message << "\n";
    return ExitStatus::failed;
  }
  tell(options, *made, streams.err);
  return ExitStatus::done;
}

void declare(CLI::App& app, Options& options) {
  app.add_option("INPUT", options.inputs, "CSV or JSON Lines, gzip too; several are one data set")
      ->required();
  app.add_option("-c,--config", options.config, "configuration: bins, types, task of the model");
  app.add_option("--model", options.model, "the model's name; of events only this model's are read")
      ->required();
  app.add_option("--model-version", options.version, "the version it is of; default: any");
  app.add_option("-o,--output", options.output, "the profile, JSON")->required();
  app.add_option("--like", options.like,
                 "over the bins and categories of this profile: another state that is normal too, for "
                 "reference.regimes");
  app.add_option("--label", options.roles.label, "column of what became known (label)");
  app.add_option("--prediction", options.roles.prediction, "column of what was predicted (prediction)");
  app.add_option("--score", options.roles.score, "column of the positive class's probability (score)");
  app.add_option("--time", options.roles.time, "column of the time (time)");
  app.add_option("--ignore", options.roles.ignore, "columns to leave out")->delimiter(',');
}

}  // namespace

extern const Command command_profile;
const Command command_profile = {
    .name = "profile",
    .summary = "a reference profile from CSV or JSON Lines",
    .examples =
        "driftd profile --model credit -o credit.profile.json training.csv.gz\n"
        "driftd profile --model credit --label outcome --ignore row,split -o credit.profile.json "
        "validation.csv\n"
        "driftd profile -c driftd.yaml --model credit -o credit.profile.json predictions.jsonl labels.jsonl\n"
        "\n"
        "Then, in the configuration:\n"
        "  models:\n"
        "    credit:\n"
        "      reference: {file: credit.profile.json}\n"
        "\n"
        "States that recur, such as a sale: the same columns over the same bins\n"
        "  driftd profile --model credit --like credit.profile.json -o sale.profile.json sale.csv\n"
        "  reference: {file: credit.profile.json, regimes: [sale.profile.json]}",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      declare(app, *options);
      return [options](Streams& streams) { return profile(*options, streams); };
    },
};

}  // namespace driftd::app
