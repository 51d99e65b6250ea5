// A configuration file into a Config, with every fault at once.
#pragma once

#include <string>
#include <string_view>

#include "app/config/config.h"
#include "app/config/interpolation.h"
#include "core/node.h"

namespace driftd::app {

struct LoadOptions {
  Surroundings surroundings = process_surroundings();
  bool kafka_required = true;  // a replay of files needs no broker, nor the service's certificates
};

struct LoadedConfig {
  Config config;  // complete, defaults resolved; meaningful only without faults
  Faults faults;  // by line; each with the file's name

  [[nodiscard]] bool ok() const { return faults.empty(); }
};

// Reads, interpolates and checks the file and what it names (profiles). Relative names of profiles are
// as seen from the file's directory. A file that cannot be read is a fault too.
LoadedConfig load_config(const std::string& path, const LoadOptions& options = {});

// The same of a text; `name` stands in faults, profiles are sought from its directory.
LoadedConfig parse_config(std::string_view text, const std::string& name, const LoadOptions& options = {});

// One fault a line, as `driftd check` prints them.
std::string to_text(const Faults& faults);

}  // namespace driftd::app
