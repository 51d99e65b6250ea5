// The marginal bank (STATISTICS 4): e-values of single blocks of time, which do not accumulate and so see
// a large sudden shift at once where tempering slows the detectors down.
//
// Functionals are phi_1 (location) and phi_2 (scale) of the mid-ranks of a numeric column; blocks are those
// of the reference's scales, aligned to the epoch, not overlapping. A block holds the slots that begin in
// it. It counts if it was seen whole: blocks under way at the start, at a pause, whose last slot nobody
// closed, or with a gap of five minutes (a slot, where that is longer) without an event give nothing. Its
// term stands in the slot that ends it alone:
//   .5 / 10 * capital granted over the block * e(Z)
// Where there are several regimes, a slot's residual may be that of any of them, and which one may change
// within the block: the block's residual is the value nearest to 0 between the sums of the slots' least and
// of their largest, its variance the largest. That is at most the smallest Z of the regimes, and fair to a
// block in which one follows another, which fits neither (docs/decisions/0005-regimes-within-a-block.md).
// Values; no clock, no threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/codec.h"
#include "core/time.h"
#include "detectors/evidence/monitor_reference.h"

namespace driftd::detectors::evidence {

inline constexpr std::size_t kFunctionals = 2;
inline constexpr double kBankShare = 0.5;  // of a series' capital, where it has a bank
inline constexpr double kBankTerms =
    10;  // 2 functionals x 5 scales, collapsed ones keep theirs to themselves

using PerFunctional = std::array<double, kFunctionals>;

// What the bank needs of a reference. Immutable; shared by the segments of a column.
struct BankLaws {
  struct Moments {
    PerFunctional mean{};
    PerFunctional variance{};
    double n = 0;
  };
  struct Laws {
    std::vector<Moments> cells;
    std::vector<PerFunctional> tau2;  // by block
  };

  std::array<std::vector<double>, kFunctionals> functionals;  // by bin
  PerFunctional range{};
  std::vector<Duration> blocks;  // those of all regimes
  std::vector<Laws> regimes;
};

// Of a numeric monitor's reference; nothing where no scale is known, or where there is one bin.
std::optional<BankLaws> bank_laws(const MonitorReference& reference);

// max(0, |r| - floor) / (1.25 sqrt V) and the mixture e of it; Z of +-infinity gives infinity.
double bank_z(double residual, double floor, double variance);
double bank_e_value(double z);

struct BankTerm {
  std::size_t functional = 0;
  Duration block = 0;
  std::int8_t direction = 0;
  double amount = 0;  // at most 10, like any M
};

class Bank {
 public:
  // Scales shorter than a slot are left out. `laws` outlives the bank.
  Bank(const BankLaws& laws, Duration slot);

  // As SeriesEvidence::close, counts of the numeric monitor alone.
  void close(std::int64_t slot, std::size_t cell, std::span<const std::int64_t> counts, double grant);
  void carry(std::int64_t slot, double grant);
  // Drops what is under way; the first slot to count is `first`.
  void begin(std::int64_t first);
  void drop_terms() { terms_.clear(); }

  // Of the slot closed last, until the next call.
  [[nodiscard]] std::span<const BankTerm> terms() const { return terms_; }

  void save(Encoder& out) const;
  bool load(Decoder& in);  // false where the bytes are no state of this bank

 private:
  // Where the residual may lie; both ends are the same where there is one regime.
  struct Residual {
    PerFunctional least{};
    PerFunctional most{};
    PerFunctional variance{};  // without the tau^2 term
  };
  // A stretch of one block in one calendar cell.
  struct Run {
    std::size_t cell = 0;
    std::int64_t n = 0;
    PerFunctional sum{};    // one regime
    PerFunctional least{};  // several
    PerFunctional most{};
  };
  struct Block {
    std::size_t scale = 0;  // of the laws' blocks
    std::optional<std::int64_t> index;
    bool whole = false;
    double capital = 0;
    std::int64_t n = 0;
    Run run;
    Residual residual;
  };
  struct SlotSums {
    std::int64_t n = 0;
    PerFunctional sum{};
  };

  [[nodiscard]] SlotSums sums_of(std::span<const std::int64_t> counts) const;
  void add(Block& block, std::size_t cell, const SlotSums& slot) const;
  void enter(Block& block, std::int64_t slot, double grant) const;
  void note_gap(Block& block, std::int64_t stretch) const;
  void fold(Block& block) const;
  void add_terms(const Block& block);
  [[nodiscard]] bool ends_with(const Block& block, std::int64_t slot) const;
  [[nodiscard]] std::int64_t index_of(const Block& block, std::int64_t slot) const;
  [[nodiscard]] std::int64_t first_slot(const Block& block, std::int64_t index) const;
  bool load_block(Decoder& in, Block& block) const;
  bool load_terms(Decoder& in);

  const BankLaws* laws_;
  Duration slot_;
  std::int64_t begin_ = 0;              // the first slot that counts
  std::optional<std::int64_t> last_;    // the slot of the last call
  std::optional<std::int64_t> filled_;  // the newest stretch (gaps are seen by) with an event
  std::vector<Block> blocks_;
  std::vector<BankTerm> terms_;
};

}  // namespace driftd::detectors::evidence
