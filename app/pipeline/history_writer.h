// The history of counts (DESIGN 7.3): what every slot held, with what came late added, on its way to
// the store.
//
// Changes are gathered in memory and written with the next checkpoint; reads see both. A value is one
// of three kinds, each with the layout it was counted under (Plan::layout_id; of scores score_layout_id):
//   rows   put_u8 0, put_u64 layout, put_text Tally
//   pairs  put_u8 1, put_u64 layout (0: none), put_text Tally of label and loss, put_text PairTally
//   scores put_u8 2, put_u64 layout, put_text EstimateTally
// Counts of different layouts cannot be added, nor can the performance of different tasks: those of the newer
// reference stay (the operand).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "app/pipeline/plan.h"
#include "detectors/performance/estimate_tally.h"
#include "detectors/performance/pair_tally.h"
#include "storage/history.h"
#include "storage/store.h"

namespace driftd::app {

// How the store adds two values (storage::Add).
std::string add_history(std::string_view existing, std::string_view added);

// Whether a stored value is whole; the counts of another reference than today's are.
Status check_history(std::string_view value);

struct PairHistory {
  std::uint64_t layout = 0;
  std::string tally;  // encoded; empty: none
  detectors::PairTally performance;
};

class HistoryWriter {
 public:
  void add_rows(std::uint32_t series, std::uint32_t segment, std::int64_t slot, const Plan& plan,
                const detectors::Tally& tally);
  void add_pairs(std::uint32_t series, std::uint32_t segment, std::int64_t slot, const Plan* plan,
                 const detectors::Tally* tally, const detectors::PairTally& performance, int sign);

  void add_scores(std::uint32_t series, std::uint32_t segment, std::int64_t slot, const Plan& plan,
                  const detectors::EstimateTally& scores);

  // Into a checkpoint, and forgotten here once committed() says that it was written.
  void put(storage::WriteBatch& batch) const;
  void committed() { gathered_.clear(); }
  // What was gathered of a series whose stored history is erased.
  void forget(std::uint32_t series);
  [[nodiscard]] bool empty() const { return gathered_.empty(); }

  // Every slot of [first, end) of one segment, stored and gathered alike, in rising order.
  Status for_each_rows(const storage::Store& store, std::uint32_t series, std::uint32_t segment,
                       std::int64_t first, std::int64_t end, const Plan& plan,
                       const std::function<void(std::int64_t slot, std::string_view tally)>& visit) const;
  Status for_each_pairs(const storage::Store& store, std::uint32_t series, std::uint32_t segment,
                        std::int64_t first, std::int64_t end,
                        const std::function<void(std::int64_t slot, const PairHistory&)>& visit) const;
  Status for_each_scores(
      const storage::Store& store, std::uint32_t series, std::uint32_t segment, std::int64_t first,
      std::int64_t end, const Plan& plan,
      const std::function<void(std::int64_t slot, const detectors::EstimateTally&)>& visit) const;

 private:
  void add(const storage::HistoryKey& key, std::string value);
  Status for_each(const storage::Store& store, storage::HistoryKey key, std::int64_t end,
                  const std::function<void(std::int64_t slot, std::string_view value)>& visit) const;

  std::map<std::string, std::string> gathered_;  // by stored key
};

}  // namespace driftd::app
