#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "app/comparison_report.h"
#include "app/text_table.h"
#include "detectors/statistics/catalogue.h"

namespace driftd::app {
namespace {

using namespace detectors;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<style>
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#d8dde3;--soft:#f3f5f7;--quiet:#5d6873;--before:#7c8a99;--now:#1769aa;--drift:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--paper:#14171a;--line:#343b42;--soft:#1d2227;--quiet:#9aa5b0;--before:#8592a0;--now:#5aa9e6;--drift:#ff8a80}}
body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2.2rem 0 .5rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.22rem .5rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--quiet)}th:first-child,td:first-child,td.text,th.text{text-align:left}
.wide{overflow-x:auto}a{color:var(--now)}.drift{color:var(--drift);font-weight:600}.quiet{color:var(--quiet)}
details{border:1px solid var(--line);border-radius:.4rem;margin:.5rem 0;padding:.4rem .8rem}summary{cursor:pointer}
details[open]{background:var(--soft)}svg{display:block;margin:.6rem 0;max-width:100%}
.before{fill:var(--before)}.now{fill:var(--now)}svg text{fill:var(--quiet);font-size:11px}
.key::before{content:"";display:inline-block;width:.8em;height:.8em;margin-right:.35em;background:var(--before)}.key.n::before{background:var(--now)}
</style>
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string cell(std::string_view text, std::string_view kind = "") {
  std::string out = "<td";
  if (!kind.empty()) out.append(" class=\"").append(kind).append("\"");
  return out + ">" + escaped(text) + "</td>";
}

std::string percent(double share) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.1f%%", 100 * share);
  return buffer.data();
}

std::string or_dash(const std::optional<double>& value) { return value ? short_number(*value) : "-"; }

std::string place_of(std::size_t number) { return "column-" + std::to_string(number + 1); }

std::string overview(const Comparison& comparison) {
  constexpr std::array kShown = {Statistic::psi, Statistic::jensen_shannon,     Statistic::total_variation,
                                 Statistic::ks,  Statistic::wasserstein_normed, Statistic::auc};
  std::string out =
      "<h2>Columns</h2>\n<div class=\"wide\"><table><tr><th>column</th><th class=\"text\"></th><th "
      "class=\"text\">type</th>"
      "<th>missing</th><th>now</th>";
  for (const Statistic statistic : kShown) out += "<th>" + std::string(name_of(statistic)) + "</th>";
  out += "<th>p (chi-square)</th></tr>\n";
  for (std::size_t i = 0; i < comparison.columns.size(); ++i) {
    const ComparedColumn& column = comparison.columns[i];
    out += "<tr><td><a href=\"#" + place_of(i) + "\">" + escaped(column.name) + "</a></td>" +
           cell(column.drift ? "drift" : "", "text drift") + cell(name_of(column.type), "text") +
           cell(percent(column.reference.missing_share())) + cell(percent(column.current.missing_share()));
    for (const Statistic statistic : kShown) {
      const StatisticValue* value = find(column.statistics, statistic);
      out += cell(value != nullptr ? short_number(value->value) : "-");
    }
    const StatisticValue* chi = find(column.statistics, Statistic::chi_square);
    out += cell(chi != nullptr ? or_dash(chi->p_value) : "-") + "</tr>\n";
  }
  return out + "</table></div>\n";
}

// By whole characters of UTF-8.
std::string shortened(std::string text) {
  constexpr std::size_t kLongest = 28;
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest - 3;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
  text.resize(end);
  return text + "...";
}

std::string bin_name(const ComparedColumn& column, std::size_t bin) {
  if (column.type == ColumnType::categorical)
    return bin < column.categories.size() ? column.categories[bin] : "";
  if (column.edges.empty()) return "all";
  if (bin == 0) return "up to " + short_number(column.edges.front());
  if (bin == column.edges.size()) return "above " + short_number(column.edges.back());
  return short_number(column.edges[bin - 1]) + " to " + short_number(column.edges[bin]);
}

// The largest categories; all bins of numbers, in their order.
std::vector<std::size_t> drawn_bins(const ComparedColumn& column) {
  constexpr std::size_t kMostDrawn = 40;
  std::vector<std::size_t> bins(std::min(column.reference.counts.size(), column.current.counts.size()));
  for (std::size_t i = 0; i < bins.size(); ++i) bins[i] = i;
  if (bins.size() <= kMostDrawn || column.type == ColumnType::numeric) return bins;
  const auto weight = [&column](std::size_t bin) {
    return column.reference.counts[bin] + column.current.counts[bin];
  };
  std::stable_sort(bins.begin(), bins.end(),
                   [&](std::size_t a, std::size_t b) { return weight(a) > weight(b); });
  bins.resize(kMostDrawn);
  return bins;
}

std::string bars(const ComparedColumn& column) {
  constexpr int kRow = 20, kLeft = 190, kWidth = 460;
  const auto share = [](const ComparedSide& side, std::size_t bin) {
    const std::int64_t present = side.rows - side.missing;
    return present > 0 ? static_cast<double>(side.counts[bin]) / static_cast<double>(present) : 0;
  };
  const auto bins = drawn_bins(column);
  double largest = 0;
  for (const std::size_t bin : bins) {
    largest = std::max({largest, share(column.reference, bin), share(column.current, bin)});
  }
  if (!(largest > 0)) return "";
  std::string out = "<svg width=\"760\" height=\"" + std::to_string(kRow * bins.size()) +
                    "\" role=\"img\" aria-label=\"shares of both sides\">";
  int top = 0;
  for (const std::size_t bin : bins) {
    const std::string name = shortened(bin_name(column, bin));
    out += "<text x=\"" + std::to_string(kLeft - 8) + "\" y=\"" + std::to_string(top + 13) +
           "\" text-anchor=\"end\">" + escaped(name) + "</text>";
    const auto bar = [&](const ComparedSide& side, const char* kind, int y) {
      const auto width = std::to_string(std::lround(share(side, bin) / largest * kWidth));
      out += "<rect class=\"" + std::string(kind) + "\" x=\"" + std::to_string(kLeft) + "\" y=\"" +
             std::to_string(y) + "\" width=\"" + width + "\" height=\"7\"/>";
    };
    bar(column.reference, "before", top + 2);
    bar(column.current, "now", top + 9);
    out += "<text x=\"" + std::to_string(kLeft + kWidth + 8) + "\" y=\"" + std::to_string(top + 13) + "\">" +
           percent(share(column.reference, bin)) + " / " + percent(share(column.current, bin)) + "</text>";
    top += kRow;
  }
  return out + "</svg>\n";
}

std::string statistics_table(const ComparedColumn& column) {
  std::string out =
      "<div class=\"wide\"><table><tr><th>statistic</th><th>value</th><th>null mean</th><th>95 % point</th>"
      "<th>p-value</th><th class=\"text\">method</th><th class=\"text\">what it is</th></tr>\n";
  for (const StatisticValue& value : column.statistics) {
    out += "<tr>" + cell(name_of(value.statistic)) + cell(short_number(value.value)) +
           cell(or_dash(value.null_mean)) + cell(or_dash(value.null_q95)) + cell(or_dash(value.p_value)) +
           cell(value.method == Method::none ? "" : name_of(value.method), "text") +
           cell(info_of(value.statistic).title, "text quiet") + "</tr>\n";
  }
  return out + "</table></div>\n";
}

std::string summary_line(const ComparedSide& side, std::string_view name) {
  std::string out =
      "<tr>" + cell(name) + cell(std::to_string(side.rows)) + cell(percent(side.missing_share()));
  if (side.summary) {
    out += cell(short_number(side.summary->least)) + cell(short_number(side.summary->mean)) +
           cell(short_number(side.summary->most)) + cell(or_dash(side.summary->standard_deviation));
  } else {
    out += "<td>-</td><td>-</td><td>-</td><td>-</td>";
  }
  return out + "</tr>\n";
}

std::string column_section(const ComparedColumn& column, std::size_t number) {
  std::string out = "<details id=\"" + place_of(number) + "\"" + (column.drift ? " open" : "") +
                    "><summary><b>" + escaped(column.name) + "</b> <span class=\"quiet\">" +
                    std::string(name_of(column.type)) + "</span>" +
                    (column.drift ? " <span class=\"drift\">drift</span>" : "") + "</summary>\n";
  out += bars(column);
  if (column.type == ColumnType::numeric) {
    out +=
        "<table><tr><th></th><th>rows</th><th>missing</th><th>least</th><th>mean</th><th>most</th>"
        "<th>standard deviation</th></tr>\n" +
        summary_line(column.reference, "reference") + summary_line(column.current, "current") +
        "</table><br>\n";
  }
  return out + statistics_table(column) + "</details>\n";
}

std::string rows_section(const Comparison& comparison) {
  if (!comparison.whole_rows) return "";
  const RowsTests& tests = *comparison.whole_rows;
  std::string out =
      "<h2>Whole rows</h2>\n<table><tr><th>test</th><th>value</th><th>p-value (permutation)</th>"
      "<th class=\"text\">what the value is</th></tr>\n";
  const auto line = [&out](std::string_view name, double value, double p, std::string_view text) {
    out += "<tr>" + cell(name) + cell(short_number(value)) + cell(short_number(p)) +
           cell(text, "text quiet") + "</tr>\n";
  };
  if (const auto& test = tests.discrepancy) {
    line("mmd", test->squared, test->p_value, "squared maximum mean discrepancy, Gaussian kernel");
  }
  if (const auto& test = tests.classifier) {
    line("classifier", test->auc, test->p_value,
         "ROC AUC of a nearest-neighbour classifier that tells the sides apart");
  }
  if (const auto& test = tests.reconstruction) {
    line("reconstruction_error", test->shift, test->p_value,
         "in standard deviations, of the reference's leading principal components");
  }
  return out + "</table>\n<p class=\"quiet\">On " + std::to_string(tests.reference_rows) + " and " +
         std::to_string(tests.current_rows) + " sampled rows, " + std::to_string(tests.columns) +
         " columns, " + std::to_string(kPermutations) + " permutations.</p>\n";
}

std::string performance_section(const Comparison& comparison) {
  if (comparison.reference.pairs == 0 && comparison.current.pairs == 0) return "";
  const auto value = [](const ComparedPerformance& side, Metric metric) {
    const MetricValue* found = find(side.metrics, metric);
    return found != nullptr ? short_number(found->value) : std::string("-");
  };
  std::string out =
      "<h2>Performance</h2>\n<table><tr><th>metric</th><th>reference</th><th>current</th></tr>\n<tr>" +
      cell("pairs") + cell(std::to_string(comparison.reference.pairs)) +
      cell(std::to_string(comparison.current.pairs)) + "</tr>\n";
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    const auto metric = static_cast<Metric>(i);
    const std::string before = value(comparison.reference, metric), now = value(comparison.current, metric);
    if (before != "-" || now != "-")
      out += "<tr>" + cell(name_of(metric)) + cell(before) + cell(now) + "</tr>\n";
  }
  return out + "</table>\n";
}

}  // namespace

std::string comparison_html(const Comparison& comparison, const std::string& reference,
                            const std::string& current) {
  std::size_t drifting = 0;
  for (const ComparedColumn& column : comparison.columns) drifting += column.drift ? 1 : 0;
  std::string out(kHead);
  out += "<title>" + escaped(current) + " against " + escaped(reference) + "</title></head><body>\n<h1>" +
         (comparison.drift ? "<span class=\"drift\">Drift</span> in " + std::to_string(drifting) + " of " +
                                 std::to_string(comparison.columns.size()) + " columns"
                           : std::string("No drift")) +
         "</h1>\n<p><span class=\"key\">reference: " + escaped(reference) + ", " +
         std::to_string(comparison.reference_rows) +
         " rows</span><br><span class=\"key n\">current: " + escaped(current) + ", " +
         std::to_string(comparison.current_rows) + " rows</span></p>\n";
  out += overview(comparison) + rows_section(comparison) + performance_section(comparison) +
         "<h2>Each column</h2>\n";
  for (std::size_t i = 0; i < comparison.columns.size(); ++i) out += column_section(comparison.columns[i], i);
  return out + "</body></html>\n";
}

}  // namespace driftd::app
