#include <array>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "app/comparison_report.h"
#include "app/text_table.h"

namespace driftd::app {
namespace {

using namespace detectors;  // NOLINT(google-build-using-namespace)

std::string number_or_dash(const StatisticValue* value) {
  return value != nullptr ? short_number(value->value) : "-";
}

std::string p_or_dash(const StatisticValue* value) {
  return value != nullptr && value->p_value ? short_number(*value->p_value) : "-";
}

std::string percent(double share) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.1f%%", 100 * share);
  return buffer.data();
}

std::string columns_table(const Comparison& comparison) {
  TextTable table("llrrrrrrrrrrl", {"column", "type", "missing", "now", "psi", "psi 95%", "js", "tv", "ks",
                                    "p(ks)", "wasserstein/sd", "p(chi2)", "drift"});
  for (const ComparedColumn& column : comparison.columns) {
    const auto value = [&column](Statistic statistic) { return find(column.statistics, statistic); };
    const StatisticValue* psi = value(Statistic::psi);
    table.add({column.name, std::string(name_of(column.type)), percent(column.reference.missing_share()),
               percent(column.current.missing_share()), number_or_dash(psi),
               psi != nullptr && psi->null_q95 ? short_number(*psi->null_q95) : "-",
               number_or_dash(value(Statistic::jensen_shannon)),
               number_or_dash(value(Statistic::total_variation)), number_or_dash(value(Statistic::ks)),
               p_or_dash(value(Statistic::ks)), number_or_dash(value(Statistic::wasserstein_normed)),
               p_or_dash(value(Statistic::chi_square)), column.drift ? "DRIFT" : ""});
  }
  return table.text();
}

std::string tests_table(const Comparison& comparison) {
  struct Shown {
    Statistic statistic;
    bool p_value;
    const char* title;
  };
  constexpr std::array kShown = {Shown{Statistic::kl, false, "kl"},
                                 Shown{Statistic::hellinger, false, "hellinger"},
                                 Shown{Statistic::kuiper, false, "kuiper"},
                                 Shown{Statistic::energy, false, "energy"},
                                 Shown{Statistic::auc, false, "auc"},
                                 Shown{Statistic::welch_t, false, "welch t"},
                                 Shown{Statistic::cramer_von_mises, true, "p(cvm)"},
                                 Shown{Statistic::anderson_darling, true, "p(ad)"},
                                 Shown{Statistic::kuiper, true, "p(kuiper)"},
                                 Shown{Statistic::mann_whitney, true, "p(mw)"},
                                 Shown{Statistic::welch_t, true, "p(welch)"},
                                 Shown{Statistic::g_test, true, "p(g)"},
                                 Shown{Statistic::fisher, true, "p(fisher)"}};
  std::vector<std::string> header = {"column"};
  for (const Shown& shown : kShown) header.emplace_back(shown.title);
  TextTable table("l" + std::string(kShown.size(), 'r'), header);
  for (const ComparedColumn& column : comparison.columns) {
    std::vector<std::string> row = {column.name};
    for (const auto& [statistic, p_value, title] : kShown) {
      const StatisticValue* value = find(column.statistics, statistic);
      row.push_back(p_value ? p_or_dash(value) : number_or_dash(value));
    }
    table.add(std::move(row));
  }
  return table.text();
}

std::string rows_table(const RowsTests& tests) {
  TextTable table("lrrl", {"whole rows", "value", "p", "what the value is"});
  if (const auto& test = tests.discrepancy) {
    table.add({"mmd", short_number(test->squared), short_number(test->p_value),
               "squared maximum mean discrepancy, " + std::to_string(tests.discrepancy_reference_rows) +
                   " against " + std::to_string(tests.discrepancy_current_rows) + " rows"});
  }
  if (const auto& test = tests.classifier) {
    table.add({"classifier", short_number(test->auc), short_number(test->p_value),
               "ROC AUC of telling the sides apart by " + std::to_string(test->neighbours) + " neighbours"});
  }
  if (const auto& test = tests.reconstruction) {
    table.add({"reconstruction_error", short_number(test->shift), short_number(test->p_value),
               "standard deviations, " + std::to_string(test->components) + " principal components"});
  }
  return table.text() + "(" + std::to_string(tests.reference_rows) + " against " +
         std::to_string(tests.current_rows) + " sampled rows of " + std::to_string(tests.columns) +
         " columns; p by " + std::to_string(kPermutations) + " permutations)\n";
}

std::string performance_table(const Comparison& comparison) {
  const auto value = [](const ComparedPerformance& side, Metric metric) {
    const MetricValue* found = find(side.metrics, metric);
    return found != nullptr ? short_number(found->value) : std::string("-");
  };
  TextTable table("lrr", {"metric", "reference", "current"});
  table.add({"pairs", std::to_string(comparison.reference.pairs), std::to_string(comparison.current.pairs)});
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    const auto metric = static_cast<Metric>(i);
    std::vector<std::string> row = {std::string(name_of(metric)), value(comparison.reference, metric),
                                    value(comparison.current, metric)};
    if (row[1] != "-" || row[2] != "-") table.add(std::move(row));
  }
  return table.text();
}

}  // namespace

std::string comparison_table(const Comparison& comparison) {
  std::string text = "reference: " + std::to_string(comparison.reference_rows) +
                     " rows, current: " + std::to_string(comparison.current_rows) + " rows\n\n";
  text += columns_table(comparison) + "\n" + tests_table(comparison);
  if (comparison.whole_rows) text += "\n" + rows_table(*comparison.whole_rows);
  if (comparison.reference.pairs > 0 || comparison.current.pairs > 0) {
    text += "\n" + performance_table(comparison);
  }
  return text + (comparison.drift ? "\ndrift\n" : "\nno drift\n");
}

}  // namespace driftd::app
