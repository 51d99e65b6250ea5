#include "detectors/sparse_tally.h"

#include <algorithm>
#include <iterator>

#include "core/codec.h"
#include "core/hash.h"
#include "detectors/tally.h"

namespace driftd::detectors {
namespace {

bool is_zero(const CellCount& count) { return count.count == 0 && count.units == 0; }

void decode_entries(Decoder& in, SparseTally& tally) {
  const std::size_t size = in.get_count(3);
  std::uint64_t flat = 0;
  for (std::size_t i = 0; i < size && in.ok(); ++i) {
    const std::uint64_t gap = in.get_u64();
    const CellCount count{in.get_i64(), in.get_i64()};  // sums of bets among them; adding wraps
    if ((i > 0 && gap == 0) || gap > UINT32_MAX || is_zero(count)) in.fail();
    flat += gap;
    tally.entries.push_back({flat, count});
  }
}

void decode_new_categories(Decoder& in, SparseTally& tally) {
  const std::size_t size = in.get_count(3);
  for (std::size_t i = 0; i < size && in.ok(); ++i) {
    const std::uint64_t column = in.get_u64();
    const std::string text(in.get_text());
    const std::int64_t count = in.get_amount();
    if (column > UINT32_MAX || count == 0) in.fail();
    if (!in.ok()) return;
    add_new_category(tally.new_categories, static_cast<std::uint32_t>(column), {hash64(text), text}, count);
  }
}

}  // namespace

void add_new_category(NewCategoriesByColumn& columns, std::uint32_t column,
                      const std::pair<std::uint64_t, std::string>& category, std::int64_t count) {
  NewCategories& categories = columns[column];
  const auto [found, added] = categories.emplace(category, count);
  if (!added) found->second = wrapping_add(found->second, count);
  if (found->second == 0) categories.erase(found);
  if (categories.size() > kMostNewCategories) categories.erase(std::prev(categories.end()));
  if (categories.empty()) columns.erase(column);
}

std::string SparseTally::encode() const {
  Encoder out;
  out.put_i64(events);
  out.put_u64(entries.size());
  std::uint64_t before = 0;
  for (const Entry& entry : entries) {
    out.put_u64(entry.flat - before);
    out.put_i64(entry.count.count);
    out.put_i64(entry.count.units);
    before = entry.flat;
  }
  std::size_t notes = 0;
  for (const auto& [column, categories] : new_categories) notes += categories.size();
  out.put_u64(notes);
  for (const auto& [column, categories] : new_categories) {
    for (const auto& [category, count] : categories) {
      out.put_u64(column);
      out.put_text(category.second);
      out.put_i64(count);
    }
  }
  return out.take();
}

Result<SparseTally> SparseTally::decode(std::string_view bytes) {
  Decoder in(bytes);
  SparseTally tally;
  tally.events = in.get_amount();
  decode_entries(in, tally);
  decode_new_categories(in, tally);
  if (!in.ok() || !in.at_end()) return Error{ErrorCode::corrupt, "these bytes are no tally"};
  return tally;
}

void SparseTally::add(const SparseTally& other) {
  events = wrapping_add(events, other.events);
  std::vector<Entry> sum;
  sum.reserve(entries.size() + other.entries.size());
  auto a = entries.begin();
  auto b = other.entries.begin();
  while (a != entries.end() || b != other.entries.end()) {
    if (b == other.entries.end() || (a != entries.end() && a->flat < b->flat)) {
      sum.push_back(*a++);
    } else if (a == entries.end() || b->flat < a->flat) {
      sum.push_back(*b++);
    } else {
      const CellCount both{wrapping_add(a->count.count, b->count.count),
                           wrapping_add(a->count.units, b->count.units)};
      if (!is_zero(both)) sum.push_back({a->flat, both});
      ++a;
      ++b;
    }
  }
  entries = std::move(sum);
  for (const auto& [column, categories] : other.new_categories) {
    for (const auto& [category, count] : categories) {
      add_new_category(new_categories, column, category, count);
    }
  }
}

std::string add_encoded_tallies(std::string_view a, std::string_view b) {
  Result<SparseTally> left = SparseTally::decode(a);
  Result<SparseTally> right = SparseTally::decode(b);
  SparseTally sum = left.ok() ? std::move(left).value() : SparseTally{};
  if (right.ok()) sum.add(right.value());
  return sum.encode();
}

}  // namespace driftd::detectors
