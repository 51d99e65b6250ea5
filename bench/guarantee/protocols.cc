#include "bench/guarantee/protocols.h"

namespace driftd::guarantee {

const std::vector<Protocol>& protocols() {
  static const std::vector<Protocol> all = {
      {"P1", [](const Effort&) { return p1_recursion(); }},
      {"P2", p2_uniform_bins},
      {"P3", p3_bernoulli},
      {"P5", p5_finite_reference},
      {"P6", p6_dependence},
      {"P7", p7_realistic_month},
      {"P7b", p7b_hard_months},
      {"P8", p8_known_shifts},
      {"P9", [](const Effort&) { return p9_silence(); }},
      {"P11", p11_late_labels},
      {"P12", p12_digests},
      {"P14", p14_regimes},
      {"compared", compared_streams},
      {"mutations", mutations},
  };
  return all;
}

}  // namespace driftd::guarantee
