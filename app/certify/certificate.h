// A certificate: what is kept of a certification beside the reference, so that the service can say whether
// the budget of a model was ever tried out with what it runs now. JSON.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/certify/certification.h"
#include "app/config/model_config.h"
#include "core/result.h"
#include "core/time.h"
#include "detectors/profile.h"

namespace driftd::app {

// What false alarms depend on beside the reference.
struct CertifiedSettings {
  BudgetConfig budget;
  SeasonConfig season;
  Duration slot = 0;
  std::map<std::string, double> importance;  // those that are not 1

  friend bool operator==(const CertifiedSettings&, const CertifiedSettings&) = default;
};
CertifiedSettings settings_of(const ModelConfig& config, Duration slot);

// A reference and its regimes.
struct CertifiedReference {
  std::string digest;
  std::vector<std::string> regimes;
  friend bool operator==(const CertifiedReference&, const CertifiedReference&) = default;
};

struct Certificate {
  std::string model;
  CertifiedReference reference;
  CertifiedSettings settings;
  Promise promise = Promise::kept;
  detectors::evidence::AlarmRate rate;  // per settings.budget.per
  std::int64_t months = 0;
  Time certified_at = 0;
  std::string driftd;  // version

  friend bool operator==(const Certificate&, const Certificate&) = default;
};

std::string to_json(const Certificate& certificate);
// Errors (`invalid`) say what is missing or wrong.
Result<Certificate> certificate_from_json(std::string_view text);

// credit.profile.json -> credit.certificate.json
std::string certificate_beside(const std::string& profile);
// Of a reference that was learnt: STORAGE/certificates/MODEL.VERSION.json, other characters than letters,
// digits and dashes as their hexadecimal numbers.
std::string certificate_of_learnt(const std::string& storage, const std::string& model,
                                  const std::string& version);

// What is known of the certificate at `path`.
struct CertificateState {
  enum class Kind : std::uint8_t { none, outdated, fits };
  Kind kind = Kind::none;
  std::string why;  // in words, unless it fits
  std::optional<Certificate> certificate;
};
CertificateState certificate_state(const std::string& path, const CertifiedReference& reference,
                                   const CertifiedSettings& settings);

}  // namespace driftd::app
