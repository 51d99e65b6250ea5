// The options of the commands that work on a store, running service or not.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/commands/command.h"
#include "app/config/config.h"

namespace CLI {
class App;
}

namespace driftd::app {

struct WhichStore {
  std::string config, store;
};
void add_store_options(CLI::App& app, WhichStore& which);

struct FoundStore {
  std::string path;
  std::optional<Config> config;
  [[nodiscard]] const Config* config_or_null() const { return config ? &*config : nullptr; }
};
// Nothing where the options do not say, after it has told why.
std::optional<FoundStore> find_store(const WhichStore& which, Streams& streams);

}  // namespace driftd::app
