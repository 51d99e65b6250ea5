#include "detectors/evidence/monitor.h"

namespace driftd::detectors::evidence {

std::string_view name_of(Shape shape) {
  switch (shape) {
    case Shape::location:
      return "location";
    case Shape::scale:
      return "scale";
    case Shape::skew:
      return "skew";
    case Shape::tails:
      return "tails";
    case Shape::distribution:
      return "distribution";
    case Shape::value:
      return "value";
    case Shape::missing:
      return "missing";
    case Shape::not_a_number:
      return "not_a_number";
    case Shape::below:
      return "below";
    case Shape::above:
      return "above";
    case Shape::new_category:
      return "new_category";
    case Shape::rate:
      return "rate";
    case Shape::mean:
      return "mean";
  }
  return "";
}

}  // namespace driftd::detectors::evidence
