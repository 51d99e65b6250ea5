#include "app/doctor/open_slots.h"

#include "app/pipeline/open_slot.h"
#include "app/pipeline/state_keys.h"
#include "app/pipeline/version_codec.h"
#include "detectors/profile_json.h"
#include "storage/keys.h"

namespace driftd::app {

namespace {

using Layout = std::shared_ptr<const detectors::TallyLayout>;

Result<Layout> layout_of(const storage::Store& store, std::uint32_t series) {
  Layout layout;
  const Status read =
      read_state(store, storage::state_key(series, "profile"), "profile", [&](Decoder& in) -> Status {
        const auto profile = detectors::profile_from_json(in.rest());
        if (!profile.ok()) return profile.error();
        layout = std::make_shared<detectors::TallyLayout>(*profile, detectors::Side::predictions);
        return success();
      });
  if (!read.ok()) return read.error();
  return layout;
}

// The bytes between two places of the same record.
std::string_view between(std::string_view from, std::string_view to) {
  return from.substr(0, from.size() - to.size());
}

Result<std::string> trimmed(const storage::Store& store, Decoder& in, const std::set<std::uint32_t>& series) {
  const auto part = [&](std::size_t least, auto pass) -> Result<std::string> {
    Encoder kept;
    std::uint64_t count = 0;
    for (std::size_t n = in.get_count(least); n > 0 && in.ok(); --n) {
      const std::string_view before = in.rest();
      in.get_i64();
      const auto of = static_cast<std::uint32_t>(in.get_u64());
      if (Status passed = pass(of); !passed.ok()) return passed.error();
      if (series.contains(of)) continue;
      kept.put_raw(between(before, in.rest()));
      ++count;
    }
    Encoder out;
    out.put_u64(count);
    out.put_raw(kept.bytes());
    return out.take();
  };
  auto rows = part(4, [&](std::uint32_t of) -> Status {
    const auto layout = layout_of(store, of);
    if (!layout.ok()) return layout.error();
    const auto slot = OpenSlot::load(in, *layout);
    return slot.ok() ? success() : Status(slot.error());
  });
  if (!rows.ok()) return rows;
  auto pairs = part(3, [&](std::uint32_t) -> Status {
    load_changes(in);
    return success();
  });
  if (!pairs.ok()) return pairs;
  if (!in.ok()) return Error{ErrorCode::corrupt, "the open slots end too early"};
  return *rows + *pairs + std::string(in.rest());
}

}  // namespace

void trim_open_slots(const storage::Store& store, Mending& mending) {
  const std::string key = storage::meta_key("open");
  if (mending.series.empty() || mending.keys.contains(key)) return;
  std::string record;
  const Status read = read_state(store, key, "open", [&](Decoder& in) -> Status {
    const std::uint64_t format = in.format();
    auto rest = trimmed(store, in, mending.series);
    if (!rest.ok()) return rest.error();
    record = seal("open", format, *rest);
    return success();
  });
  if (!read.ok())
    mending.keys.insert(key);
  else if (!record.empty())
    mending.put[key] = std::move(record);
}

}  // namespace driftd::app
