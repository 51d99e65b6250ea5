// KSWIN: the newest part of a sliding window differs from a random sample of its older part, by the test
// of Kolmogorov and Smirnov.
//
// As in river 0.26 but for the sample: river draws it with Python's generator, here it is drawn by counter
// (detectors/counter_random.h) from `seed` and the number of the value since the start, so that it does
// not depend on how a stream was split. With river's samples the reports are river's at every index. The
// p-value falls with the distance, so the least distance that is reported is known beforehand.
#include <cmath>

#include "detectors/counter_random.h"
#include "detectors/kind_detector.h"
#include "detectors/ks_window.h"

namespace driftd::detectors {
namespace {

class Kswin final : public KindDetector<Kswin> {
 public:
  static constexpr Accepts kAccepts = Accepts::numbers;
  struct Parameters {
    double alpha = 0.005;
    std::uint32_t window_size = 100;
    std::uint32_t stat_size = 30;
    std::int64_t seed = 0;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .number("alpha", &Parameters::alpha, {0.0, 1.0}, "",
                    "A p-value of at most this is reported, if the distance is above .1.")
            .integer("window_size", &Parameters::window_size, {2, 20'000}, "values", "Length of the window.")
            .integer("stat_size", &Parameters::stat_size, {1, 10'000}, "values",
                     "Length of its newest part, and of the sample of the rest.")
            .integer("seed", &Parameters::seed, {0, std::numeric_limits<std::int64_t>::max()}, "",
                     "What the sampling is keyed by.")
            .check([](const Parameters& p, const Node& node, const std::string& path, Faults& faults) {
              if (p.stat_size > p.window_size / 2) {
                add_fault(faults, node, join_path(path, "stat_size"),
                          "has to be at most half of window_size");
              }
            });
    return table;
  }

  explicit Kswin(const Parameters& parameters)
      : least_(least_distance(parameters)),
        window_(parameters.window_size, parameters.stat_size),
        sampler_(static_cast<std::uint64_t>(parameters.seed), parameters.window_size - parameters.stat_size),
        sampled_(parameters.stat_size) {}

  void begin() {
    count_ = 0;
    window_.clear();
  }

  Signal step(double value) {
    count_ += 1;
    window_.push(value);
    if (!window_.full()) return Signal::none;
    sampler_.draw(static_cast<std::uint64_t>(count_), sampled_);
    return window_.distance(sampled_) >= least_ ? Signal::drift : Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    visit(self.count_);
    std::int64_t held = self.window_.count();
    visit(held);
    for (std::int64_t i = 0; i < held; ++i) {
      double value = std::is_const_v<Self> ? self.window_.at(static_cast<std::uint32_t>(i)) : 0.0;
      visit(value);
      if constexpr (!std::is_const_v<Self>) {
        if (!std::isfinite(value) || self.window_.full()) return self.count_ = -1, void();
        self.window_.push(value);
      }
    }
  }
  [[nodiscard]] bool plausible() const {
    return plausible_count(count_) && (window_.full() || count_ == window_.count());
  }
  [[nodiscard]] std::size_t held() const {
    return window_.bytes() + sampler_.bytes() + sampled_.capacity() * sizeof(std::uint32_t);
  }

 private:
  // In units of 1 / stat_size; beyond any distance where none is reported.
  static std::uint32_t least_distance(const Parameters& p) {
    std::uint32_t h = p.stat_size / 10 + 1;
    while (h <= p.stat_size && two_sample_ks_p(p.stat_size, h) > p.alpha) ++h;
    return h;
  }

  std::uint32_t least_;
  KsWindow window_;
  CounterSampler sampler_;
  std::vector<std::uint32_t> sampled_;
  std::int64_t count_ = 0;
};

}  // namespace

extern const Kind kind_kswin;
const Kind kind_kswin = {
    .name = "kswin",
    .summary = "the newest part of a window differs from a sample of its older part (Kolmogorov-Smirnov)",
    .reads = "any numbers",
    .accepts = Kswin::kAccepts,
    .cost = "O(window_size)",
    .memory = "29 bytes for each value of the window and a sample",
    .guarantee =
        "for independent values of a continuous law each test reports falsely with probability at most "
        "alpha; there is a test at every value, and over a stream the number of false reports is not "
        "bounded",
    .paper =
        "Raab, Heusinger and Schleif, Reactive soft prototype computing for concept drift streams, "
        "Neurocomputing 416, 2020",
    .parameters = parameters_of<Kswin>,
    .make = make_from_fields<Kswin>,
};

}  // namespace driftd::detectors
