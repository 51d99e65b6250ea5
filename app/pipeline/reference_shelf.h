// The profiles that the configuration names as files, read once.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "app/config/config.h"
#include "core/result.h"
#include "detectors/profile.h"

namespace driftd::app {

struct Model;

class ReferenceShelf {
 public:
  // Errors name the file and what is wrong with it.
  static Result<ReferenceShelf> load(const Config& config);

  // Gives a model whose reference is a file the plans that its versions inherit.
  void furnish(Model& model) const;
  // Null where the configuration does not name the file.
  [[nodiscard]] std::shared_ptr<const detectors::Profile> find(const std::string& file) const;

 private:
  std::map<std::string, std::shared_ptr<const detectors::Profile>> profiles_;  // by file
};

Result<detectors::Profile> read_profile(const std::string& file);

}  // namespace driftd::app
