// YAML: the one place that knows yaml-cpp. Text to a Node with lines, and back.
#pragma once

#include <string>
#include <string_view>

#include "app/config/interpolation.h"
#include "core/node.h"

namespace driftd::app {

struct YamlDocument {
  Node root;                         // null where the text is empty or no YAML
  std::vector<std::string> secrets;  // what interpolation put in, and the whole scalars it stands in
};

// Reads one document; values are interpolated, and `${…}` needs no quotes anywhere. Faults: text that is no
// YAML, keys that are not plain or stand twice, what interpolation refuses, nesting deeper than 50, more than
// 200,000 values (an alias counts with all that it repeats).
YamlDocument parse_yaml(std::string_view text, const Surroundings& surroundings, Faults& faults);

std::string to_yaml(const Node& node);

}  // namespace driftd::app
