#include "app/certify/stored_reference.h"

#include <algorithm>
#include <utility>

#include "app/pipeline/history_writer.h"
#include "app/pipeline/state_keys.h"
#include "detectors/profile_json.h"
#include "storage/keys.h"
#include "storage/store.h"

namespace driftd::app {
namespace {

Result<std::shared_ptr<const detectors::Profile>> profile_in(const storage::Store& store,
                                                             std::uint32_t series, const char* part) {
  std::shared_ptr<const detectors::Profile> found;
  const Status done =
      read_state(store, storage::state_key(series, part), "profile", [&](Decoder& in) -> Status {
        auto profile = detectors::profile_from_json(in.rest());
        if (!profile.ok()) return profile.error();
        found = std::make_shared<const detectors::Profile>(std::move(*profile));
        return success();
      });
  if (!done.ok()) return done.error();
  return found;
}

}  // namespace

Result<StoredReference> stored_reference(const std::string& storage, const std::string& model,
                                         const std::optional<std::string>& version) {
  const auto store = storage::Store::open_to_read(storage, {.add = &add_history, .written_by = {}});
  if (!store.ok() && store.error().code == ErrorCode::not_found)
    return Error{ErrorCode::not_found, store.error().message + ", where the reference of " + model +
                                           " would be learnt: run the service first, or make a profile with "
                                           "`driftd profile` and name it in reference.file"};
  if (!store.ok()) return store.error();
  const auto versions = stored_versions(*store);
  if (!versions.ok()) return versions.error();
  if (std::ranges::none_of(*versions, [&](const StoredVersion& one) { return one.model == model; }))
    return Error{ErrorCode::not_found,
                 "no prediction of " + model + " has been seen yet, according to " + storage};
  StoredReference found;
  for (std::size_t i = versions->size(); i-- > 0 && !found.rows;) {
    const StoredVersion& one = (*versions)[i];
    if (one.model != model || (version && one.version != *version)) continue;
    auto rows = profile_in(*store, static_cast<std::uint32_t>(i), "profile");
    if (!rows.ok()) return rows.error();
    auto pairs = profile_in(*store, static_cast<std::uint32_t>(i), "pair-profile");
    if (!pairs.ok()) return pairs.error();
    found = {one.version, std::move(*rows), std::move(*pairs)};
  }
  if (found.rows) return found;
  return Error{ErrorCode::not_found, "the reference of " + model + (version ? " version " + *version : "") +
                                         " is still being learnt; GET /api/v1/models/" + model +
                                         " says how far it is"};
}

}  // namespace driftd::app
