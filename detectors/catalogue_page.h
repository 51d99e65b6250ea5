// docs/catalogue.md out of the catalogue. A test compares the committed file with it.
#pragma once

#include <string>

namespace driftd::detectors {

std::string catalogue_page();

}  // namespace driftd::detectors
