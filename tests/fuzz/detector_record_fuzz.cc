// What detectors keep in the store, each kind of value: whatever loads saves as what loads to the same again,
// and goes on. The values of tallies, estimates and the catalogue's detectors have targets of their own.
#include <cmath>

#include "core/exact_sum.h"
#include "detectors/champion/comparison_run.h"
#include "detectors/evidence/labels/label_reference.h"
#include "detectors/evidence/version_shares.h"
#include "detectors/learner.h"
#include "detectors/recent_tallies.h"
#include "detectors/renewal.h"
#include "detectors/segment_reference.h"
#include "detectors/sparse_tally.h"
#include "detectors/traffic.h"
#include "detectors/window.h"
#include "tests/detectors/tables.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using namespace driftd::detectors;
using namespace driftd::fuzz;

const Profile& profile() {
  static const Profile kProfile =
      profile_with({{"age", numbers({1, 2, 3, 4, 5, 6})},
                    {"country", {text("DE"), text("FR"), text("DE"), text("FR"), text("DE"), text("DE")}}});
  return kProfile;
}

const std::shared_ptr<const TallyLayout>& layout() {
  static const auto kLayout = std::make_shared<const TallyLayout>(profile(), Side::predictions);
  return kLayout;
}

void check_window(const Window& loaded) {
  Window window = loaded;
  (void)window.with_new_categories();
  (void)window.last(2);
  window.advance(window.newest());
  window.resize(1);
}

void check_traffic(const Traffic& loaded) {
  Traffic traffic = loaded;
  (void)traffic.latency(0.95);
  if (const auto rate = traffic.error_rate()) require(!std::isnan(*rate), "an error rate is a number");
  traffic.subtract(loaded);
  require(traffic.empty(), "a value less itself is empty");
}

void check_sparse(std::string_view bytes) {
  auto tally = SparseTally::decode(bytes);
  if (!tally.ok()) return;
  const std::string kept = tally->encode();
  const auto again = SparseTally::decode(kept);
  require(again.ok() && again->encode() == kept, "an encoded tally reads back");
  tally->add(*again);
}

void check_run(const champion::ComparisonRun& loaded) {
  champion::ComparisonRun run = loaded;
  if (!run.begun()) return;
  (void)run.judge({});
  const auto figures = run.figures(0.05);
  if (figures) require(figures->lower <= figures->upper, "an interval has a lower and an upper end");
}

const auto kNothing = [](const auto&) {};

void check(std::size_t kind, std::string_view bytes) {
  switch (kind) {
    case 0:
      return round_trip(
          bytes, [](Decoder& in) { return Window::load(layout(), 5, in); }, check_window);
    case 1:
      return round_trip(
          bytes, [](Decoder& in) { return Traffic::load(in); }, check_traffic);
    case 2:
      return round_trip(
          bytes, [](Decoder& in) { return TrafficWindow::load(5, in); }, kNothing);
    case 3:
      return round_trip(
          bytes, [](Decoder& in) { return Renewal::load(profile(), in); },
          [](const Renewal& renewal) { (void)renewal.finish(); });
    case 4:
      return round_trip(
          bytes, [](Decoder& in) { return RecentTallies::load(layout(), kMinute, in); },
          [](const RecentTallies& recent) { (void)recent.since(0); });
    case 5:
      return round_trip(
          bytes, [](Decoder& in) { return SegmentBlocks::load(layout(), in); }, kNothing);
    case 6:
      return check_sparse(bytes);
    case 7:
      return round_trip(
          bytes, [](Decoder& in) { return Learner::load(in); },
          [](const Learner& learner) {
            (void)learner.progress();
            (void)learner.all_rows().ok();
          });
    case 8:
      return round_trip(
          bytes, [](Decoder& in) { return champion::ComparisonRun::load(kMinute, in); }, check_run);
    case 9:
      return round_trip<evidence::LabelReference>(bytes);
    case 10:
      return round_trip_in_place<evidence::VersionShares>(bytes);
    case 11:
      return round_trip(
          bytes, [](Decoder& in) { return ExactSum::load(in); },
          [](const ExactSum& sum) { (void)sum.value(); });
    default:
      if (const auto segment = decode_segment(profile(), "a", bytes); segment.ok()) {
        const std::string kept = encode_segment(*segment);
        const auto again = decode_segment(profile(), "a", kept);
        require(again.ok() && encode_segment(*again) == kept, "a segment's reference reads back");
      }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t kind = choose(bytes, 13);
  check(kind, bytes);
  return 0;
}
