// The protocols of STATISTICS 14, each run through the engine itself (detectors/evidence). The tests run them
// short, bench_guarantee in full, with the same limits.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/guarantee/row.h"

namespace driftd::guarantee {

struct Effort {
  int replicates = 0;        // 0: as many as the protocol in full
  double length = 1;         // of a stream, where the protocol has one: a share of the full length
  std::size_t columns = 20;  // of a month
  std::uint64_t seed = 1;
  std::string streams;  // a directory to leave the streams in that others are compared on; empty: nowhere

  [[nodiscard]] int of(int full) const { return replicates > 0 ? replicates : full; }
};

Rows p1_recursion();
Rows p2_uniform_bins(const Effort& effort);
Rows p3_bernoulli(const Effort& effort);
Rows p5_finite_reference(const Effort& effort);
Rows p6_dependence(const Effort& effort);
Rows p7_realistic_month(const Effort& effort);
Rows p7b_hard_months(const Effort& effort);
Rows p8_known_shifts(const Effort& effort);
Rows p9_silence();
Rows p11_late_labels(const Effort& effort);
Rows p12_digests(const Effort& effort);
Rows p14_regimes(const Effort& effort);
// Streams on which others are compared (run.py), what driftd makes of them, and the files of them.
Rows compared_streams(const Effort& effort);
// With one safeguard off at a time, the protocols' own limits fail.
Rows mutations(const Effort& effort);

struct Protocol {
  std::string name;
  std::function<Rows(const Effort&)> run;
};
const std::vector<Protocol>& protocols();

}  // namespace driftd::guarantee
