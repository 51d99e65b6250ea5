// SEED: blocks of values, of which alike neighbours are made one; cut wherever the means of the older and
// the newer blocks differ by more than ADWIN's bound.
//
// As MOA's SEEDChangeDetector, to whose reports it agrees at every index with `reset: false` (the newer
// blocks remain after a drift). MOA's running variance takes the deviation from a mean that already holds
// the value; it is kept, for the reports are its. Neighbours are alike where their means differ by less
// than a tolerance that grows with age, so that for values in [0, 1] the number of blocks is bounded.
#include <cmath>

#include "detectors/kind_detector.h"

namespace driftd::detectors {
namespace {

struct Block {
  std::int64_t count = 0;
  std::int64_t capacity = 0;
  double total = 0;
  double variance = 0;  // what its values added to the window's
};

class Seed final : public KindDetector<Seed> {
 public:
  static constexpr Accepts kAccepts = Accepts::unit_interval;
  struct Parameters {
    double delta = 0.05;
    std::int64_t block_size = 32;
    double epsilon_prime = 0.01;
    double alpha = 0.8;
    std::int64_t compress_term = 75;
    bool reset = true;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .number("delta", &Parameters::delta, open_range(0.0, 1.0), "",
                    "Chance of a false cut at one comparison: smaller means fewer and later reports.")
            .integer("block_size", &Parameters::block_size, {1, 100'000}, "values",
                     "Length of a block, and how often cuts are looked for.")
            .number("epsilon_prime", &Parameters::epsilon_prime, {0.0025, 1.0}, "of the values",
                    "Difference of the means up to which neighbours are alike, for the newest.")
            .number("alpha", &Parameters::alpha, {0.2, 1.0}, "",
                    "How that difference grows with each block of age: by alpha * epsilon_prime.")
            .integer("compress_term", &Parameters::compress_term, {1, 10'000}, "blocks",
                     "How often alike neighbours are made one.")
            .flag("reset", &Parameters::reset,
                  "Whether it starts afresh after a drift; MOA goes on with the newer blocks.");
    return table;
  }

  explicit Seed(const Parameters& parameters) : parameters_(parameters) {
    blocks_.reserve(most_blocks());
    begin();
  }

  void begin() {
    blocks_.assign(1, Block{0, parameters_.block_size, 0, 0});
    width_ = since_check_ = since_compression_ = 0;
    total_ = variance_ = 0;
  }
  void after_drift() {
    if (parameters_.reset) reset();
  }

  Signal step(double value) {
    if (blocks_.back().count == blocks_.back().capacity) {
      if (blocks_.size() > 1 && since_compression_ > parameters_.compress_term) compress();
      blocks_.push_back(Block{0, parameters_.block_size, 0, 0});
      since_compression_ += 1;
    }
    add(value);
    if (++since_check_ < parameters_.block_size) return Signal::none;
    since_check_ = 0;
    return blocks_.size() > 1 && cut() ? Signal::drift : Signal::none;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    auto blocks = static_cast<std::int64_t>(self.blocks_.size());
    visit(blocks);
    if constexpr (!std::is_const_v<Self>) {
      self.blocks_.resize(plausible_count(blocks, static_cast<std::int64_t>(self.most_blocks()))
                              ? static_cast<std::size_t>(blocks)
                              : 0);
    }
    for (auto& block : self.blocks_) {
      visit(block.count);
      visit(block.capacity);
      visit(block.total);
      visit(block.variance);
    }
    for (auto* number : {&self.width_, &self.since_check_, &self.since_compression_}) visit(*number);
    visit(self.total_);
    visit(self.variance_);
  }
  [[nodiscard]] bool plausible() const {
    std::int64_t width = 0;
    for (const Block& block : blocks_) {
      if (!plausible_count(block.capacity) || !plausible_count(block.count, block.capacity) ||
          block.capacity == 0 || !plausible_count(width += block.count)) {
        return false;
      }
      if (&block != &blocks_.back() && block.count == 0) return false;
    }
    return !blocks_.empty() && width == width_ && since_check_ >= 0 &&
           since_check_ < parameters_.block_size && plausible_count(since_compression_);
  }
  [[nodiscard]] std::size_t held() const { return blocks_.capacity() * sizeof(Block); }

 private:
  // Beyond 1 / (alpha epsilon_prime) blocks of age any two neighbours of values in [0, 1] are alike.
  [[nodiscard]] std::size_t most_blocks() const {
    const double alike = std::ceil(1.0 / (parameters_.alpha * parameters_.epsilon_prime));
    return static_cast<std::size_t>(alike) + static_cast<std::size_t>(parameters_.compress_term) + 4;
  }

  void add(double value) {
    blocks_.back().count += 1;
    blocks_.back().total += value;
    total_ += value;
    width_ += 1;
    if (width_ < 2) return;
    const auto n = static_cast<double>(width_);
    const double deviation = value - total_ / (n - 1);
    const double added = (n - 1) * deviation * deviation / n;
    variance_ += added;
    blocks_.back().variance += added;
  }

  // From the newest on, each block joins the next older one where the two are alike.
  void compress() {
    since_compression_ = 0;
    double tolerance = 0;
    for (std::size_t i = blocks_.size() - 1; i > 0; --i) {
      Block& older = blocks_[i - 1];
      const Block& newer = blocks_[i];
      const double difference = std::abs(older.total / static_cast<double>(older.count) -
                                         newer.total / static_cast<double>(newer.count));
      tolerance += parameters_.epsilon_prime * parameters_.alpha;
      if (!(difference < tolerance)) continue;
      older.total = newer.total + older.total;
      older.variance = newer.variance + older.variance;
      older.count += newer.count;
      older.capacity += newer.capacity;
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  // From the newest on, all borders; where the two sides differ the older one goes.
  bool cut() {
    double n0 = static_cast<double>(width_), n1 = 0, u0 = total_, u1 = 0;
    for (std::size_t i = blocks_.size() - 1; i > 0; --i) {
      const auto n = static_cast<double>(blocks_[i].count);
      n0 -= n;
      n1 += n;
      u0 -= blocks_[i].total;
      u1 += blocks_[i].total;
      if (std::abs(u1 / n1 - u0 / n0) > bound(n0, n1)) {
        drop_before(i);
        return true;
      }
    }
    return false;
  }
  void drop_before(std::size_t first) {
    for (std::size_t i = first; i-- > 0;) {
      width_ -= blocks_[i].count;
      total_ -= blocks_[i].total;
      variance_ -= blocks_[i].variance;
    }
    blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(first));
  }
  [[nodiscard]] double bound(double n0, double n1) const {
    const double log_term = std::log(2 * std::log(n0 + n1) / parameters_.delta);
    const double v = variance_ / static_cast<double>(width_);
    const double m = 1 / n0 + 1 / n1;
    return std::sqrt(2 * m * v * log_term) + 2.0 / 3 * log_term * m;
  }

  Parameters parameters_;
  std::vector<Block> blocks_;  // the oldest first
  std::int64_t width_ = 0;
  std::int64_t since_check_ = 0;
  std::int64_t since_compression_ = 0;
  double total_ = 0;
  double variance_ = 0;
};

}  // namespace

extern const Kind kind_seed;
const Kind kind_seed = {
    .name = "seed",
    .summary = "blocks of values, cut where the means of older and newer ones differ",
    .reads = "numbers in [0, 1]",
    .accepts = Seed::kAccepts,
    .cost = "O(1), and O(blocks) every block_size values",
    .memory = "1 / (alpha epsilon_prime) + compress_term blocks of 32 bytes at most",
    .guarantee =
        "none: each comparison has ADWIN's bound without ADWIN's share for the number of comparisons, "
        "and its delta is larger",
    .paper = "Huang, Koh, Dobbie and Pears, Detecting volatility shift in data streams, ICDM 2014",
    .parameters = parameters_of<Seed>,
    .make = make_from_fields<Seed>,
};

}  // namespace driftd::detectors
