// A certification for people and for programs.
#pragma once

#include <string>

#include "app/certify/certification.h"

namespace driftd::app {

std::string to_text(const Certification& certification);
std::string to_json(const Certification& certification);

}  // namespace driftd::app
