// The references that the versions of a model have had: how each came, and the profile itself, so that the
// digest that an incident names can be looked up, and gone back to.
//
// A reference is one profile. One that was learnt is of one side, predictions or labels; one from a file may
// be of both. Numbers count up from 1 for each model and are not used again while it is known. Of a model the
// newest kKeptReferences are kept, and older ones while a version has them.
//
// The book also remembers where a person's choice stands in for what the configuration names, and for which
// content of it: the choice holds until the configuration names another (DESIGN 7.6).
//
// Owned by the engine's thread. Errors are those of the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/pipeline/version.h"
#include "core/codec.h"
#include "core/result.h"
#include "storage/store.h"

namespace driftd::app {

inline constexpr std::size_t kKeptReferences = 20;

enum class ReferenceOrigin : std::uint8_t {
  learnt,   // from the version's first events
  renewed,  // the second half of `auto`
  file,     // the configuration names it
  profile,  // somebody brought it
  recent,   // of the days before somebody said so
};
std::string_view name_of(ReferenceOrigin origin);

struct KeptReference {
  std::int64_t number = 0;
  std::string digest;
  ReferenceOrigin origin = ReferenceOrigin::learnt;
  std::string version;   // that had it first
  Time since = kNoTime;  // event time from which on; kNoTime: before the book was kept
  bool predictions = false;
  bool labels = false;
  std::int64_t rows = 0;
  std::int64_t pairs = 0;
  Time first = kNoTime;  // of its rows
  Time last = kNoTime;
};

class ReferenceBook {
 public:
  // The version has its references from now on. Those that the book knows stay as they are.
  void note(const Version& version, ReferenceOrigin origin, Time since);
  // The same of what it had before anybody noted.
  void note_present(const Version& version);

  [[nodiscard]] std::span<const KeptReference> of(std::string_view model) const;
  [[nodiscard]] const KeptReference* find(std::string_view model, std::int64_t number) const;
  // By the digest, or by what it begins with where that names one alone.
  [[nodiscard]] const KeptReference* find(std::string_view model, std::string_view digest) const;
  [[nodiscard]] Result<detectors::Profile> profile(const storage::Store& store, std::string_view model,
                                                   std::int64_t number) const;

  // The version's reference of that side stands in for the content `digest` of the configuration (empty: it
  // names none); none: it is what the configuration says.
  void stand_in(const Version& version, detectors::Side side, std::optional<std::string> digest);
  // Whether somebody's choice stands, since the configuration names what it named then.
  [[nodiscard]] bool stands(const Version& version, detectors::Side side, std::string_view digest) const;

  void forget(std::string_view model);

  // Into a checkpoint; committed() once it was written.
  void put(storage::WriteBatch& batch);
  void committed() { unwritten_.clear(); }
  Status load(const storage::Store& store);

 private:
  struct StandIn {
    std::optional<std::string> of_side[2];  // by detectors::Side
  };
  struct OfModel {
    std::int64_t next = 1;
    std::vector<KeptReference> kept;                      // rising by number
    std::map<std::string, StandIn, std::less<>> choices;  // by version
    bool changed = true;
  };
  void note(OfModel& book, const Version& version, const std::shared_ptr<const Plan>& plan,
            ReferenceOrigin origin, Time since);
  void prune(OfModel& book, const Model& model);
  static void save(Encoder& out, const OfModel& book);
  static Result<OfModel> load(Decoder& in);

  std::map<std::string, OfModel, std::less<>> models_;
  std::map<std::pair<std::string, std::int64_t>, std::shared_ptr<const detectors::Profile>> unwritten_;
  std::vector<std::string> gone_;  // keys that the next checkpoint erases
};

}  // namespace driftd::app
