#include "app/pipeline/series_codec.h"

namespace driftd::app {

namespace ev = detectors::evidence;

void save_slot(Encoder& out, const std::optional<std::int64_t>& slot) {
  out.put_bool(slot.has_value());
  if (slot) out.put_i64(*slot);
}
std::optional<std::int64_t> load_slot(Decoder& in, Duration length) {
  if (!in.get_bool()) return std::nullopt;
  return in.get_slot(length);
}

void save_counts(Encoder& out, const std::vector<std::int64_t>& counts) {
  out.put_u64(counts.size());
  for (const std::int64_t count : counts) out.put_i64(count);
}
std::vector<std::int64_t> load_counts(Decoder& in) {
  constexpr std::int64_t kMost = std::int64_t{1} << 58;
  std::vector<std::int64_t> counts(in.get_count());
  for (std::int64_t& count : counts) count = in.get_within(-kMost, kMost);
  return counts;
}

void save_name(Encoder& out, const ev::SeriesName& name) {
  out.put_text(name.segment);
  out.put_u64(name.place);
  out.put_text(name.column);
}
ev::SeriesName load_name(Decoder& in) {
  ev::SeriesName name;
  name.segment = in.get_text();
  name.place = static_cast<std::uint32_t>(in.get_u64());
  name.column = in.get_text();
  return name;
}

}  // namespace driftd::app
