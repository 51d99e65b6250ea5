// DLE and CBPE beside NannyML's on real data (nannyml_cases.py), month by month.
#include "detectors/performance/loss_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "detectors/binning.h"
#include "detectors/performance/estimated_performance.h"
#include "detectors/performance/loss_tally.h"
#include "detectors/profile_builder.h"
#include "detectors/profile_json.h"
#include "detectors/tally.h"
#include "tests/detectors/case_files.h"

namespace driftd::detectors {
namespace {

const std::filesystem::path kData = std::filesystem::path(DRIFTD_SHARED_DIR) / "data";

// No value of these files has a comma.
std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> parts;
  std::istringstream in(line);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

Value value_of(const nlohmann::json& said, std::string& text) {
  if (said.is_number()) return {Value::Kind::number, said.get<double>(), {}};
  if (said.is_null()) return {Value::Kind::null, 0, {}};
  text = said.is_boolean() ? (said.get<bool>() ? "true" : "false") : said.get<std::string>();
  return {Value::Kind::text, 0, text};
}

// bike.reference.csv.gz as a table: numbers where a field is one.
Table reference_table(const std::string& name) {
  const auto lines = lines_of(kData / name);
  const auto names = split(lines[0]);
  Table table;
  std::map<std::size_t, std::size_t> features;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] != "id" && names[i] != "time" && names[i] != "prediction" && names[i] != "score" &&
        names[i] != "label") {
      features[i] = table.features.size();
      table.features.emplace_back(names[i]);
    }
  for (std::size_t row = 1; row < lines.size(); ++row) {
    const auto parts = split(lines[row]);
    Predicted predicted;
    Verdict verdict;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string field = i < parts.size() ? parts[i] : "";
      char* end = nullptr;
      const double number = std::strtod(field.c_str(), &end);
      const bool is_number = !field.empty() && *end == '\0';
      if (const auto feature = features.find(i); feature != features.end())
        table.features[feature->second].push(field.empty() ? Value{Value::Kind::null, 0, {}}
                                             : is_number   ? Value{Value::Kind::number, number, {}}
                                                           : Value{Value::Kind::text, 0, field});
      if (names[i] == "id") table.ids.push_back(field);
      if (names[i] == "time") table.times.push_back(*parse_rfc3339(field));
      if (names[i] == "prediction") predicted.value = number;
      if (names[i] == "label") verdict.value = number;
    }
    table.predicted.push_back(predicted);
    table.verdicts.push_back(verdict);
  }
  return table;
}

// MONTH -> METRIC -> value
std::map<std::string, std::map<std::string, double>> nannyml(const std::string& data) {
  std::map<std::string, std::map<std::string, double>> months;
  for (const std::string& line : lines_of(DRIFTD_SOURCE_DIR "/tests/detectors/nannyml_cases.txt")) {
    std::istringstream words(line);
    std::string word, month, metric, value;
    words >> word >> month;
    if (word != data) continue;
    while (words >> metric >> value) months[month][metric] = std::strtod(value.c_str(), nullptr);
  }
  return months;
}

std::map<std::string, LossTally> bike_months(const Profile& profile, const SliceColumns& columns) {
  std::map<std::string, double> labels;
  for (const std::string& line : lines_of(kData / "bike.feedback.jsonl.gz")) {
    const auto event = nlohmann::json::parse(line);
    labels[event["id"].get<std::string>()] = event["value"].get<double>();
  }
  const Binner binner(profile, Side::predictions);
  const auto side = profile.side(Side::predictions);
  std::map<std::string, LossTally> months;
  std::vector<std::uint8_t> cells(side.size()), bins(columns.size());
  for (const std::string& line : lines_of(kData / "bike.predictions.jsonl.gz")) {
    const auto event = nlohmann::json::parse(line);
    const double predicted = event["prediction"].get<double>();
    for (std::uint32_t k = 0; k < side.size(); ++k) {
      std::string text;
      const bool feature = side[k]->role == Role::feature;
      const Value value = feature ? value_of(event["features"][side[k]->name], text)
                                  : Value{Value::Kind::number, predicted, {}};
      cells[k] = binner.cell_of(k, value).cell;
    }
    EXPECT_TRUE(columns.bin(cells, bins));
    const double label = labels.at(event["id"].get<std::string>());
    months[event["time"].get<std::string>().substr(0, 7)].add(bins, std::abs(predicted - label), label);
  }
  return months;
}

// NannyML's model is LightGBM, this one is additive: they say much the same, and neither sees that the city
// rode more in its second year.
TEST(LossModel, SaysOfBikesWhatNannyMlSays) {
  if (!std::filesystem::exists(kData)) GTEST_SKIP() << "the shared data are not on this machine";
  const Profile profile = build_profile(reference_table("bike.reference.csv.gz"), {}).value();
  ASSERT_EQ(profile.task.task, Task::regression);
  ASSERT_TRUE(profile.expected_loss);
  const SliceColumns columns(profile);
  ASSERT_EQ(profile.expected_loss->meaning(), columns.id());
  double apart = 0, worst = 0, sum = 0, relative_apart = 0;
  const auto expected = nannyml("bike");
  ASSERT_EQ(expected.size(), 16U);
  auto months = bike_months(profile, columns);
  for (const auto& [month, metrics] : expected) {
    const LossTally& tally = months.at(month);
    const auto values = tally.expected(*profile.expected_loss);
    ASSERT_EQ(values.size(), 4U);
    for (const MetricValue& real : tally.realised())
      EXPECT_NEAR(real.value, metrics.at("real_" + std::string(name_of(real.metric))), 1e-9) << month;
    EXPECT_EQ(values[2].metric, Metric::mape);
    relative_apart += std::abs(values[2].value / metrics.at("mape") - 1);
    EXPECT_EQ(values[3].metric, Metric::r2);
    const double off = values[0].value / metrics.at("mae") - 1;
    apart += std::abs(off);
    worst = std::max(worst, std::abs(off));
    sum += values[0].value;
    RecordProperty(month, std::to_string(values[0].value) + " " + std::to_string(metrics.at("mae")));
  }
  EXPECT_LE(apart / 16, .08);
  EXPECT_LE(worst, .15);
  EXPECT_LE(relative_apart / 16, .15);
  EXPECT_GT(sum, 0);
}

TEST(LossModel, IsKeptInTheProfileToTheBit) {
  if (!std::filesystem::exists(kData)) GTEST_SKIP() << "the shared data are not on this machine";
  const Profile profile = build_profile(reference_table("bike.reference.csv.gz"), {}).value();
  const auto read = profile_from_json(to_json(profile));
  ASSERT_TRUE(read.ok());
  ASSERT_TRUE(read->expected_loss);
  Encoder a, b;
  profile.expected_loss->save(a);
  read->expected_loss->save(b);
  EXPECT_EQ(a.take(), b.take());
}

// A loss that is additive in the bins is found again, and followed where the mix of rows changes.
TEST(LossModel, FollowsTheMixOfRows) {
  SlicedRows rows;
  rows.columns = 2;
  std::vector<std::uint8_t> odd;
  UniformDraws draw(5);
  const auto mean_of = [](std::size_t a, std::size_t b) {
    return 1 + 2. * static_cast<double>(a) + (b == 1 ? 3 : 0);
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto a = static_cast<std::uint8_t>(4 * draw()), b = static_cast<std::uint8_t>(2 * draw());
    rows.bins.insert(rows.bins.end(), {a, b});
    rows.losses.push_back(mean_of(a, b) * 2 * draw());
    rows.labels.push_back(0);
    odd.push_back(static_cast<std::uint8_t>(i / 100 % 2));
  }
  const std::vector<std::size_t> bins = {5, 3};
  const auto model = LossModel::fit(1, bins, rows, odd);
  ASSERT_TRUE(model);
  LossTally tally;
  double wanted = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<std::uint8_t> row = {static_cast<std::uint8_t>(draw() < .7 ? 3 : 2),
                                           static_cast<std::uint8_t>(draw() < .9 ? 1 : 0)};
    tally.add(row, 0, 0);
    wanted += mean_of(row[0], row[1]) / 1000;
  }
  const auto values = tally.expected(*model);
  ASSERT_EQ(values.size(), 2U);  // all labels are 0: neither mape nor r2
  EXPECT_NEAR(values[0].value, wanted, .1);
  LossTally half = tally;
  half.merge(tally);
  EXPECT_NEAR(half.expected(*model)[0].value, values[0].value, 1e-9);
  EXPECT_NEAR(half.expected(*model)[0].standard_error, values[0].standard_error / std::sqrt(2), 1e-9);
  half.subtract(tally);
  EXPECT_EQ(half, tally);
  EXPECT_FALSE(LossModel::fit(1, bins, {2, {0, 0}, {1}, {0}, {}, 1}, std::vector<std::uint8_t>{0}));
}

// Labels that grow with the first column, errors with the second; then another mix. What is expected of it is
// what its labels say, and as far from it as was said.
TEST(LossModel, FollowsLabelsToo) {
  UniformDraws draw(9);
  struct Row {
    std::vector<std::uint8_t> bins;
    double loss, label;
  };
  const auto row_of = [&](double share) {
    const auto a = static_cast<std::uint8_t>(4 * std::pow(draw(), share));
    const auto b = static_cast<std::uint8_t>(draw() < .5 ? 0 : 1);
    const double label = 1000 + 10. * a + 6 * (draw() - .5);
    return Row{{a, b}, (1 + 2. * b) * draw(), label};
  };
  SlicedRows rows;
  rows.columns = 2;
  std::vector<std::uint8_t> odd;
  for (int i = 0; i < 20'000; ++i) {
    const Row row = row_of(1);
    rows.bins.insert(rows.bins.end(), row.bins.begin(), row.bins.end());
    rows.losses.push_back(row.loss);
    rows.labels.push_back(row.label);
    odd.push_back(static_cast<std::uint8_t>(i / 100 % 2));
  }
  const auto model = LossModel::fit(1, std::vector<std::size_t>{5, 3}, rows, odd);
  ASSERT_TRUE(model);
  struct Errors {
    double sum = 0, squares = 0, said = 0;
  };
  constexpr int kRounds = 200;
  std::map<Metric, Errors> errors;
  for (int round = 0; round < kRounds; ++round) {
    LossTally tally;
    for (int i = 0; i < 2000; ++i) {
      const Row row = row_of(.4);
      tally.add(row.bins, row.loss, row.label);
    }
    const auto real = tally.realised();
    const auto expected = tally.expected(*model);
    ASSERT_EQ(expected.size(), 4U);
    for (const EstimatedValue& value : expected) {
      const double error = value.value - find(real, value.metric)->value;
      errors[value.metric].sum += error / kRounds;
      errors[value.metric].squares += error * error / kRounds;
      errors[value.metric].said += value.standard_error / kRounds;
    }
  }
  for (const auto& [metric, error] : errors) {
    EXPECT_NEAR(std::sqrt(error.squares - error.sum * error.sum) / error.said, 1, .2) << name_of(metric);
    // What is the same in all rounds is the reference's own error, which is not in the bands.
    EXPECT_LE(std::abs(error.sum), 1.5 * error.said) << name_of(metric);
  }
}

std::vector<std::pair<Predicted, Verdict>> housing_rows(const std::string& predictions,
                                                        std::map<std::string, std::string> labels,
                                                        std::vector<std::string>& months) {
  std::vector<std::pair<Predicted, Verdict>> rows;
  const auto lines = lines_of(kData / predictions);
  const auto names = split(lines[0]);
  const auto at = [&](const std::vector<std::string>& parts, const std::string& name) {
    return parts[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
  };
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto parts = split(lines[i]);
    Predicted predicted;
    predicted.label = at(parts, "prediction");
    predicted.score = std::strtod(at(parts, "score").c_str(), nullptr);
    Verdict verdict;
    verdict.label = labels.empty() ? at(parts, "label") : labels.at(at(parts, "id"));
    rows.emplace_back(predicted, verdict);
    months.push_back(at(parts, "time").substr(0, 7));
  }
  return rows;
}

// The same method: what differs are bins of scores (all of housing's are exact hundredths) and ties, which
// NannyML's ROC AUC takes in the order of the sort and this one as one half.
TEST(EstimatedPerformance, SaysOfHousingWhatNannyMlSays) {
  if (!std::filesystem::exists(kData)) GTEST_SKIP() << "the shared data are not on this machine";
  TaskSpec task;
  task.task = Task::binary;
  task.positive = "1";
  task.labels = {"0", "1"};
  std::vector<std::string> months;
  PairTally reference;
  for (const auto& [predicted, verdict] : housing_rows("housing_reference.csv.gz", {}, months))
    reference.add(*resolve(predicted, verdict, task));
  std::map<std::string, std::string> labels;
  for (const std::string& line : lines_of(kData / "housing_labels.csv.gz"))
    labels[split(line)[0]] = split(line)[1];
  months.clear();
  std::map<std::string, EstimateTally> tallies;
  const auto rows = housing_rows("housing_production.csv.gz", labels, months);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<ScoreCode> codes;
    append_score_codes(rows[i].first, resolve(rows[i].first, task), task, codes);
    tallies[months[i]].add_labelled(codes, rows[i].second.label == "1" ? 0 : EstimateTally::kNoClass);
  }
  const CalibrationMaps maps = calibration_maps(reference, task);
  std::size_t compared = 0;
  for (const auto& [month, wanted] : nannyml("housing")) {
    const EstimateTally& tally = tallies.at(month);
    const auto n = static_cast<double>(tally.predictions());
    for (const EstimatedValue& value : estimated_metrics(expected_outcomes(tally, maps), n)) {
      if (value.metric > Metric::roc_auc) continue;  // NannyML has no others
      const std::string name(name_of(value.metric));
      if (!std::isfinite(wanted.at(name)) || !std::isfinite(wanted.at("real_" + name))) continue;
      EXPECT_NEAR(value.value, wanted.at(name), value.metric == Metric::roc_auc ? .01 : 2e-4)
          << month << name;
      ++compared;
    }
  }
  EXPECT_GE(compared, 50U);
}

}  // namespace
}  // namespace driftd::detectors
