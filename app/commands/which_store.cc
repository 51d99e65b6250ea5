#include "app/commands/which_store.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "app/config/load.h"

namespace driftd::app {

void add_store_options(CLI::App& app, WhichStore& which) {
  app.add_option("-c,--config", which.config, "the configuration file: its storage.path, its models");
  app.add_option("--store", which.store, "the store's directory, instead of storage.path");
}

std::optional<FoundStore> find_store(const WhichStore& which, Streams& streams) {
  FoundStore found;
  if (!which.config.empty()) {
    LoadedConfig loaded = load_config(which.config);
    if (!loaded.ok()) {
      streams.err << to_text(loaded.faults);
      return std::nullopt;
    }
    found.config = std::move(loaded.config);
    found.path = found.config->storage.path;
  }
  if (!which.store.empty()) found.path = which.store;
  if (found.path.empty()) {
    streams.err << "driftd: name the store: -c FILE or --store DIRECTORY\n";
    return std::nullopt;
  }
  return found;
}

}  // namespace driftd::app
