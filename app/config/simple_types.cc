// Types of single keys that are one scalar.
#include <algorithm>
#include <array>

#include "app/config/fields.h"
#include "app/http/listen.h"

namespace driftd::app {
namespace {

// What is computed over `window`, and what the design names beside it.
const std::vector<std::string>& known_statistics() {
  static const std::vector<std::string> names = {"psi",         "jensen_shannon",     "ks",
                                                 "wasserstein", "wasserstein_normed", "total_variation",
                                                 "chi_square",  "missing_delta"};
  return names;
}
constexpr std::array<std::string_view, 10> kLaterStatistics = {
    "kl",      "hellinger", "cramer_von_mises", "anderson_darling", "kuiper", "energy", "mann_whitney", "auc",
    "welch_t", "g_test"};

}  // namespace

FieldType<std::string> statistic_type() {
  FieldType<std::string> type;
  type.name = choice_name(known_statistics());
  type.read = [](const Node& node, std::string& out, const std::string& path, Faults& faults) {
    if (std::find(kLaterStatistics.begin(), kLaterStatistics.end(), node.text) != kLaterStatistics.end()) {
      return add_fault(faults, node, path,
                       "the statistic " + node.text + " is not supported by this version");
    }
    if (const auto index = read_choice(node, known_statistics(), path, faults))
      out = known_statistics()[*index];
  };
  type.show = [](const std::string& name) { return Node::scalar(name); };
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
