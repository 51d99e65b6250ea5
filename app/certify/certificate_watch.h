// Whether what runs was ever certified: said at start, and shown with the model.
#pragma once

#include <string>
#include <vector>

#include "app/certify/certificate.h"
#include "app/config/config.h"
#include "app/log.h"
#include "app/pipeline/registry.h"

namespace driftd::app {

// Of a version whose reference is known.
CertificateState certificate_of(const Version& version, const Config& config);

// Models whose reference is a file, seen or not, and versions that have learnt theirs, without a certificate
// that fits: which command to run, and what differs.
struct Uncertified {
  std::string model;
  std::string version;  // empty: the reference is a file
  std::string why;
};
std::vector<Uncertified> uncertified(const Config& config, Registry& registry);
// Of files alone, read anew.
std::vector<Uncertified> uncertified_files(const Config& config);

// A warning each; `file` is the configuration's.
void warn_of_uncertified(const std::vector<Uncertified>& all, const std::string& file, const Logger& log);
// "credit: it was never certified; driftd certify -c driftd.yaml --model credit"
std::string remedy(const Uncertified& one, const std::string& file);

}  // namespace driftd::app
