// The keys of `models.NAME.season` and `models.NAME.budget`.
#include <algorithm>
#include <set>

#include "app/config/fields.h"
#include "app/time_zone.h"

namespace driftd::app {
namespace {

using detectors::evidence::EvidenceKind;
using detectors::evidence::kAllEvidenceKinds;
using detectors::evidence::KindWeights;

FieldType<std::int64_t> day_type() {
  FieldType<std::int64_t> type;
  type.name = "day";
  type.read = [](const Node& node, std::int64_t& out, const std::string& path, Faults& faults) {
    const std::string what = "a day such as 2026-12-25";
    const auto text = expect_scalar(node, what, path, faults);
    if (!text) return;
    const auto midnight = parse_rfc3339(*text + "T00:00:00Z");
    if (!midnight) return add_fault(faults, node, path, "expected " + what + ", not " + describe(node));
    out = slot_of(*midnight, kDay);
  };
  type.show = [](std::int64_t day) {
    const std::string text = format_rfc3339(slot_start(day, kDay));
    return Node::scalar(text.substr(0, text.find('T')));
  };
  return type;
}

void check_holidays(const SeasonConfig& season, const Node& node, const std::string& path, Faults& faults) {
  const Node* given = node.find("holidays");
  if (given == nullptr || given->items.size() != season.holidays.size()) return;
  std::set<std::int64_t> seen;
  for (std::size_t i = 0; i < season.holidays.size(); ++i) {
    if (seen.insert(season.holidays[i]).second) continue;
    add_fault(faults, given->items[i], item_path(join_path(path, "holidays"), i), "stands twice");
  }
}

std::string key_of(EvidenceKind kind) { return std::string(name_of(kind)); }

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const EvidenceKind kind : kAllEvidenceKinds) names.push_back(key_of(kind));
  return names;
}

FieldType<double> weight_type() { return number_type({0, 1000}); }

void read_kinds(const Node& node, KindWeights& out, const std::string& path, Faults& faults) {
  if (!expect_map(node, path, faults)) return;
  KindWeights weights = out;
  const std::size_t before = faults.size();
  for (const Node::Entry& entry : node.entries) {
    const std::string key = join_path(path, entry.key);
    if (const auto kind = detectors::evidence::evidence_kind_of(entry.key)) {
      weight_type().read(entry.value, weights[static_cast<std::size_t>(*kind)], key, faults);
    } else {
      faults.push_back({"", entry.line, key, unknown_key_message(entry.key, kind_names())});
    }
  }
  if (faults.size() > before) return;
  if (std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 0; })) {
    return add_fault(faults, node, path, "leaves no kind a share");
  }
  out = weights;
}

FieldType<KindWeights> kinds_type() {
  FieldType<KindWeights> type;
  type.name = "object";
  type.read = read_kinds;
  type.show = [](const KindWeights& weights) {
    Node node = Node::map();
    for (const EvidenceKind kind : kAllEvidenceKinds) {
      node.set(key_of(kind), weight_type().show(weights[static_cast<std::size_t>(kind)]));
    }
    return node;
  };
  type.inner = [](const std::string& path) {
    std::vector<FieldDoc> rows;
    for (const EvidenceKind kind : kAllEvidenceKinds) {
      const double weight = detectors::evidence::kKindWeights[static_cast<std::size_t>(kind)];
      const FieldType<double> number = weight_type();
      rows.push_back(
          {path + "." + key_of(kind), number.name, one_line(number.show(weight)), number.range, "",
           "share of this kind, in proportion; a kind that watches nothing leaves it to the others", false,
           false});
    }
    return rows;
  };
  return type;
}

}  // namespace

FieldType<std::string> zone_type() {
  FieldType<std::string> type = text_type();
  type.name = "time zone";
  type.read = [read = type.read](const Node& node, std::string& out, const std::string& path,
                                 Faults& faults) {
    std::string name;
    const std::size_t before = faults.size();
    read(node, name, path, faults);
    if (faults.size() > before) return;
    const auto zone = load_time_zone(name);
    if (!zone.ok()) return add_fault(faults, node, path, zone.error().message);
    out = name;
  };
  return type;
}

const Fields<SeasonConfig>& fields_of_season() {
  using Cells = SeasonConfig::Cells;
  static const Fields<SeasonConfig> table =
      Fields<SeasonConfig>()
          .choice("cells", &SeasonConfig::cells,
                  {{"hour_of_week", Cells::hour_of_week}, {"none", Cells::none}},
                  "hour_of_week: of the day while the reference has under 14 days, none while under 2")
          .add("timezone", &SeasonConfig::timezone, zone_type(),
               "whose hours these are: a name of the IANA such as Europe/Berlin")
          .list("holidays", &SeasonConfig::holidays, day_type(), "local days that count as Sundays")
          .check(check_holidays);
  return table;
}

const Fields<BudgetConfig>& fields_of_budget() {
  static const Fields<BudgetConfig> table =
      Fields<BudgetConfig>()
          .number("alerts", &BudgetConfig::alerts, {0, 1000, true, false}, "",
                  "false alarms of evidence that the model may have")
          .duration("per", &BudgetConfig::per, {kHour, 3660 * kDay}, "in this time, on average")
          .add("kinds", &BudgetConfig::kinds, kinds_type(), "how kinds of evidence share them");
  return table;
}

}  // namespace driftd::app
