// What waits in the join, as the store may give it back: any bytes are refused or read, never worse. What
// is read is then lived through: more events, expiry, eviction.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "collector/join.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd;
  using namespace driftd::collector;
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  IdShard shard;
  if (!shard.restore(std::string_view("\0id", 3), value).ok()) return 0;
  ShardOutput out;
  JoinContext context;
  context.label_horizon = kDay;
  const Predicted predicted;
  JoinPrediction prediction;
  prediction.series = 1;
  prediction.id = "id";
  prediction.time = kDay;
  prediction.predicted = &predicted;
  shard.predict(prediction, context, out);
  shard.feedback({.model = 0, .series = std::nullopt, .id = "id", .time = kDay, .verdict = {}}, context, out);
  shard.for_each_dirty([](std::string_view, std::optional<std::string_view>) {});
  context.prediction_clock = context.feedback_clock = 2 * kDay;
  shard.expire(context, out);
  shard.evict_oldest(context, out);
  context.prediction_clock = context.feedback_clock = kEndOfTime;
  shard.expire(context, out);
  if (shard.held() != 0) __builtin_trap();
  return 0;
}
