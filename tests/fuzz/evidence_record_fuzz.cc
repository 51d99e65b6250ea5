// Stored evidence of a series: capital, starts, traffic, bank, and the copy that is never reset. Whatever
// loads saves as what loads to the same again, and goes on to the bit as that does, within its bounds.
// An input is edits of the state of a series that has lived through forty slots (round_trip.h).
#include <cmath>

#include "detectors/evidence/numeric_monitor.h"
#include "detectors/evidence/rate_monitor.h"
#include "detectors/evidence/series_evidence.h"
#include "tests/detectors/evidence_streams.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using namespace driftd::detectors::evidence;
using driftd::fuzz::require;
using driftd::fuzz::saved;

constexpr std::size_t kBins = 8;
constexpr double kGrant = 1e-4;
const Pace kPace{5 * kMinute, 0.999};

// A numeric monitor with two cells and a bank of three scales, and a rate.
std::shared_ptr<const SeriesMonitors> two_monitors() {
  MonitorReference numeric = testing::reference_of(std::vector<double>(kBins, 1.0 / kBins), 5000);
  Regime regime;
  for (const Duration block : {5 * kMinute, 15 * kMinute, kHour})
    regime.blocks.push_back({block, {1e-3, 1e-3}});
  regime.cells = {{numeric.p, 3000}, {numeric.p, 2000}};
  numeric.regimes = {regime};
  numeric.inflation = 3;
  numeric.per_slot = 40;
  MonitorReference rate = testing::reference_of({0.95, 0.05}, 5000);
  rate.regimes.front().cells.push_back(rate.regimes.front().cells.front());
  auto monitors = std::make_shared<SeriesMonitors>();
  monitors->monitors.push_back({numeric_monitor(numeric), 0.9, numeric.inflation, numeric.per_slot});
  monitors->monitors.push_back({rate_monitor(rate, Shape::missing), 0.1, 2, 40});
  monitors->bank = bank_laws(numeric);
  return monitors;
}

const std::shared_ptr<const SeriesMonitors>& monitors() {
  static const auto kMonitors = two_monitors();
  return kMonitors;
}

Result<SeriesEvidence> load(std::string_view bytes) {
  Decoder in(bytes);
  return SeriesEvidence::load(monitors(), kPace, in);
}

const std::string& lived() {
  static const std::string kBytes = [] {
    SeriesEvidence series(monitors(), kPace);
    std::vector<std::int64_t> counts(kBins + 2, 1);
    for (std::int64_t slot = 100; slot < 140; ++slot) {
      counts[0] = slot % 7;
      series.close(slot, static_cast<std::size_t>(slot % 2), counts, kGrant);
      if (slot == 120) series.reset(slot);
    }
    return saved(series);
  }();
  return kBytes;
}

// Behind whatever slot a series may have come to.
constexpr std::int64_t kAfterAll = kLatestTime / (5 * kMinute) - 10;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto series = load(driftd::fuzz::edited(lived(), {reinterpret_cast<const char*>(data), size}));
  if (!series.ok()) return 0;
  const std::string kept = saved(*series);
  auto other = load(kept);
  require(other.ok(), "what was loaded and saved loads again");
  require(saved(*other) == kept, "and is the same");
  std::vector<std::int64_t> counts(kBins + 2, 3);
  for (std::int64_t at = kAfterAll; at < kAfterAll + 3; ++at) {
    series->close(at, static_cast<std::size_t>(at % 2), counts, kGrant);
    other->close(at, static_cast<std::size_t>(at % 2), counts, kGrant);
    const double sum = series->sum(at, kGrant);
    require(!std::isnan(sum) && sum >= 0, "evidence is a number");
    require(saved(*series) == saved(*other), "two that are the same go on the same");
    (void)series->contributions(at, kGrant);
    (void)series->standing(at, kGrant);
  }
  return 0;
}
