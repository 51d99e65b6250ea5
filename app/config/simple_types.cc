// Types of single keys that are one scalar.
#include <string>
#include <vector>

#include "alerts/delivery_hosts.h"
#include "app/config/fields.h"
#include "app/http/listen.h"
#include "detectors/statistics/catalogue.h"

namespace driftd::app {
namespace {

const std::vector<std::string>& known_statistics() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const detectors::StatisticInfo& info : detectors::statistic_catalogue())
      all.emplace_back(info.name());
    return all;
  }();
  return names;
}

}  // namespace

FieldType<std::string> statistic_type() {
  FieldType<std::string> type;
  type.name = choice_name(known_statistics());
  type.read = [](const Node& node, std::string& out, const std::string& path, Faults& faults) {
    if (const auto index = read_choice(node, known_statistics(), path, faults))
      out = known_statistics()[*index];
  };
  type.show = [](const std::string& name) { return Node::scalar(name); };
  return type;
}

FieldType<std::string> host_pattern_type() {
  FieldType<std::string> type = text_type();
  type.name = "host";
  type.read = [read = type.read](const Node& node, std::string& out, const std::string& path,
                                 Faults& faults) {
    std::string pattern;
    read(node, pattern, path, faults);
    if (pattern.empty()) return;
    if (const auto fault = alerts::host_pattern_fault(pattern)) return add_fault(faults, node, path, *fault);
    out = pattern;
  };
  return type;
}

FieldType<std::string> listen_type() {
  FieldType<std::string> type;
  type.name = "address";
  type.read = [](const Node& node, std::string& out, const std::string& path, Faults& faults) {
    const std::string what = "an address and a port such as 127.0.0.1:9108";
    const auto text = expect_scalar(node, what, path, faults);
    if (!text) return;
    if (!parse_host_port(*text)) {
      return add_fault(faults, node, path, "expected " + what + ", not " + describe(node));
    }
    out = *text;
  };
  type.show = [](const std::string& address) { return Node::quoted_text(address); };
  return type;
}

}  // namespace driftd::app
