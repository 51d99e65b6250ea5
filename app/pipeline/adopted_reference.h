// A reference that somebody puts in force for a version.
#pragma once

#include "app/pipeline/recent_reference.h"
#include "app/pipeline/reference_book.h"
#include "detectors/profile.h"

namespace driftd::app {

struct AdoptedReference {
  detectors::Profile profile;
  bool predictions = false;  // the sides that it gives
  bool labels = false;
  ReferenceOrigin origin = ReferenceOrigin::profile;
  KnownCategories known;  // new ones that it knows, though its cells are those of the reference before it
};

}  // namespace driftd::app
