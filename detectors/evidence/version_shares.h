// Which versions of a model share its budget, and in which slots (DESIGN 7.8): equally those that had a
// prediction in the 24 h before the slot. A function of the slots in which each had one. A value.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/codec.h"
#include "core/time.h"

namespace driftd::detectors::evidence {

class VersionShares {
 public:
  // From the slot after `slot` on the version has this share of the budget, until another change.
  struct Change {
    std::int64_t slot = 0;
    std::uint32_t version = 0;
    double share = 0;
    friend bool operator==(const Change&, const Change&) = default;
  };

  // The slot has closed, and the version had predictions in it. Slots rise; several versions may share one.
  // `slot_length` is the same at every call.
  // Appends what changes, in the order of time.
  void predicted(std::int64_t slot, Duration slot_length, std::uint32_t version,
                 std::vector<Change>& changes);
  // Every slot up to this one has closed. What comes out does not depend on how often this is called.
  void advance(std::int64_t slot, Duration slot_length, std::vector<Change>& changes);

  void save(Encoder& out) const;
  void load(Decoder& in);

 private:
  void tell(std::int64_t slot, std::vector<Change>& changes) const;

  std::map<std::uint32_t, std::int64_t> last_;  // of the live ones: newest slot with a prediction
};

}  // namespace driftd::detectors::evidence
