// UnresetCapital: what the capital of a series would be had no alarm taken it and no pause kept it from its
// grants; and what that copy was granted. Of the two is the e-value of a digest (STATISTICS 8).
//
// With M the series' own capital the copy is M + X for each component, where X follows the same bets:
//   X_c = L_c^(1/VIF) (eta X_c + w_c g),   g = the series' grant while it is paused, else 0
//   G   = eta G + (sum of w_c) g           always
// X is 0 until the first alarm or pause and kept as a logarithm, so that a slot costs one addition a
// component for a series that is not paused. X is at most kMostUnresetCapital: lowering a bet keeps its
// promise, and what is far above every limit that e-BH asks for is forgotten the sooner.
//
// A state of format 6 knows no copy. It begins with nothing, granted and won, while M has something: what
// that becomes is taken off (X with the other sign) until an alarm takes M.
//
// A value with save() and load(), bit exact; portable mathematics and a fixed order of summation. Sizes are
// those of the series' components; `first` and the length of `logs` say which of them a call is about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/codec.h"

namespace driftd::detectors::evidence {

// 1e7 times what a kind is granted in the long run and more: enough for a million hypotheses at alpha .1.
inline constexpr double kMostUnresetCapital = 1e6;

// Of the copy, at the end of a slot.
struct Standing {
  double capital = 0;
  double granted = 0;  // E[capital] is at most this under the null
};

// k slots without events: capital becomes keep * capital + grants * w g.
struct Stretch {
  std::uint64_t slots = 0;
  double keep = 1;
  double grants = 0;
};

class UnresetCapital {
 public:
  explicit UnresetCapital(double eta);

  // `own` goes to 0: the copy keeps it.
  void take_over(std::span<const double> own);
  // A slot with events, component by component: log L_c, tempered; all 0 for a monitor that saw none.
  void play(std::size_t first, std::span<const double> logs, std::span<const double> weights, double grant,
            bool paused);
  // Once a slot with events, and for a stretch without.
  void grant(double amount) { granted_ = eta_ * granted_ + amount; }
  void pass(const Stretch& stretch, std::span<const double> weights, double total_weight, double grant,
            bool paused);

  // After `stretch` from now on. `own`: the sum of M at its end.
  [[nodiscard]] Standing standing(double own, const Stretch& stretch, double total, bool paused) const;

  void save(Encoder& out) const;
  bool load(Decoder& in, std::size_t components);
  // What came before is unknown; the series has this.
  void begin_late(std::span<const double> own);

 private:
  double eta_;
  double log_eta_;
  double granted_ = 0;
  bool taken_off_ = false;    // the other sign
  std::vector<double> logs_;  // log X by component; empty: all are 0
};

}  // namespace driftd::detectors::evidence
