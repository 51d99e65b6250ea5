#include "detectors/profile_json.h"

#include <nlohmann/json.hpp>

#include "core/codec.h"
#include "core/hash.h"
#include "detectors/base64.h"
#include "detectors/profile_json_reader.h"
#include "detectors/segment_reference.h"

namespace driftd::detectors {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const TaskSpec& task) {
  return {{"task", name_of(task.task)},
          {"positive", task.positive},
          {"threshold", task.threshold},
          {"labels", task.labels}};
}

void add_counts(const ColumnProfile& column, Json& json) {
  Json counts = Json::array();
  Json units = Json::array();
  for (const CellCount& cell : column.reference) {
    counts.push_back(cell.count);
    units.push_back(cell.units);
  }
  json["counts"] = std::move(counts);
  if (column.type == ColumnType::numeric) json["units"] = std::move(units);
}

Json json_of(const ColumnProfile& column) {
  Json json = {{"name", column.name},
               {"role", name_of(column.role)},
               {"type", name_of(column.type)},
               {"missing", column.missing()}};
  if (column.type == ColumnType::numeric) {
    json["minimum"] = column.minimum;
    json["maximum"] = column.maximum;
    json["mean"] = column.mean;
    json["standard_deviation"] = column.standard_deviation;
    json["shown_edges"] = column.shown_edges;
    json["evidence_edges"] = column.evidence_edges;
  } else {
    json["categories"] = column.categories;
    json["other_categories"] = column.other_categories;
    json["open"] = column.open;
    if (column.length > 0) json["length"] = column.length;
  }
  add_counts(column, json);
  return json;
}

Json json_of(const PairTally& performance) {
  Encoder counts;
  performance.save(counts);
  Json metrics = Json::object();
  for (const MetricValue& metric : performance.metrics()) {
    metrics[std::string(name_of(metric.metric))] = metric.value;
  }
  return {{"metrics", std::move(metrics)}, {"tally", base64_of(counts.bytes())}};
}

// The ages are there for readers.
Json json_of(const evidence::LabelReference& labels) {
  Encoder counts;
  labels.save(counts);
  Json ages = Json::array();
  for (const Duration end : labels.scale.ages.ends) ages.push_back(format_duration(end));
  return {{"ages", std::move(ages)}, {"counts", base64_of(counts.bytes())}};
}

Json json_of(const LossModel& model) {
  Encoder tables;
  model.save(tables);
  return {{"tables", base64_of(tables.bytes())}};
}

Json json_of(const std::vector<ProfileBlock>& blocks) {
  Json list = Json::array();
  for (const ProfileBlock& block : blocks) {
    list.push_back({block.block, base64_of(block.predictions), base64_of(block.pairs)});
  }
  return list;
}

// The seed is there for readers.
Json json_of(const derived::Definitions& definitions) {
  Encoder bytes;
  definitions.save(bytes);
  return {{"seed", definitions.seed}, {"definitions", base64_of(bytes.bytes())}};
}

// Rows and pairs are there for readers.
Json json_of(const std::vector<SegmentReference>& segments) {
  Json list = Json::array();
  for (const SegmentReference& segment : segments)
    list.push_back({{"segment", segment.label},
                    {"rows", segment.rows},
                    {"pairs", segment.pairs},
                    {"counts", base64_of(encode_segment(segment))}});
  return list;
}

Json time_or_null(Time time) { return time == kNoTime ? Json(nullptr) : Json(format_rfc3339(time)); }

// Everything but the digest.
Json content_of(const Profile& profile) {
  Json json = {{"model", profile.model},
               {"version", profile.version},
               {"rows", profile.rows},
               {"pairs", profile.pairs},
               {"first", time_or_null(profile.first)},
               {"last", time_or_null(profile.last)},
               {"task", json_of(profile.task)}};
  if (profile.predicted_by_score) json["predicted_by_score"] = true;
  Json columns = Json::array();
  for (const ColumnProfile& column : profile.columns) columns.push_back(json_of(column));
  json["columns"] = std::move(columns);
  if (profile.derived) json["derived"] = json_of(*profile.derived);
  json["performance"] = json_of(profile.performance);
  if (profile.labels) json["labels"] = json_of(*profile.labels);
  if (profile.expected_loss) json["expected_loss"] = json_of(*profile.expected_loss);
  json["block_seconds"] = kProfileBlock / kSecond;
  json["blocks"] = json_of(profile.blocks);
  if (!profile.segments.empty()) json["segments"] = json_of(profile.segments);
  return json;
}

// Texts of events are UTF-8 by then; those of other tables may not be.
std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string digest_of(const Profile& profile) {
  return "sha256:" + hex(sha256(text_of(content_of(profile))));
}

std::string to_json(const Profile& profile) {
  Json json = {{"format", kProfileFormat}, {"format_version", kProfileVersion}, {"digest", profile.digest}};
  json.update(content_of(profile));
  return text_of(json) + "\n";
}

Result<Profile> profile_from_json(std::string_view text) {
  // Not Json, which goes through all keys of an object at each new one: a body of 16 MB would take an hour.
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return Error{ErrorCode::invalid, "the profile is not valid JSON"};
  Result<Profile> profile = read_profile(json);
  if (!profile.ok()) return profile;
  if (digest_of(*profile) != profile->digest) {
    return Error{ErrorCode::corrupt,
                 "digest: it does not fit the profile's content, which was changed after it was made; make "
                 "the profile anew"};
  }
  return profile;
}

}  // namespace driftd::detectors
