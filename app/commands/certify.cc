// `driftd certify`: is the budget of false alarms kept on the model's own reference, and what would be found?
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "app/certify/certificate.h"
#include "app/certify/certification_report.h"
#include "app/certify/certify.h"
#include "app/certify/stored_reference.h"
#include "app/commands/command.h"
#include "app/config/load.h"
#include "app/pipeline/reference_shelf.h"
#include "app/progress.h"
#include "app/version.h"
#include "app/wall_clock.h"
#include "detectors/evidence/column_references.h"

namespace driftd::app {
namespace {

struct Options {
  std::string config, model, version;
  std::string format = "table";
  std::size_t months = 200;
  std::uint64_t seed = 1;
};

struct Candidate {
  CertifyInput input;
  std::string version;
  std::string certificate;  // where it goes
};

Result<Candidate> from_file(const ModelConfig& model) {
  Candidate found;
  auto profile = read_profile(model.reference.file);
  if (!profile.ok()) return profile.error();
  found.input.rows = std::make_shared<const detectors::Profile>(std::move(*profile));
  if (!found.input.rows->side(detectors::Side::pairs).empty()) found.input.pairs = found.input.rows;
  for (const std::string& file : model.reference.regimes) {
    auto regime = read_profile(file);
    if (!regime.ok()) return regime.error();
    detectors::evidence::adopt_evidence_bins(*regime, *found.input.rows);
    found.input.regimes.push_back(std::make_shared<const detectors::Profile>(std::move(*regime)));
  }
  found.version = found.input.rows->version;
  found.certificate = certificate_beside(model.reference.file);
  return found;
}

Result<Candidate> from_store(const Options& options, const Config& config) {
  const auto version = options.version.empty() ? std::nullopt : std::optional(options.version);
  auto stored = stored_reference(config.storage.path, options.model, version);
  if (!stored.ok()) return stored.error();
  Candidate found;
  found.input.rows = stored->rows;
  found.input.pairs = stored->pairs;
  found.version = stored->version;
  found.certificate = certificate_of_learnt(config.storage.path, options.model, stored->version);
  return found;
}

Result<Candidate> candidate(const Options& options, const Config& config) {
  const ModelConfig& model = config.models.of(options.model);
  const bool named = config.models.named.contains(options.model);
  const bool file = model.reference.source == ReferenceConfig::Source::file;
  if (!named && config.unknown_models != UnknownModels::learn && !file)
    return Error{ErrorCode::invalid,
                 "models: has no entry " + options.model + ", and unknown_models is not learn"};
  auto found = file ? from_file(model) : from_store(options, config);
  if (!found.ok()) return found.error();
  found->input.config = &model;
  found->input.slot = config.slot;
  return found;
}

Status write_certificate(const Candidate& candidate, const Certification& found) {
  const Certificate certificate{found.model,
                                {found.reference, found.regimes},
                                settings_of(*candidate.input.config, candidate.input.slot),
                                found.promise,
                                found.rate,
                                static_cast<std::int64_t>(found.months),
                                wall_clock() / kSecond * kSecond,
                                std::string(version())};
  std::error_code failed;
  const std::filesystem::path path(candidate.certificate);
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
  const std::string fresh = candidate.certificate + ".new";
  std::ofstream out(fresh, std::ios::binary);
  out << to_json(certificate);
  out.close();
  if (out) std::filesystem::rename(fresh, path, failed);
  if (out && !failed) return success();
  return Error{ErrorCode::io, candidate.certificate +
                                  ": cannot be written; the service will say that the model was "
                                  "never certified"};
}

ExitStatus refuse(const Error& error, Streams& streams) {
  streams.err << "driftd certify: " << error.message << "\n";
  const bool usage = error.code == ErrorCode::invalid || error.code == ErrorCode::not_found;
  return usage ? ExitStatus::usage : ExitStatus::failed;
}

ExitStatus run(const Options& options, Streams& streams) {
  LoadOptions loading;
  loading.kafka_required = false;
  const LoadedConfig loaded = load_config(options.config, loading);
  if (!loaded.ok()) {
    streams.err << to_text(loaded.faults);
    return ExitStatus::usage;
  }
  const auto found = candidate(options, loaded.config);
  if (!found.ok()) return refuse(found.error(), streams);
  Progress progress(streams.err, standard_error_is_terminal(), "certify");
  CertifyOptions certifying{options.months, options.seed, loaded.config.threads, {}};
  certifying.progress = [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); };
  auto certified = certify(found->input, certifying);
  progress.clear();
  if (!certified.ok())
    return refuse({certified.error().code, "the reference of " + options.model +
                                               " cannot be tried out: " + certified.error().message},
                  streams);
  certified->model = options.model;
  certified->version = found->version;
  streams.out << (options.format == "json" ? to_json(*certified) : to_text(*certified));
  if (const Status written = write_certificate(*found, *certified); !written.ok())
    return refuse(written.error(), streams);
  streams.err << "certificate: " << found->certificate << "\n";
  return ExitStatus::done;
}

}  // namespace

extern const Command command_certify;
const Command command_certify = {
    .name = "certify",
    .summary =
        "is the budget of false alarms kept on the model's own reference, and which shift would be found?",
    .examples =
        "driftd certify -c driftd.yaml --model credit\n"
        "driftd certify -c driftd.yaml --model credit --format json | jq .false_alarms\n"
        "\n"
        "It needs a reference with times: a profile of at least two days, better four weeks\n"
        "  models:\n"
        "    credit:\n"
        "      reference: {file: credit.profile.json}\n"
        "or one that the service has learnt, read from storage.path, also while it runs. Months without a "
        "change\n"
        "are put together from its days and go through the very engine. The certificate that is left beside "
        "the\n"
        "profile (credit.certificate.json), or in storage.path, is what `run` and `check` look for. It exits "
        "with 0\n"
        "whatever comes out: \"verdict\" in the JSON is kept, undecided or broken.",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      app.add_option("-c,--config", options->config, "the configuration file")->required();
      app.add_option("--model", options->model, "the model")->required();
      app.add_option("--model-version", options->version,
                     "of a learnt reference: whose; default: the newest");
      app.add_option("--format", options->format, "table or json")
          ->check(CLI::IsMember({"table", "json"}))
          ->capture_default_str();
      app.add_option("--months", options->months, "months without a change; more of them, a closer figure")
          ->check(CLI::Range(std::size_t{1}, std::size_t{100000}))
          ->capture_default_str();
      app.add_option("--seed", options->seed, "which months they are")->capture_default_str();
      return [options](Streams& streams) { return run(*options, streams); };
    },
};

}  // namespace driftd::app
