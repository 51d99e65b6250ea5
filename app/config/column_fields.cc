// The keys of `models.NAME.columns.NAME` and of `segments`.
#include <algorithm>
#include <set>

#include "app/config/fields.h"
#include "detectors/kind.h"

namespace driftd::app {
namespace {

// {kind: adwin, delta: 0.002}: the kind's own table judges the rest.
void read_detector(const Node& node, DetectorConfig& out, const std::string& path, Faults& faults) {
  const Node* kind = node.kind == Node::Kind::map ? node.find("kind") : nullptr;
  if (kind == nullptr) {
    if (!expect_map(node, path, faults)) return;
    return add_fault(faults, node, join_path(path, "kind"), "is required");
  }
  const auto name = expect_scalar(*kind, "the name of a detector", join_path(path, "kind"), faults);
  if (!name) return;
  Node params = Node::map();
  params.line = node.line;
  for (const Node::Entry& entry : node.entries) {
    if (entry.key != "kind") params.entries.push_back(entry);
  }
  if (detectors::find_kind(*name) == nullptr) {
    std::vector<std::string> known;
    for (const detectors::Kind* each : detectors::catalogue()) known.emplace_back(each->name);
    read_choice(*kind, known, join_path(path, "kind"), faults);
    return;
  }
  const std::size_t before = faults.size();
  detectors::make_detector(*name, params, path, faults);
  if (faults.size() == before) out = {*name, std::move(params)};
}

FieldType<DetectorConfig> detector_type() {
  FieldType<DetectorConfig> type;
  type.name = "detector";
  type.read = read_detector;
  type.show = [](const DetectorConfig& detector) {
    Node node = Node::map();
    node.set("kind", Node::quoted_text(detector.kind));
    node.entries.insert(node.entries.end(), detector.params.entries.begin(), detector.params.entries.end());
    return node;
  };
  type.inner = [](const std::string& path) {
    return std::vector<FieldDoc>{
        {path + ".kind", "text", "", "", "", "a detector that `driftd kinds` lists", true, false},
        {path + ".PARAMETER", "", "", "", "", "as `driftd kinds KIND` says", false, false}};
  };
  return type;
}

void check_detectors(const ColumnConfig& column, const Node& node, const std::string& path, Faults& faults) {
  std::set<std::string> seen;
  for (const DetectorConfig& detector : column.detectors) {
    if (detector.kind.empty() || seen.insert(detector.kind).second) continue;
    const Node* given = node.find("detectors");
    add_fault(faults, given != nullptr ? *given : node, join_path(path, "detectors"),
              detector.kind + " stands twice");
  }
}

const Fields<ColumnConfig>& fields_of_column() {
  static const Fields<ColumnConfig> table =
      Fields<ColumnConfig>()
          .integer("bins", &ColumnConfig::bins, {2, 200}, "",
                   "bins of the shown statistics, between the quantiles of a reference that is learnt, or "
                   "made by `driftd profile -c`")
          .shown_default("10")
          .choice("type", &ColumnConfig::type,
                  {{"auto", DeclaredType::automatic},
                   {"numeric", DeclaredType::numeric},
                   {"categorical", DeclaredType::categorical}},
                  "auto: numeric where every value of the reference is a number")
          .flag("ignore", &ColumnConfig::ignore, "leave the column out, also of a reference file that has it")
          .number("importance", &ColumnConfig::importance, {0, 1000}, "",
                  "its share of the budget beside the other columns of its kind, in proportion; 0: none")
          .list("detectors", &ColumnConfig::detectors, detector_type(),
                "order-dependent detectors over the column's values")
          .check(check_detectors);
  return table;
}

const Fields<SegmentColumn>& fields_of_segment_column() {
  static const Fields<SegmentColumn> table =
      Fields<SegmentColumn>()
          .text("column", &SegmentColumn::column, "whose values part the rows")
          .required()
          .list("cuts", &SegmentColumn::cuts, number_type(), "ranges of a numeric column; rising")
          .check([](const SegmentColumn& segment, const Node& node, const std::string& path, Faults& faults) {
            const auto& cuts = segment.cuts;
            if (std::adjacent_find(cuts.begin(), cuts.end(), std::greater_equal<>()) == cuts.end()) return;
            add_fault(faults, *node.find("cuts"), join_path(path, "cuts"), "must rise");
          });
  return table;
}

// A column by its name, or a map with cuts.
void read_segment_column(const Node& node, SegmentColumn& out, const std::string& path, Faults& faults) {
  if (node.kind == Node::Kind::map) return fields_of_segment_column().read(node, out, path, faults);
  text_type().read(node, out.column, path, faults);
}

Node show_segment_column(const SegmentColumn& segment) {
  return segment.cuts.empty() ? Node::quoted_text(segment.column) : fields_of_segment_column().show(segment);
}

void read_segment(const Node& node, SegmentConfig& out, const std::string& path, Faults& faults) {
  SegmentConfig columns;
  if (node.kind != Node::Kind::list) {
    read_segment_column(node, columns.emplace_back(), path, faults);
  } else {
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      read_segment_column(node.items[i], columns.emplace_back(), item_path(path, i), faults);
    }
    if (columns.empty()) add_fault(faults, node, path, "names no column");
  }
  std::set<std::string> seen;
  for (const SegmentColumn& column : columns) {
    if (!seen.insert(column.column).second) add_fault(faults, node, path, column.column + " stands twice");
  }
  out = std::move(columns);
}

}  // namespace

FieldType<ColumnConfig> column_type() { return object_of(fields_of_column()); }

FieldType<SegmentConfig> segment_type() {
  FieldType<SegmentConfig> type;
  type.name = "column, {column, cuts}, or a list of those for their combinations";
  type.read = read_segment;
  type.show = [](const SegmentConfig& segment) {
    if (segment.size() == 1) return show_segment_column(segment.front());
    Node node = Node::list();
    for (const SegmentColumn& column : segment) node.items.push_back(show_segment_column(column));
    return node;
  };
  return type;
}

}  // namespace driftd::app
