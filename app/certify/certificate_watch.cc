#include "app/certify/certificate_watch.h"

#include <optional>
#include <utility>

namespace driftd::app {
namespace {

using Source = ReferenceConfig::Source;

// The digest of a profile that the configuration names; empty where it cannot be read.
template <class DigestOf>
std::optional<CertifiedReference> reference_of(const ReferenceConfig& reference, DigestOf digest_of) {
  CertifiedReference found;
  found.digest = digest_of(reference.file);
  for (const std::string& regime : reference.regimes) found.regimes.push_back(digest_of(regime));
  if (found.digest.empty()) return std::nullopt;
  return found;
}

template <class DigestOf>
void add_files(const Config& config, DigestOf digest_of, std::vector<Uncertified>& found) {
  const auto add = [&](const std::string& name, const ModelConfig& model) {
    if (model.reference.source != Source::file) return;
    const auto reference = reference_of(model.reference, digest_of);
    if (!reference) return;
    CertificateState state = certificate_state(certificate_beside(model.reference.file), *reference,
                                               settings_of(model, config.slot));
    if (state.kind != CertificateState::Kind::fits) found.push_back({name, "", std::move(state.why)});
  };
  for (const auto& [name, model] : config.models.named) add(name, model);
}

}  // namespace

CertificateState certificate_of(const Version& version, const Config& config) {
  const ModelConfig& model = *version.model->config;
  CertifiedReference reference{version.plan->profile.digest, {}};
  for (const auto& regime : version.model->regimes) reference.regimes.push_back(regime->digest);
  const std::string path =
      model.reference.source == Source::file
          ? certificate_beside(model.reference.file)
          : certificate_of_learnt(config.storage.path, version.model->name, version.name);
  return certificate_state(path, reference, settings_of(model, config.slot));
}

std::vector<Uncertified> uncertified(const Config& config, Registry& registry) {
  std::vector<Uncertified> found;
  add_files(
      config,
      [&](const std::string& file) {
        const auto profile = registry.shelf().find(file);
        return profile ? profile->digest : std::string();
      },
      found);
  for (const Version* version : registry.versions_by_name()) {
    const bool file = version->model->config->reference.source == Source::file;
    const bool told = file && config.models.named.contains(version->model->name);
    if (told || !version->plan || version->retired) continue;
    CertificateState state = certificate_of(*version, config);
    if (state.kind != CertificateState::Kind::fits)
      found.push_back({version->model->name, file ? "" : version->name, std::move(state.why)});
  }
  return found;
}

std::vector<Uncertified> uncertified_files(const Config& config) {
  std::vector<Uncertified> found;
  add_files(
      config,
      [](const std::string& file) {
        const auto profile = read_profile(file);
        return profile.ok() ? profile->digest : std::string();
      },
      found);
  return found;
}

std::string remedy(const Uncertified& one, const std::string& file) {
  std::string command = "driftd certify -c " + file + " --model " + one.model;
  if (!one.version.empty()) command += " --model-version " + one.version;
  return one.model + (one.version.empty() ? "" : " version " + one.version) + ": " + one.why + "; " + command;
}

void warn_of_uncertified(const std::vector<Uncertified>& all, const std::string& file, const Logger& log) {
  for (const Uncertified& one : all)
    log.warn("nobody has measured whether the budget of false alarms is kept: " + remedy(one, file),
             {{"model", one.model}, {"version", one.version}});
}

}  // namespace driftd::app
