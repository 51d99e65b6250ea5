// Stored counts by score, rows by slice, losses and models of losses are treated as hostile: whatever loads
// must merge, subtract, answer, save and load again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/codec.h"
#include "detectors/performance/estimate_tally.h"
#include "detectors/performance/loss_model.h"
#include "detectors/performance/loss_tally.h"
#include "detectors/performance/slice_log.h"

namespace {

template <class T>
void load_and_merge(std::string_view bytes) {
  driftd::Decoder in(bytes);
  auto first = T::load(in);
  if (!first) return;
  driftd::Encoder out;
  first->save(out);
  driftd::Decoder again(out.bytes());
  const auto same = T::load(again);
  if (!same || !(*same == *first)) std::abort();
  const auto second = T::load(in);
  if (!second) return;
  T merged = *first;
  merged.merge(*second);
  merged.subtract(*second);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::detectors;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  load_and_merge<EstimateTally>(bytes);
  load_and_merge<LossTally>(bytes);
  driftd::Decoder logs_in(bytes);
  if (const auto logs = SliceLogs::load(10, driftd::kMinute, logs_in))
    static_cast<void>(logs->rows_since(0, 9));
  driftd::Decoder model_in(bytes);
  if (const auto model = LossModel::load(model_in)) {
    driftd::Encoder out;
    model->save(out);
  }
  return 0;
}
