#include "app/pipeline/report.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "app/class_performance.h"
#include "detectors/statistics/binned.h"

namespace driftd::app {

namespace {

using json = nlohmann::ordered_json;
using detectors::ColumnProfile;
using detectors::ColumnType;

struct Block {
  std::optional<detectors::Tally> rows;
  std::optional<detectors::Tally> pairs;
  detectors::PairTally performance;
  std::int64_t first = 0;  // slots
  std::int64_t last = 0;
};
using BlocksByName = std::map<std::string, Block>;

// Categories as the report lists them: those of the reference and the new ones, in byte order.
std::vector<std::string> categories_of(const Plan& plan, std::size_t column, const detectors::Tally& all) {
  const auto& known = plan.columns[column]->categories;
  std::set<std::string> names(known.begin(), known.end());
  for (const auto& fresh : all.new_categories())
    if (fresh.column == column) names.insert(fresh.text);
  return {names.begin(), names.end()};
}

json counts_json(const Plan& plan, std::size_t column, const std::vector<std::string>& categories,
                 std::span<const detectors::CellCount> cells, const detectors::Tally* notes) {
  const ColumnProfile& profile = *plan.columns[column];
  if (profile.type == ColumnType::numeric) return detectors::shown_counts(profile, cells);
  std::map<std::string, std::int64_t> counts;
  for (std::size_t i = 0; i < profile.categories.size(); ++i)
    counts[profile.categories[i]] = cells[detectors::kFirstBin + i].count;
  if (notes != nullptr)
    for (const auto& fresh : notes->new_categories())
      if (fresh.column == column) counts[fresh.text] = fresh.count;
  json list = json::array();
  for (const std::string& category : categories) list.push_back(counts[category]);
  return list;
}

json missing_json(const ColumnProfile& profile, std::span<const detectors::CellCount> cells) {
  const detectors::Missing missing = detectors::missing_of(profile, cells);
  json out = {{"missing", missing.missing}};
  out["missing_ratio"] = missing.ratio() ? json(*missing.ratio()) : json(nullptr);
  return out;
}

json column_json(const Plan& plan, std::size_t column, const detectors::Tally& all) {
  const ColumnProfile& profile = *plan.columns[column];
  json out = {{"type", detectors::name_of(profile.type)}};
  const auto categories = categories_of(plan, column, all);
  if (profile.type == ColumnType::numeric)
    out["edges"] = profile.shown_edges;
  else
    out["categories"] = categories;
  json reference = missing_json(profile, profile.reference);
  if (profile.type == ColumnType::numeric) {
    reference["min"] = profile.minimum;
    reference["max"] = profile.maximum;
    reference["mean"] = profile.mean;
    reference["standard_deviation"] = profile.standard_deviation;
  }
  reference["counts"] = counts_json(plan, column, categories, profile.reference, nullptr);
  out["reference"] = std::move(reference);
  return out;
}

json block_column_json(const Plan& plan, std::size_t column, const detectors::Tally& all,
                       const detectors::Tally& block) {
  const ColumnProfile& profile = *plan.columns[column];
  json out = missing_json(profile, block.column(column));
  out["counts"] = counts_json(plan, column, categories_of(plan, column, all), block.column(column), &block);
  for (const detectors::StatisticValue& value : detectors::binned_statistics(profile, block.column(column))) {
    const std::string name(detectors::name_of(value.statistic));
    if (value.statistic == detectors::Statistic::chi_square && profile.type == ColumnType::numeric) continue;
    if (value.p_value) {
      out[name] = {{"statistic", value.value}, {"p_value", *value.p_value}};
      if (value.dof) out[name]["dof"] = *value.dof;
    } else {
      out[name] = value.value;
    }
    if (value.bound) out[name + "_bound"] = *value.bound;
  }
  return out;
}

json performance_json(const detectors::PairTally& pairs, detectors::Task task) {
  json out = json::object();
  if (task == detectors::Task::binary) {
    const detectors::BinaryCounts counts = pairs.binary_counts();
    out = {{"true_positive", counts.true_positive},
           {"false_positive", counts.false_positive},
           {"true_negative", counts.true_negative},
           {"false_negative", counts.false_negative},
           {"roc_auc", nullptr}};
  }
  for (const detectors::MetricValue& value : pairs.metrics(detectors::Undefined::zero))
    out[std::string(detectors::name_of(value.metric))] = value.value;
  if (const detectors::MulticlassTally* several = pairs.multiclass(); several != nullptr) {
    std::vector<detectors::MetricValue> weighted;
    several->weighted(weighted);
    add_class_performance(weighted, several->by_class(), out);
  }
  return out;
}

std::string month_of(Time time) { return format_rfc3339(time).substr(0, 7); }

// The history of one version, added up by block.
Result<BlocksByName> read_blocks(Engine& engine, const Version& version, Blocks wanted) {
  BlocksByName blocks;
  const Duration slot_length = engine.state().config->slot;
  const auto each_block = [&](std::int64_t slot, const auto& add) {
    const Time start = slot_start(slot, slot_length);
    for (const std::string& name : {std::string("all"), month_of(start)}) {
      if (name != "all" && wanted == Blocks::all) continue;
      add(blocks[name]);
    }
  };
  const std::int64_t first = slot_of(kEarliestTime, slot_length);
  const std::int64_t end = slot_of(kLatestTime, slot_length);
  const HistoryWriter& history = engine.state().history;
  Status read = history.for_each_rows(engine.store(), version.series, 0, first, end, *version.plan,
                                      [&](std::int64_t slot, std::string_view bytes) {
                                        each_block(slot, [&](Block& block) {
                                          if (!block.rows) {
                                            block.rows.emplace(version.plan->layout);
                                            block.first = slot;
                                          }
                                          block.last = slot;
                                          (void)block.rows->merge_encoded(bytes);
                                        });
                                      });
  if (!read.ok()) return read.error();
  read = history.for_each_pairs(engine.store(), version.series, 0, first, end,
                                [&](std::int64_t slot, const PairHistory& pairs) {
                                  each_block(slot, [&](Block& block) {
                                    block.performance.merge(pairs.performance);
                                    if (!version.pairs || pairs.layout != version.pairs->layout_id) return;
                                    if (!block.pairs) block.pairs.emplace(version.pairs->layout);
                                    (void)block.pairs->merge_encoded(pairs.tally);
                                  });
                                });
  if (!read.ok()) return read.error();
  return blocks;
}

json block_json(const Version& version, const std::string& name, const Block& block, const Block& all,
                Duration slot) {
  json out = {{"block", name},
              {"rows", block.rows->events()},
              {"first", format_rfc3339(slot_start(block.first, slot))},
              {"last", format_rfc3339(slot_start(block.last, slot))},
              {"columns", json::object()}};
  for (std::size_t i = 0; i < version.plan->columns.size(); ++i)
    out["columns"][version.plan->columns[i]->name] =
        block_column_json(*version.plan, i, *all.rows, *block.rows);
  if (block.pairs)
    for (std::size_t i = 0; i < version.pairs->columns.size(); ++i)
      out["columns"][version.pairs->columns[i]->name] =
          block_column_json(*version.pairs, i, *all.pairs, *block.pairs);
  out["performance"] =
      performance_json(block.performance, version.task ? version.task->task : detectors::Task::none);
  return out;
}

Result<json> version_json(Engine& engine, const Version& version, Blocks wanted) {
  auto blocks = read_blocks(engine, version, wanted);
  if (!blocks.ok()) return blocks.error();
  const detectors::Task task = version.task ? version.task->task : detectors::Task::none;
  json out = {{"model", version.model->name}, {"version", version.name}, {"task", detectors::name_of(task)}};
  out["positive"] = task == detectors::Task::binary ? json(version.task->positive) : json(nullptr);
  out["reference"] = {{"digest", version.reference_digest()}, {"rows", version.plan->profile.rows}};
  if (version.pairs)
    out["reference"]["performance"] = performance_json(version.pairs->profile.performance, task);
  out["columns"] = json::object();
  out["blocks"] = json::array();
  const auto all = blocks->find("all");
  if (all == blocks->end() || !all->second.rows) return out;
  for (std::size_t i = 0; i < version.plan->columns.size(); ++i)
    out["columns"][version.plan->columns[i]->name] = column_json(*version.plan, i, *all->second.rows);
  if (all->second.pairs)
    for (std::size_t i = 0; i < version.pairs->columns.size(); ++i)
      out["columns"][version.pairs->columns[i]->name] = column_json(*version.pairs, i, *all->second.pairs);
  const Duration slot = engine.state().config->slot;
  out["blocks"].push_back(block_json(version, "all", all->second, all->second, slot));
  for (const auto& [name, block] : *blocks)
    if (name != "all" && block.rows)
      out["blocks"].push_back(block_json(version, name, block, all->second, slot));
  return out;
}

}  // namespace

Result<std::string> replay_report(Engine& engine, Blocks blocks) {
  json models = json::array();
  for (const Version* version : engine.state().registry.versions_by_name()) {
    if (!version->plan) continue;
    auto one = version_json(engine, *version, blocks);
    if (!one.ok()) return one.error();
    models.push_back(std::move(*one));
  }
  const json whole = models.size() == 1 ? models[0] : json{{"models", models}};
  return whole.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace driftd::app
