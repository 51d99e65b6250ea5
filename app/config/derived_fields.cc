// The keys of `models.NAME.derived`.
#include "app/config/fields.h"
#include "detectors/derived/definitions.h"

namespace driftd::app {
namespace {

using detectors::derived::kMostDirections;
using detectors::derived::kMostFourier;
using detectors::derived::kMostPairs;

FieldType<std::optional<std::int64_t>> components_type() {
  FieldType<std::optional<std::int64_t>> type;
  const FieldType<std::int64_t> number =
      integer_type<std::int64_t>({0, static_cast<std::int64_t>(kMostDirections)});
  type.name = "integer or auto";
  type.range = number.range;
  type.read = [number](const Node& node, std::optional<std::int64_t>& out, const std::string& path,
                       Faults& faults) {
    if (node.kind == Node::Kind::scalar && node.text == "auto") {
      out.reset();
      return;
    }
    std::int64_t given = 0;
    const std::size_t before = faults.size();
    number.read(node, given, path, faults);
    if (faults.size() == before) out = given;
  };
  type.show = [number](const std::optional<std::int64_t>& value) {
    return value ? number.show(*value) : Node::scalar("auto");
  };
  return type;
}

}  // namespace

const Fields<DerivedConfig>& fields_of_derived() {
  static const Fields<DerivedConfig> table =
      Fields<DerivedConfig>()
          .integer(
              "pairs", &DerivedConfig::pairs, {0, static_cast<std::int64_t>(kMostPairs)}, "",
              "products of the ranks of two features: those pairs that depend on each other most; 0: none")
          .integer("projections", &DerivedConfig::projections,
                   {0, static_cast<std::int64_t>(kMostDirections)}, "",
                   "random directions through all features; 0: none")
          .add("components", &DerivedConfig::components, components_type(),
               "leading principal components, for the error that they leave and the distance within them; "
               "auto: as many as explain 65 % of the variance, at most 16; 0: none")
          .flag("missing_pattern", &DerivedConfig::missing_pattern, "which features are missing together")
          .integer("fourier", &DerivedConfig::fourier, {0, static_cast<std::int64_t>(kMostFourier)}, "",
                   "random Fourier features of each feature whose values are arrays of numbers (an "
                   "embedding); 0: none")
          .integer("seed", &DerivedConfig::seed, {0, INT64_MAX}, "",
                   "what random directions and Fourier features are drawn from");
  return table;
}

}  // namespace driftd::app
