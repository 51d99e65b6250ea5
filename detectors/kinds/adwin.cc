// ADWIN: a window that is cut wherever the means of its two parts differ by more than chance.
//
// The window is held as summaries of 1, 2, 4, ... values, at most `max_buckets` of each size; every
// `clock` values all cuts between summaries are tried, oldest first, and the oldest summary is dropped
// for as long as one of them shows a difference. Variances are merged as in Babcock, Datar, Motwani and
// O'Callaghan (2003). The order of the operations is that of river 0.26, to whose reports and state it
// agrees to the bit. With `reset: false` it is MOA's ADWINChangeDetector, to whose reports it agrees at
// every index: the newer part of the window remains after a drift, falls of the mean cut the window
// without a report, and both parts have to be two values longer.
#include <cmath>
#include <cstdint>
#include <vector>

#include "detectors/kind.h"
#include "detectors/kind_fields.h"

namespace driftd::detectors {
namespace {

struct Summary {
  double total = 0;
  double variance = 0;  // sum of squared deviations from its mean
};
using Row = std::vector<Summary>;  // row i holds summaries of 2^i values, the oldest first

constexpr std::size_t kMaxRows = 60;

class Adwin final : public SequentialDetector {
 public:
  struct Parameters {
    double delta = 0.002;
    std::int64_t clock = 32;
    std::int64_t max_buckets = 5;
    std::int64_t min_window_length = 5;
    std::int64_t grace_period = 10;
    bool reset = true;
  };
  static const Fields<Parameters>& fields() {
    static const Fields<Parameters> table =
        Fields<Parameters>()
            .number("delta", &Parameters::delta, open_range(0.0, 1.0), "",
                    "Chance of a false cut at one check: smaller means fewer and later reports.")
            .integer("clock", &Parameters::clock, {1, 1'000'000}, "values", "How often cuts are looked for.")
            .integer("max_buckets", &Parameters::max_buckets, {2, 1000}, "",
                     "Summaries of one size that are kept before two of them are merged.")
            .integer("min_window_length", &Parameters::min_window_length, {1, 1'000'000}, "values",
                     "Shortest part of the window that is compared.")
            .integer("grace_period", &Parameters::grace_period, {0, 1'000'000'000}, "values",
                     "No cut is looked for until the window is longer than this.")
            .flag("reset", &Parameters::reset,
                  "Whether it starts afresh after a drift, as river; MOA goes on with the newer part and "
                  "reports rises alone.");
    return table;
  }

  explicit Adwin(const Parameters& parameters) : parameters_(parameters) { Adwin::reset(); }

  void reset() override {
    drifted_ = false;
    ticks_ = 0;
    width_ = total_ = variance_ = 0;
    rows_.clear();
    add_row();
  }

  Signal update(double value) override {
    if (!std::isfinite(value)) return drifted_ ? Signal::drift : Signal::none;
    if (drifted_ && parameters_.reset) reset();
    const double mean = parameters_.reset ? 0.0 : total_ / width_;
    insert(value);
    if (++ticks_ == parameters_.clock) ticks_ = 0;
    drifted_ = ticks_ == 0 && width_ > static_cast<double>(parameters_.grace_period) && shrink() &&
               (parameters_.reset || total_ / width_ > mean);
    return drifted_ ? Signal::drift : Signal::none;
  }

  void save(Encoder& out) const override {
    out.put_double(total_);
    out.put_double(variance_);
    out.put_bool(drifted_);
    out.put_i64(ticks_);
    out.put_u64(rows_.size());
    for (const Row& row : rows_) {
      out.put_u64(row.size());
      for (const Summary& summary : row) {
        out.put_double(summary.total);
        out.put_double(summary.variance);
      }
    }
  }

  Status load(Decoder& in) override {
    reset();
    if (read(in)) return success();
    reset();
    return Error{ErrorCode::corrupt, "the state of an adwin detector contradicts itself"};
  }

  [[nodiscard]] std::size_t bytes() const override {
    std::size_t sum = sizeof(*this) + rows_.capacity() * sizeof(Row);
    for (const Row& row : rows_) sum += row.capacity() * sizeof(Summary);
    return sum;
  }
  [[nodiscard]] std::size_t memory_limit() const override {
    return sizeof(*this) + 2 * kMaxRows * sizeof(Row) + kMaxRows * row_capacity() * sizeof(Summary);
  }

 private:
  [[nodiscard]] std::size_t row_capacity() const {
    return static_cast<std::size_t>(parameters_.max_buckets) + 1;
  }
  static double size_of(std::size_t row) { return static_cast<double>(std::uint64_t{1} << row); }
  Row& add_row() {
    rows_.emplace_back();
    rows_.back().reserve(row_capacity());
    return rows_.back();
  }

  void insert(double value) {
    rows_[0].push_back({value, 0});
    width_ += 1;
    if (width_ > 1) {
      const double deviation = value - total_ / (width_ - 1);
      variance_ += (width_ - 1) * deviation * deviation / width_;
    }
    total_ += value;
    for (std::size_t i = 0; rows_[i].size() == row_capacity(); ++i) merge_oldest(i);
  }

  // The two oldest summaries of a row become one of the next.
  void merge_oldest(std::size_t i) {
    if (i + 1 == rows_.size()) add_row();
    Row& row = rows_[i];
    const double n = size_of(i);
    const double difference = row[0].total / n - row[1].total / n;
    rows_[i + 1].push_back(
        {row[0].total + row[1].total, row[0].variance + row[1].variance + n * 0.5 * difference * difference});
    row.erase(row.begin(), row.begin() + 2);
  }

  // Whether anything was dropped.
  bool shrink() {
    bool dropped = false;
    while (some_cut_differs()) {
      drop_oldest();
      dropped = true;
    }
    return dropped;
  }

  [[nodiscard]] bool some_cut_differs() const {
    const auto least = static_cast<double>(parameters_.min_window_length + (parameters_.reset ? 0 : 2));
    double n0 = 0, n1 = width_, u0 = 0, u1 = total_;
    for (std::size_t i = rows_.size(); i-- > 0;) {
      for (std::size_t k = 0; k < rows_[i].size(); ++k) {
        n0 += size_of(i);
        n1 -= size_of(i);
        u0 += rows_[i][k].total;
        u1 -= rows_[i][k].total;
        if (i == 0 && k + 1 == rows_[i].size()) return false;
        if (n1 >= least && n0 >= least && differs(n0, n1, u0 / n0 - u1 / n1)) return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool differs(double n0, double n1, double difference) const {
    const auto least = static_cast<double>(parameters_.min_window_length);
    const double log_term = std::log(2.0 * std::log(width_) / parameters_.delta);
    const double reciprocal = 1.0 / (n0 - least + 1.0) + 1.0 / (n1 - least + 1.0);
    const double epsilon =
        std::sqrt(2.0 * reciprocal * (variance_ / width_) * log_term) + 2.0 / 3.0 * log_term * reciprocal;
    return std::abs(difference) > epsilon;
  }

  void drop_oldest() {
    Row& row = rows_.back();
    const double n = size_of(rows_.size() - 1);
    const Summary oldest = row.front();
    width_ -= n;
    total_ -= oldest.total;
    const double difference = oldest.total / n - total_ / width_;
    variance_ -= oldest.variance + n * width_ * difference * difference / (n + width_);
    row.erase(row.begin());
    if (row.empty()) rows_.pop_back();
  }

  bool read(Decoder& in) {
    total_ = in.get_double();
    variance_ = in.get_double();
    drifted_ = in.get_bool();
    ticks_ = in.get_within(0, parameters_.clock - 1);
    const std::size_t rows = in.get_count();
    if (rows == 0 || rows > kMaxRows) return false;
    for (std::size_t i = 0; i < rows && in.ok(); ++i) {
      const std::size_t count = in.get_count(2 * sizeof(double));
      const bool may_be_empty = rows == 1;
      if (count >= row_capacity() || (count == 0 && !may_be_empty)) return false;
      Row& row = i == 0 ? rows_[0] : add_row();
      for (std::size_t k = 0; k < count; ++k) row.push_back({in.get_double(), in.get_double()});
      width_ += static_cast<double>(count) * size_of(i);
    }
    return in.ok();
  }

  Parameters parameters_;
  bool drifted_ = false;
  std::int64_t ticks_ = 0;  // modulo clock
  double width_ = 0;
  double total_ = 0;
  double variance_ = 0;
  std::vector<Row> rows_;
};

}  // namespace

extern const Kind kind_adwin;
const Kind kind_adwin = {
    .name = "adwin",
    .summary = "a window that is cut where the means of its parts differ",
    .reads = "any numbers; the bound behind delta holds for values in [0, 1]",
    .accepts = Accepts::numbers,
    .cost = "O(1) amortised, O(log n) comparisons every clock values",
    .memory = "max_buckets + 1 summaries of 16 bytes for each doubling of the window",
    .guarantee =
        "for independent values in [0, 1], each check cuts falsely with probability at most delta in "
        "the paper's form; over a stream the number of false reports is not bounded",
    .paper = "Bifet and Gavalda, Learning from time-changing data with adaptive windowing, SDM 2007",
    .parameters = parameters_of<Adwin>,
    .make = make_from_fields<Adwin>,
};

}  // namespace driftd::detectors
