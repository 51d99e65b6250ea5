#include "detectors/performance/pair_tally.h"

#include <stdexcept>
#include <type_traits>
#include <utility>

namespace driftd::detectors {
namespace {

template <class T>
T& held(std::variant<std::monostate, BinaryTally, MulticlassTally, RegressionTally>& tally) {
  if (std::holds_alternative<std::monostate>(tally)) tally.emplace<T>();
  T* found = std::get_if<T>(&tally);
  if (found == nullptr) throw std::logic_error("a tally of pairs holds one task, not two");
  return *found;
}

}  // namespace

void PairTally::add(const ResolvedPair& pair, int sign) {
  switch (pair.task) {
    case Task::binary:
      held<BinaryTally>(tally_).add(pair, sign);
      break;
    case Task::multiclass:
      held<MulticlassTally>(tally_).add(pair, sign);
      break;
    case Task::regression:
      held<RegressionTally>(tally_).add(pair, sign);
      break;
    case Task::none:
      break;
  }
  if (empty()) normalise();
}

void PairTally::combine(const PairTally& other, int sign) {
  std::visit(
      [this, sign]<class T>(const T& theirs) {
        if constexpr (!std::is_same_v<T, std::monostate>) held<T>(tally_).merge(theirs, sign);
      },
      other.tally_);
  if (empty()) normalise();
}

PairTally PairTally::with_classes_swapped() const {
  PairTally other = *this;
  if (const BinaryTally* own = binary()) other.tally_ = own->swapped();
  return other;
}

void PairTally::merge(const PairTally& other) { combine(other, 1); }

void PairTally::subtract(const PairTally& other) {
  if (&other == this) {
    tally_ = std::monostate{};
    return;
  }
  combine(other, -1);
}

// A tally from which everything was taken equals a new one.
void PairTally::normalise() {
  const bool blank = std::visit([]<class T>(const T& tally) { return tally == T{}; }, tally_);
  if (blank) tally_ = std::monostate{};
}

std::int64_t PairTally::pairs() const {
  return std::visit(
      []<class T>(const T& tally) -> std::int64_t {
        if constexpr (std::is_same_v<T, std::monostate>) {
          return 0;
        } else {
          return tally.pairs();
        }
      },
      tally_);
}

std::vector<MetricValue> PairTally::metrics(Undefined undefined) const {
  std::vector<MetricValue> out;
  if (const auto* binary = std::get_if<BinaryTally>(&tally_)) binary->metrics(undefined, out);
  if (const auto* multiclass = std::get_if<MulticlassTally>(&tally_)) multiclass->metrics(out);
  if (const auto* regression = std::get_if<RegressionTally>(&tally_)) regression->metrics(out);
  return out;
}

BinaryCounts PairTally::binary_counts() const {
  const auto* binary = std::get_if<BinaryTally>(&tally_);
  return binary != nullptr ? binary->counts() : BinaryCounts{};
}

void PairTally::save(Encoder& out) const {
  out.put_u8(static_cast<std::uint8_t>(tally_.index()));
  std::visit(
      [&out]<class T>(const T& tally) {
        if constexpr (!std::is_same_v<T, std::monostate>) tally.save(out);
      },
      tally_);
}

Result<PairTally> PairTally::load(Decoder& in) {
  PairTally result;
  const auto take = [&result]<class T>(Result<T> loaded) -> Result<PairTally> {
    if (!loaded) return loaded.error();
    result.tally_ = *std::move(loaded);
    return std::move(result);
  };
  switch (in.get_u8()) {
    case 0:
      if (!in.ok()) break;
      return result;
    case 1:
      return take(BinaryTally::load(in));
    case 2:
      return take(MulticlassTally::load(in));
    case 3:
      return take(RegressionTally::load(in));
    default:
      break;
  }
  return Error{ErrorCode::corrupt, "a tally of pairs of an unknown task"};
}

}  // namespace driftd::detectors
