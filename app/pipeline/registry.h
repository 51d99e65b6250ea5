// Which models and versions there are, and their numbers.
//
// A model has a number, and so has each (model, version): its *series*. Numbers are handed out in the
// order of first sight, are kept with the state, and mean nothing by themselves: nothing that users
// see depends on them. Entries never move or go while the program runs (a forgotten model keeps its
// numbers), so pointers to them stay good.
//
// admit() and series_of() may be called by several lanes at once; everything else belongs to the
// engine's thread between the parallel phases of a round.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/config.h"
#include "app/pipeline/reference_shelf.h"
#include "app/pipeline/version.h"
#include "core/event.h"

namespace driftd::app {

class Registry {
 public:
  Registry(const Config& config, ReferenceShelf shelf) : config_(&config), shelf_(std::move(shelf)) {}

  // What becomes of an event of this model.
  struct Admission {
    Model* model = nullptr;              // set: it is taken
    std::optional<Rejection> rejection;  // set: unknown_model or too_many_models
    // neither: the configuration says to ignore it
  };
  Admission admit(std::string_view model);
  // nullptr: the model has limits.max_versions others.
  Version* version_of(Model& model, std::string_view version);
  // Whether version_of() would give one, without making it known.
  [[nodiscard]] bool has_room(const Model& model, std::string_view version);

  // nullptr where it has never been seen.
  Model* find(std::string_view model);
  Version* find_version(const Model& model, std::string_view version);

  [[nodiscard]] Version& version(std::uint32_t series) { return versions_[series]; }
  [[nodiscard]] Model& model(std::uint32_t number) { return models_[number]; }
  [[nodiscard]] std::size_t model_count() const { return models_.size(); }
  [[nodiscard]] std::size_t version_count() const { return versions_.size(); }

  // In the order of names: the order in which everything that users see is made.
  [[nodiscard]] std::vector<Model*> models_by_name();
  [[nodiscard]] std::vector<Version*> versions_by_name();
  // By model number, for the join.
  [[nodiscard]] std::vector<Duration> label_horizons() const;

  // The profiles that the configuration names.
  [[nodiscard]] const ReferenceShelf& shelf() const { return shelf_; }

  // For a reload: every entry takes its configuration from `config`, which must outlive the registry, and
  // every model what it hands on from `shelf`. Versions keep the references that they have.
  void reconfigure(const Config& config, ReferenceShelf shelf);

  // A model's, or one version's, state as if it had never been seen; the numbers stay.
  void forget(Model& model);
  void reset(Version& version);

  // At restart: puts back a model, in the order of their numbers, and the entry of series `series`, which
  // must come in rising order.
  Model& restore_model(std::string_view name);
  void restore(std::uint32_t series, std::string_view model, std::string_view version);

 private:
  Model& add_model(std::string_view name);
  Version& add_version(Model& model, std::string_view name);
  static void inherit_file(Version& version);
  [[nodiscard]] std::size_t max_versions() const {
    return static_cast<std::size_t>(config_->limits.max_versions);
  }

  const Config* config_;
  ReferenceShelf shelf_;
  std::mutex mutex_;
  std::deque<Model> models_;
  std::deque<Version> versions_;
  std::map<std::string, Model*, std::less<>> by_name_;
};

}  // namespace driftd::app
