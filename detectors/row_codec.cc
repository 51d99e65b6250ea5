#include "detectors/row_codec.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

#include "core/codec.h"

namespace driftd::detectors {
namespace {

void put_value(Encoder& out, const OwnedValue& value) {
  out.put_u8(static_cast<std::uint8_t>(value.kind));
  if (value.kind == Value::Kind::number) out.put_double(value.number);
  if (has_text(value.kind)) out.put_text(value.text);
}

OwnedValue get_value(Decoder& in) {
  OwnedValue value;
  const std::uint8_t kind = in.get_u8();
  if (kind > static_cast<std::uint8_t>(Value::Kind::object)) in.fail();
  value.kind = in.ok() ? static_cast<Value::Kind>(kind) : Value::Kind::absent;
  if (value.kind == Value::Kind::number) value.number = in.get_double();
  if (has_text(value.kind)) value.text = in.get_text();
  return value;
}

void put_label(Encoder& out, const std::optional<std::string>& label) {
  out.put_bool(label.has_value());
  if (label) out.put_text(*label);
}
std::optional<std::string> get_label(Decoder& in) {
  return in.get_bool() ? std::optional<std::string>(in.get_text()) : std::nullopt;
}
void put_number(Encoder& out, std::optional<double> number) {
  out.put_bool(number.has_value());
  if (number) out.put_double(*number);
}
std::optional<double> get_number(Decoder& in) {
  return in.get_bool() ? std::optional<double>(in.get_double()) : std::nullopt;
}

void put_outcome(Encoder& out, const RawRow& row) {
  put_label(out, row.predicted.label);
  put_number(out, row.predicted.value);
  put_number(out, row.predicted.score);
  out.put_u64(row.predicted.scores.size());
  for (const auto& [label, score] : row.predicted.scores) {
    out.put_text(label);
    out.put_double(score);
  }
  out.put_bool(row.verdict.has_value());
  if (!row.verdict) return;
  put_label(out, row.verdict->label);
  put_number(out, row.verdict->value);
  out.put_u64(row.segments.size());
  for (const std::string& segment : row.segments) out.put_text(segment);
  out.put_bool(row.pair_times != PairTimes{});
  if (row.pair_times == PairTimes{}) return;
  out.put_i64(row.pair_times.prediction);
  out.put_i64(row.pair_times.feedback);
}

void get_outcome(Decoder& in, RawRow& row) {
  row.predicted.label = get_label(in);
  row.predicted.value = get_number(in);
  row.predicted.score = get_number(in);
  const std::size_t scores = in.get_count(9);
  for (std::size_t i = 0; i < scores && in.ok(); ++i) {
    std::string label(in.get_text());
    const double score = in.get_double();
    row.predicted.scores.emplace_back(std::move(label), score);
  }
  if (in.get_bool()) {
    row.verdict.emplace();
    row.verdict->label = get_label(in);
    row.verdict->value = get_number(in);
    for (std::size_t n = in.get_count(1); n > 0 && in.ok(); --n) row.segments.emplace_back(in.get_text());
    if (in.get_bool()) {
      row.pair_times.prediction = in.get_time_or_none();
      row.pair_times.feedback = in.get_time_or_none();
    }
  }
}

// `order` are the columns by name; what is absent at the end is left out.
std::string encode_row(const RawRow& row, const std::vector<std::size_t>& order) {
  Encoder out;
  out.put_text(row.id);
  out.put_text(row.variant);
  out.put_u64(row.hash);
  const auto value_at = [&](std::size_t i) {
    return order[i] < row.values.size() ? &row.values[order[i]] : nullptr;
  };
  std::size_t size = order.size();
  while (size > 0 && (value_at(size - 1) == nullptr || value_at(size - 1)->kind == Value::Kind::absent)) {
    --size;
  }
  out.put_u64(size);
  const OwnedValue absent;
  for (std::size_t i = 0; i < size; ++i) put_value(out, value_at(i) != nullptr ? *value_at(i) : absent);
  put_outcome(out, row);
  return out.take();
}

void get_row(Decoder& in, std::size_t columns, RawRow& row) {
  row.id = in.get_text();
  row.variant = in.get_text();
  row.hash = in.get_u64();
  row.values.clear();
  const std::size_t size = in.get_count(1);
  if (size > columns) in.fail();
  for (std::size_t i = 0; i < size && in.ok(); ++i) row.values.push_back(get_value(in));
  row.predicted = {};
  row.verdict.reset();
  row.pair_times = {};
  row.segments.clear();
  get_outcome(in, row);
}

Error corrupt() { return {ErrorCode::corrupt, "these bytes are no rows of a reference"}; }

}  // namespace

std::string encode_rows(const RowTable& table) {
  std::vector<std::size_t> order(table.names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return table.names[a] < table.names[b]; });
  std::vector<std::pair<const RawRow*, std::string>> rows;
  rows.reserve(table.rows.size());
  for (const RawRow& row : table.rows) rows.emplace_back(&row, encode_row(row, order));
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first->time, a.first->id, a.first->hash, a.second) <
           std::tie(b.first->time, b.first->id, b.first->hash, b.second);
  });
  Encoder out;
  out.put_u64(rows.size());
  out.put_u64(order.size());
  for (const std::size_t column : order) out.put_text(table.names[column]);
  for (const auto& [row, bytes] : rows) {
    out.put_i64(row->time);
    out.put_raw(bytes);
  }
  return out.take();
}

Status decode_rows(std::string_view bytes, const RowVisit& visit) {
  Decoder in(bytes);
  const std::size_t rows = in.get_count(6);
  std::vector<std::string> names(in.get_count(1));
  for (std::string& name : names) name = in.get_text();
  RawRow row;
  for (std::size_t i = 0; i < rows && in.ok(); ++i) {
    row.time = in.get_time_or_none();
    get_row(in, names.size(), row);
    if (!in.ok()) return corrupt();
    visit(names, row);
  }
  return in.ok() && in.at_end() ? success() : Status(corrupt());
}

std::size_t encoded_row_count(std::string_view bytes) {
  Decoder in(bytes);
  const std::size_t rows = in.get_count(6);
  return in.ok() ? rows : 0;
}

}  // namespace driftd::detectors
