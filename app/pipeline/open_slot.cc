#include "app/pipeline/open_slot.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "app/pipeline/row_codec.h"
#include "core/hash.h"

namespace driftd::app {

namespace {

// How often each row was taken away and not put back.
std::map<Withdrawn, int> balance_of(const std::vector<std::pair<Withdrawn, int>>& withdrawn) {
  std::map<Withdrawn, int> balance;
  for (const auto& [row, taken] : withdrawn) balance[row] += taken;
  return balance;
}

template <class Rows>
void withdraw(Rows& rows, std::map<Withdrawn, int> balance) {
  std::erase_if(rows, [&](const auto& row) {
    const auto found = balance.find({row.time, row.id, row.hash});
    if (found == balance.end() || found->second <= 0) return false;
    --found->second;
    return true;
  });
}

// Of more values of a column than its detectors are to read, those with the smallest hashes stay.
void hold_values(std::vector<WatchedValue>& values) {
  if (values.size() <= kMostWatchedValues) return;
  const auto hash_of = [](const WatchedValue& v) {
    return hash64(v.id, static_cast<std::uint64_t>(v.time) ^ v.hash);
  };
  std::vector<std::uint64_t> hashes;
  hashes.reserve(values.size());
  for (const WatchedValue& value : values) hashes.push_back(hash_of(value));
  std::nth_element(hashes.begin(), hashes.begin() + kMostWatchedValues, hashes.end());
  const std::uint64_t limit = hashes[kMostWatchedValues];
  std::erase_if(values, [&](const WatchedValue& value) { return hash_of(value) >= limit; });
}

// Into the tallies in which its row is counted.
void put_note(OpenSlot& slot, const NotedCategory& category) {
  for (const std::uint32_t segment : category.segments)
    if (segment < slot.tallies.size() && slot.tallies[segment])
      slot.tallies[segment]->note_new(category.column, category.text);
}

}  // namespace

detectors::Tally& OpenSlot::tally(std::uint32_t segment,
                                  const std::shared_ptr<const detectors::TallyLayout>& layout) {
  if (segment >= tallies.size()) tallies.resize(segment + 1);
  if (!tallies[segment]) tallies[segment].emplace(layout);
  return *tallies[segment];
}

void OpenSlot::add_identified(std::span<const std::uint32_t> segments, std::int64_t count) {
  for (const std::uint32_t segment : segments) {
    if (segment >= identified.size()) identified.resize(segment + std::size_t{1}, 0);
    identified[segment] += count;
  }
}

void OpenSlot::add_scores(std::span<const std::uint32_t> segments,
                          std::span<const detectors::ScoreCode> codes, int sign) {
  if (codes.empty()) return;
  for (const std::uint32_t segment : segments) {
    if (segment >= scores.size()) scores.resize(segment + 1);
    scores[segment].add(codes, sign);
  }
}

void OpenSlot::note(NotedCategory category) {
  if (category.id.empty() || noted.size() >= kMostNotedCategories) return put_note(*this, category);
  noted.push_back(std::move(category));
}

void OpenSlot::forget_counts() {
  tallies.clear();
  scores.clear();
  values.clear();
  noted.clear();
}

void OpenSlot::merge(OpenSlot&& other) {
  if (tallies.size() < other.tallies.size()) tallies.resize(other.tallies.size());
  for (std::size_t i = 0; i < other.tallies.size(); ++i) {
    if (!other.tallies[i]) continue;
    if (tallies[i])
      tallies[i]->merge(*other.tallies[i]);
    else
      tallies[i] = std::move(other.tallies[i]);
  }
  if (identified.size() < other.identified.size()) identified.resize(other.identified.size(), 0);
  for (std::size_t i = 0; i < other.identified.size(); ++i) identified[i] += other.identified[i];
  if (scores.size() < other.scores.size()) scores.resize(other.scores.size());
  for (std::size_t i = 0; i < other.scores.size(); ++i) scores[i].merge(other.scores[i]);
  if (!other.raw.rows.empty()) raw.append(std::move(other.raw));
  std::move(other.values.begin(), other.values.end(), std::back_inserter(values));
  std::move(other.noted.begin(), other.noted.end(), std::back_inserter(noted));
  std::move(other.withdrawn.begin(), other.withdrawn.end(), std::back_inserter(withdrawn));
  traffic.merge(other.traffic);
}

void OpenSlot::settle() {
  const auto balance = balance_of(withdrawn);
  withdraw(raw.rows, balance);
  std::map<std::uint32_t, std::vector<WatchedValue>> by_column;
  for (WatchedValue& value : values) by_column[value.column].push_back(std::move(value));
  values.clear();
  for (auto& [column, list] : by_column) {
    withdraw(list, balance);
    hold_values(list);
    std::sort(list.begin(), list.end(), [](const WatchedValue& a, const WatchedValue& b) {
      return std::tie(a.time, a.id, a.value, a.hash) < std::tie(b.time, b.id, b.value, b.hash);
    });
    std::move(list.begin(), list.end(), std::back_inserter(values));
  }
  withdraw(noted, balance);
  for (const NotedCategory& category : noted) put_note(*this, category);
  noted.clear();
  withdrawn.clear();
}

bool OpenSlot::empty() const {
  return raw.rows.empty() && (tallies.empty() || !tallies[0] || tallies[0]->events() == 0);
}

void OpenSlot::save(Encoder& out) const {
  out.put_u64(tallies.size());
  for (const auto& tally : tallies) out.put_text(tally ? tally->encode() : std::string());
  out.put_u64(scores.size());
  for (const detectors::EstimateTally& tally : scores) tally.save(out);
  save_rows(out, raw);
  out.put_u64(identified.size());
  for (const std::int64_t count : identified) out.put_i64(count);
  out.put_u64(values.size());
  for (const WatchedValue& value : values) {
    out.put_u64(value.column);
    out.put_i64(value.time);
    out.put_text(value.id);
    out.put_double(value.value);
    out.put_u64(value.hash);
  }
  out.put_u64(noted.size());
  for (const NotedCategory& category : noted) {
    out.put_u64(category.column);
    out.put_i64(category.time);
    out.put_text(category.id);
    out.put_u64(category.hash);
    out.put_u64(category.segments.size());
    for (const std::uint32_t segment : category.segments) out.put_u64(segment);
    out.put_text(category.text);
  }
  out.put_u64(withdrawn.size());
  for (const auto& [row, taken] : withdrawn) {
    out.put_i64(row.time);
    out.put_text(row.id);
    out.put_u64(row.hash);
    out.put_i64(taken);
  }
  traffic.save(out);
}

Result<OpenSlot> OpenSlot::load(Decoder& in, const std::shared_ptr<const detectors::TallyLayout>& layout) {
  OpenSlot slot;
  slot.tallies.resize(in.get_count());
  for (auto& tally : slot.tallies) {
    const std::string_view bytes = in.get_text();
    if (bytes.empty()) continue;
    if (!layout)
      return Error{ErrorCode::corrupt, "an open slot holds counts, but its version has no reference"};
    auto loaded = detectors::Tally::decode(layout, bytes);
    if (!loaded.ok()) return loaded.error();
    tally = std::move(*loaded);
  }
  slot.scores.resize(in.get_count(2));
  for (detectors::EstimateTally& tally : slot.scores) {
    auto loaded = detectors::EstimateTally::load(in);
    if (!loaded.ok()) return loaded.error();
    tally = std::move(*loaded);
  }
  slot.raw = load_rows(in);
  slot.identified.resize(in.get_count());
  for (std::int64_t& count : slot.identified) count = in.get_amount();
  for (std::size_t n = in.get_count(11); n > 0 && in.ok(); --n) {
    WatchedValue& value = slot.values.emplace_back();
    value.column = static_cast<std::uint32_t>(in.get_u64());
    value.time = in.get_time();
    value.id = std::string(in.get_text());
    value.value = in.get_double();
    value.hash = in.get_u64();
  }
  for (std::size_t n = in.get_count(6); n > 0 && in.ok(); --n) {
    NotedCategory& category = slot.noted.emplace_back();
    category.column = static_cast<std::uint32_t>(in.get_u64());
    category.time = in.get_time();
    category.id = std::string(in.get_text());
    category.hash = in.get_u64();
    for (std::size_t s = in.get_count(); s > 0 && in.ok(); --s)
      category.segments.push_back(static_cast<std::uint32_t>(in.get_u64()));
    category.text = std::string(in.get_text());
    if (!layout || category.column >= layout->columns()) in.fail();
  }
  for (std::size_t n = in.get_count(4); n > 0 && in.ok(); --n) {
    auto& [row, taken] = slot.withdrawn.emplace_back();
    row.time = in.get_time();
    row.id = std::string(in.get_text());
    row.hash = in.get_u64();
    taken = static_cast<int>(in.get_within(-1, 1));
    if (taken == 0) in.fail();
  }
  if (in.format() >= 7) {
    auto traffic = detectors::Traffic::load(in);
    if (!traffic.ok()) return traffic.error();
    slot.traffic = std::move(*traffic);
  }
  if (!in.ok()) return Error{ErrorCode::corrupt, "an open slot ends too early"};
  return slot;
}

}  // namespace driftd::app
