// P8: one column of independent events, a change at a known place. The very same streams are left for the
// detectors of others (run.py).
#include <cmath>
#include <cstdio>
#include <functional>
#include <stdexcept>

#include "bench/guarantee/draws.h"
#include "bench/guarantee/protocols.h"
#include "bench/guarantee/series_run.h"
#include "detectors/profile.h"

namespace driftd::guarantee {
namespace {

using detectors::evidence::testing::kKnown;

constexpr std::size_t kBins = detectors::kEvidenceBins;
constexpr int kReplicates = 200;
constexpr std::size_t kAfter = 5000;  // events with the change
// ADWIN looks at every 32nd event: changes begin at all places between two looks.
constexpr std::size_t kPhases = 32;

struct Case {
  const char* name;  // also of the file of its streams
  const char* what;
  std::size_t before;  // events without a change, and up to 31 more
  bool estimated;      // they are the reference; else it is known, and they are watched
  double grant;
  std::function<double(Draws&)> before_change;
  std::function<double(Draws&)> after_change;
};

double one(Draws& draws, double p) { return draws.uniform() < p ? 1 : 0; }

std::vector<Case> cases() {
  const auto normal = [](Draws& draws) { return draws.normal(); };
  const auto shifted = [](double by) { return [by](Draws& draws) { return by + draws.normal(); }; };
  return {
      {"known-mean-50", "known reference, mean + .5 sd after 500 events", 500, false, 1e-6, normal,
       shifted(.5)},
      {"known-mean-50-late", "known reference, mean + .5 sd after 5,000 events", 5000, false, 1e-6, normal,
       shifted(.5)},
      {"equal-mean-50", "5,000 events of reference, mean + .5 sd", 5000, true, 1e-5, normal, shifted(.5)},
      {"equal-mean-25", "5,000 events of reference, mean + .25 sd", 5000, true, 1e-5, normal, shifted(.25)},
      {"known-sd-2", "known reference, sd x 2 after 500 events", 500, false, 1e-6, normal,
       [](Draws& draws) { return 2 * draws.normal(); }},
      {"known-errors", "known rate of errors, .10 to .20 after 500 events", 500, false, 1e-6,
       [](Draws& draws) { return one(draws, .1); }, [](Draws& draws) { return one(draws, .2); }},
  };
}

// What the streams are read with: a file of doubles, stream i after stream i - 1, each of before + 5,031
// events of which the first before + i mod 32 are without the change.
class StreamFile {
 public:
  StreamFile(const std::string& directory, const std::string& name) {
    if (directory.empty()) return;
    const std::string path = directory + "/" + name + ".f64";
    file_ = std::fopen(path.c_str(), "wb");
    if (file_ == nullptr) throw std::runtime_error(path + " cannot be written");
  }
  StreamFile(const StreamFile&) = delete;
  StreamFile& operator=(const StreamFile&) = delete;
  ~StreamFile() {
    if (file_ != nullptr) std::fclose(file_);
  }
  void write(const std::vector<double>& values) {
    if (file_ == nullptr) return;
    if (std::fwrite(values.data(), sizeof(double), values.size(), file_) != values.size())
      throw std::runtime_error("a stream cannot be written");
  }

 private:
  std::FILE* file_ = nullptr;
};

struct Symbols {
  Series series;
  std::vector<double> edges;  // none: the value is the symbol
  [[nodiscard]] std::size_t of(double value) const {
    return edges.empty() ? static_cast<std::size_t>(value) : bin_of(edges, value);
  }
};

struct Stream {
  std::size_t change = 0;  // the first event with it
  std::vector<double> values;
};

Symbols symbols_of(const Case& each, const Stream& stream) {
  const bool rate = std::string(each.name) == "known-errors";
  if (rate) return {rate_series(.1, kKnown), {}};
  const std::vector<double> law(kBins, 1.0 / kBins);
  if (!each.estimated) return {numeric_series(law, kKnown), normal_edges(kBins)};
  const auto change = static_cast<std::ptrdiff_t>(stream.change);
  const std::vector<double> reference(stream.values.begin(), stream.values.begin() + change);
  return {numeric_series(law, static_cast<double>(stream.change)), edges_of(reference, kBins)};
}

// Events from the change to the alarm. An alarm before it is none of the change's.
double wait_on(const Case& each, const Stream& stream) {
  const Symbols symbols = symbols_of(each, stream);
  Run run(symbols.series, each.grant);
  std::size_t next = each.estimated ? stream.change : 0;
  while (next < stream.change) run.close(symbols.of(stream.values[next++]));
  return wait(run, kAfter, [&] { return symbols.of(stream.values[next++]); });
}

Stream stream_of(const Case& each, std::size_t number, Draws draws) {
  Stream stream{each.before + number % kPhases, {}};
  while (stream.values.size() < stream.change) stream.values.push_back(each.before_change(draws));
  while (stream.values.size() < each.before + kPhases - 1 + kAfter) {
    stream.values.push_back(each.after_change(draws));
  }
  return stream;
}

}  // namespace

Rows p8_known_shifts(const Effort& effort) {
  Rows rows;
  std::uint64_t part = 800;
  for (const Case& each : cases()) {
    ++part;
    StreamFile file(effort.streams, each.name);
    Row row{"P8", each.what, "events to find it", {}, 1, {}, {}, {}};
    for (int i = 0; i < effort.of(kReplicates); ++i) {
      const std::uint64_t seed = seed_of(seed_of(effort.seed, part), static_cast<std::uint64_t>(i));
      const Stream stream = stream_of(each, static_cast<std::size_t>(i), Draws(seed));
      row.values.push_back(wait_on(each, stream));
      file.write(stream.values);
    }
    if (std::string(each.name) == "known-sd-2") row.at_most = 60;
    rows.push_back(row);
  }
  return rows;
}

}  // namespace driftd::guarantee
