#include "detectors/profile_json_reader.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "core/codec.h"
#include "core/embedding.h"
#include "detectors/derived/fits.h"
#include "detectors/json_item.h"
#include "detectors/segment_reference.h"
#include "detectors/tally.h"

namespace driftd::detectors {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMostCount = std::int64_t{1} << 53;

template <class T>
bool rises(const std::vector<T>& values) {
  return std::adjacent_find(values.begin(), values.end(), [](const T& a, const T& b) { return !(a < b); }) ==
         values.end();
}

TaskSpec read_task(const Item& item) {
  TaskSpec task;
  const auto known = task_of(item.at("task").text());
  if (!known) item.at("task").refuse("none, binary, multiclass or regression is wanted");
  task.task = *known;
  task.positive = item.at("positive").text();
  task.threshold = item.at("threshold").number();
  task.labels = item.at("labels").texts();
  if (!rises(task.labels) || task.labels.size() > kMaxLabels) {
    item.at("labels").refuse("labels have to rise, each once");
  }
  return task;
}

std::vector<double> read_edges(const Item& item, double minimum, double maximum) {
  std::vector<double> edges = item.numbers();
  const bool inside = edges.empty() || (edges.front() >= minimum && edges.back() <= maximum);
  if (!rises(edges) || !inside) item.refuse("edges have to rise between minimum and maximum");
  return edges;
}

void read_numeric(const Item& item, ColumnProfile& column) {
  column.minimum = item.at("minimum").number();
  column.maximum = item.at("maximum").number();
  column.mean = item.at("mean").number();
  column.standard_deviation = item.at("standard_deviation").number();
  if (column.minimum > column.maximum) item.at("maximum").refuse("it is below the minimum");
  if (column.standard_deviation < 0) item.at("standard_deviation").refuse("it is below zero");
  column.shown_edges = read_edges(item.at("shown_edges"), column.minimum, column.maximum);
  column.evidence_edges = read_edges(item.at("evidence_edges"), column.minimum, column.maximum);
  if (column.shown_edges.empty() && !column.evidence_edges.empty()) {
    item.at("shown_edges").refuse("there is none");
  }
}

void read_categorical(const Item& item, ColumnProfile& column) {
  column.categories = item.at("categories").texts();
  if (std::set<std::string>(column.categories.begin(), column.categories.end()).size() !=
      column.categories.size()) {
    item.at("categories").refuse("a category is there twice");
  }
  for (const Item& hash : item.at("other_categories").list()) column.other_categories.push_back(hash.hash());
  if (!rises(column.other_categories) || column.other_categories.size() > kMostOtherCategories) {
    item.at("other_categories").refuse("hashes have to rise");
  }
  column.open = item.at("open").flag();
  if (!item.has("length")) return;
  column.length = static_cast<std::uint32_t>(item.at("length").integer(1, std::int64_t{kMostItems}));
  if (column.role != Role::feature || column.categories != std::vector{embedding_category(column.length)} ||
      !column.other_categories.empty() || column.open)
    item.at("length").refuse("an embedding is a feature with one category, which says its length");
}

// Every row is in one cell of every column of its side; derived ones are counted on some of them.
void read_counts(const Item& item, ColumnProfile& column, std::int64_t rows) {
  const std::vector<Item> counts = item.at("counts").list();
  if (counts.size() != column.cells()) {
    item.at("counts").refuse(std::to_string(column.cells()) + " numbers are wanted");
  }
  std::int64_t sum = 0;
  for (const Item& count : counts) {
    column.reference.push_back({count.integer(0, rows), 0});
    sum += column.reference.back().count;
  }
  const bool all = column.role != Role::derived;
  if (all ? sum != rows : sum > rows) item.at("counts").refuse("they do not add up to the rows");
  if (column.type == ColumnType::categorical) return;
  const std::vector<Item> units = item.at("units").list();
  if (units.size() != counts.size()) item.at("units").refuse("one for each count is wanted");
  for (std::size_t i = 0; i < units.size(); ++i) {
    column.reference[i].units = units[i].integer(0, INT64_MAX);
    const bool outer = i == column.below_cell() || i == column.above_cell();
    const std::int64_t most = outer ? kUnitsOfOuterPlace.back() : 255;
    if (column.reference[i].units / most > column.reference[i].count) {
      units[i].refuse("more than so many values can have");
    }
  }
  // Edges without values are those of another profile.
  if (column.present() > 0 && column.shown_edges.empty())
    item.at("shown_edges").refuse("they do not fit the counts");
}

ColumnProfile read_column(const Item& item, std::int64_t rows, std::int64_t pairs) {
  ColumnProfile column;
  column.name = item.at("name").text();
  const auto role = role_of(item.at("role").text());
  if (!role) item.at("role").refuse("feature, prediction, score, derived, label or loss is wanted");
  column.role = *role;
  const bool named = *role == Role::feature   ? !is_reserved_column(column.name)
                     : *role == Role::derived ? column.name.starts_with(derived::kNamePrefix)
                                              : column.name == name_of(*role);
  if (!named) item.at("name").refuse("the name does not go with the role");
  const auto type = column_type_of(item.at("type").text());
  if (!type) item.at("type").refuse("numeric or categorical is wanted");
  column.type = *type;
  if (*type == ColumnType::numeric) {
    read_numeric(item, column);
  } else {
    read_categorical(item, column);
  }
  if (!column.derive()) item.refuse("more than " + std::to_string(kMaxBins) + " bins");
  read_counts(item, column, side_of(*role) == Side::predictions ? rows : pairs);
  (void)column.derive();  // the evidence's rare categories follow from the counts
  return column;
}

void read_columns(const Item& list, Profile& profile) {
  std::set<std::string> names;
  int last = 0;
  for (const Item& item : list.list()) {
    profile.columns.push_back(read_column(item, profile.rows, profile.pairs));
    const ColumnProfile& column = profile.columns.back();
    if (!names.insert(column.name).second) item.at("name").refuse("this column is there twice");
    const int role = static_cast<int>(column.role);
    if (role < last) item.at("role").refuse("columns come by role: features first, loss last");
    last = role;
  }
}

void read_derived(const Item& item, Profile& profile) {
  const bool has = item.has("derived");
  if (has) {
    const std::string bytes = item.at("derived").at("definitions").bytes();
    Decoder in(bytes);
    auto definitions = derived::Definitions::load(in);
    if (!definitions.ok() || !in.at_end())
      item.at("derived").at("definitions").refuse("these define no derived columns");
    profile.derived = *std::move(definitions);
  }
  if (std::string fault = derived::misfit(profile); !fault.empty())
    (has ? item.at("derived") : item).refuse(fault);
}

std::string read_block_side(const Item& item, const std::shared_ptr<const TallyLayout>& layout) {
  std::string bytes = item.bytes();
  if (bytes.empty()) return bytes;
  const Result<Tally> tally = Tally::decode(layout, bytes);
  if (!tally.ok() || tally->encode() != bytes) item.refuse("these are no counts of this profile");
  return bytes;
}

void read_blocks(const Item& list, Profile& profile) {
  const auto predictions = std::make_shared<const TallyLayout>(profile, Side::predictions);
  const auto pairs = std::make_shared<const TallyLayout>(profile, Side::pairs);
  constexpr std::int64_t kLast = kLatestTime / kProfileBlock;
  std::int64_t least = slot_of(kEarliestTime, kProfileBlock);
  for (const Item& item : list.list()) {
    const std::vector<Item> parts = item.list();
    if (parts.size() != 3) item.refuse("a number and two texts are wanted");
    ProfileBlock block;
    block.block = parts[0].integer(least, kLast);
    block.predictions = read_block_side(parts[1], predictions);
    block.pairs = read_block_side(parts[2], pairs);
    least = block.block + 1;
    profile.blocks.push_back(std::move(block));
  }
}

PairTally read_performance(const Item& item) {
  const std::string bytes = item.at("tally").bytes();
  Decoder in(bytes);
  Result<PairTally> tally = PairTally::load(in);
  if (!tally.ok() || !in.at_end()) item.at("tally").refuse("this is no performance of pairs");
  return std::move(tally).value();
}

evidence::LabelReference read_labels(const Item& item, Task task) {
  const std::string bytes = item.at("counts").bytes();
  Decoder in(bytes);
  auto labels = evidence::LabelReference::load(in);
  const bool fits = labels.ok() && in.at_end() && labels->scale.task == task;
  if (!fits) item.at("counts").refuse("these are no labels of this profile");
  return *std::move(labels);
}

void read_segments(const Item& list, Profile& profile) {
  std::string last;
  for (const Item& item : list.list()) {
    const std::string label = item.at("segment").text();
    if (label <= last) item.at("segment").refuse("segments have to rise, each once");
    auto segment = decode_segment(profile, label, item.at("counts").bytes());
    const bool fits = segment.ok() && item.at("rows").integer(0, kMostCount) == segment->rows &&
                      item.at("pairs").integer(0, kMostCount) == segment->pairs;
    if (!fits) item.at("counts").refuse("these are no counts of this segment");
    profile.segments.push_back(*std::move(segment));
    last = label;
  }
  if (profile.segments.size() > kMostReferenceSegments)
    list.refuse("more than " + std::to_string(kMostReferenceSegments) + " segments");
}

LossModel read_expected_loss(const Item& item) {
  const std::string bytes = item.at("tables").bytes();
  Decoder in(bytes);
  auto model = LossModel::load(in);
  if (!model.ok() || !in.at_end()) item.at("tables").refuse("this is no model of the expected loss");
  return *std::move(model);
}

Profile read(const Item& item) {
  if (item.at("format").text() != kProfileFormat) item.at("format").refuse("this is no driftd.profile");
  if (item.at("format_version").integer(0, INT32_MAX) != kProfileVersion) {
    item.at("format_version").refuse("this program reads version " + std::to_string(kProfileVersion));
  }
  Profile profile;
  profile.digest = item.at("digest").text();
  profile.model = item.at("model").text();
  profile.version = item.at("version").text();
  profile.rows = item.at("rows").integer(0, kMostCount);
  profile.pairs = item.at("pairs").integer(0, kMostCount);
  profile.first = item.at("first").time();
  profile.last = item.at("last").time();
  profile.task = read_task(item.at("task"));
  if (item.has("predicted_by_score")) profile.predicted_by_score = item.at("predicted_by_score").flag();
  read_columns(item.at("columns"), profile);
  read_derived(item, profile);
  profile.performance = read_performance(item.at("performance"));
  if (item.has("labels")) profile.labels = read_labels(item.at("labels"), profile.task.task);
  if (item.has("expected_loss")) profile.expected_loss = read_expected_loss(item.at("expected_loss"));
  if (item.at("block_seconds").integer(1, INT32_MAX) != kProfileBlock / kSecond) {
    item.at("block_seconds").refuse("300 is wanted");
  }
  read_blocks(item.at("blocks"), profile);
  if (item.has("segments")) read_segments(item.at("segments"), profile);
  return profile;
}

}  // namespace

Result<Profile> read_profile(const Json& json) {
  try {
    return read(Item(json, ""));
  } catch (const Wrong& wrong) {
    return Error{ErrorCode::invalid, wrong.message};
  } catch (const Json::exception& fault) {
    return Error{ErrorCode::invalid, fault.what()};
  }
}

}  // namespace driftd::detectors
