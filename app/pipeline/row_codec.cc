#include "app/pipeline/row_codec.h"

namespace driftd::app {

namespace {

void save_text(Encoder& out, const std::optional<std::string>& text) {
  out.put_bool(text.has_value());
  if (text) out.put_text(*text);
}

std::optional<std::string> load_text(Decoder& in) {
  if (!in.get_bool()) return std::nullopt;
  return std::string(in.get_text());
}

void save_number(Encoder& out, const std::optional<double>& number) {
  out.put_bool(number.has_value());
  if (number) out.put_double(*number);
}

std::optional<double> load_number(Decoder& in) {
  if (!in.get_bool()) return std::nullopt;
  return in.get_double();
}

void save_predicted(Encoder& out, const Predicted& predicted) {
  save_text(out, predicted.label);
  save_number(out, predicted.value);
  save_number(out, predicted.score);
  out.put_u64(predicted.scores.size());
  for (const auto& [label, score] : predicted.scores) {
    out.put_text(label);
    out.put_double(score);
  }
}

Predicted load_predicted(Decoder& in) {
  Predicted predicted;
  predicted.label = load_text(in);
  predicted.value = load_number(in);
  predicted.score = load_number(in);
  for (std::size_t n = in.get_count(9); n > 0 && in.ok(); --n) {
    std::string label(in.get_text());
    const double score = in.get_double();
    predicted.scores.emplace_back(std::move(label), score);
  }
  return predicted;
}

void save_verdict(Encoder& out, const Verdict& verdict) {
  save_text(out, verdict.label);
  save_number(out, verdict.value);
}

Verdict load_verdict(Decoder& in) {
  Verdict verdict;
  verdict.label = load_text(in);
  verdict.value = load_number(in);
  return verdict;
}

void save_value(Encoder& out, const detectors::OwnedValue& value) {
  out.put_u8(static_cast<std::uint8_t>(value.kind));
  if (value.kind == Value::Kind::number) out.put_double(value.number);
  if (detectors::has_text(value.kind)) out.put_text(value.text);
}

detectors::OwnedValue load_value(Decoder& in) {
  detectors::OwnedValue value;
  const std::uint8_t kind = in.get_u8();
  if (kind > static_cast<std::uint8_t>(Value::Kind::object)) in.fail();
  value.kind = static_cast<Value::Kind>(kind);
  if (value.kind == Value::Kind::number) value.number = in.get_double();
  if (detectors::has_text(value.kind)) value.text = std::string(in.get_text());
  return value;
}

}  // namespace

void save_rows(Encoder& out, const detectors::RowTable& table) {
  out.put_u64(table.names.size());
  for (const std::string& name : table.names) out.put_text(name);
  out.put_u64(table.rows.size());
  for (const detectors::RawRow& row : table.rows) {
    out.put_i64(row.time);
    out.put_text(row.id);
    out.put_u64(row.hash);
    save_predicted(out, row.predicted);
    out.put_bool(row.verdict.has_value());
    if (row.verdict) save_verdict(out, *row.verdict);
    out.put_text(row.variant);
    out.put_u64(row.values.size());
    for (const auto& value : row.values) save_value(out, value);
  }
}

detectors::RowTable load_rows(Decoder& in) {
  detectors::RowTable table;
  for (std::size_t n = in.get_count(); n > 0 && in.ok(); --n) table.names.emplace_back(in.get_text());
  for (std::size_t n = in.get_count(9); n > 0 && in.ok(); --n) {
    detectors::RawRow& row = table.rows.emplace_back();
    row.time = in.get_time_or_none();
    row.id = std::string(in.get_text());
    row.hash = in.get_u64();
    row.predicted = load_predicted(in);
    if (in.get_bool()) row.verdict = load_verdict(in);
    row.variant = std::string(in.get_text());
    for (std::size_t v = in.get_count(); v > 0 && in.ok(); --v) row.values.push_back(load_value(in));
    if (row.values.size() > table.names.size()) in.fail();
  }
  return table;
}

void save_pair(Encoder& out, const Pair& pair) {
  out.put_u64(pair.series);
  out.put_text(pair.id);
  out.put_i64(pair.prediction_time);
  out.put_i64(pair.feedback_time);
  out.put_i64(pair.evidence_time);
  save_predicted(out, pair.predicted);
  save_verdict(out, pair.verdict);
  out.put_u64(pair.segments.size());
  for (const std::uint32_t segment : pair.segments) out.put_u64(segment);
  out.put_text(pair.cells);
  out.put_text(pair.variant);
}

Pair load_pair(Decoder& in) {
  Pair pair;
  pair.series = static_cast<std::uint32_t>(in.get_u64());
  pair.id = std::string(in.get_text());
  pair.prediction_time = in.get_time_or_none();
  pair.feedback_time = in.get_time_or_none();
  pair.evidence_time = in.get_time_or_none();
  pair.predicted = load_predicted(in);
  pair.verdict = load_verdict(in);
  for (std::size_t n = in.get_count(); n > 0 && in.ok(); --n)
    pair.segments.push_back(static_cast<std::uint32_t>(in.get_u64()));
  pair.cells = std::string(in.get_text());
  if (in.format() >= 7) pair.variant = std::string(in.get_text());
  return pair;
}

}  // namespace driftd::app
