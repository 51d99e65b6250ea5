// Digests of a stream: the same however it was split, read and interrupted, each scheduled time once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "app/pipeline/digest_document.h"
#include "detectors/counter_random.h"
#include "tests/app/pipeline_bench.h"

namespace driftd::app {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr int kReference = 1800, kChange = 3000, kRows = 4500;  // of each model, one every two seconds
constexpr int kSilence = 4100;                                  // then three hours without anything

Time time_of(int number) { return kBegin + 2 * number * kSecond + (number >= kSilence ? 3 * kHour : 0); }

// Ages of `moving` are in the lower half from kChange on.
Script stream(std::size_t partitions) {
  Script script(partitions);
  for (int i = 0; i < kRows; ++i)
    for (const std::string model : {"moving", "still"}) {
      const auto key = static_cast<std::uint64_t>(2 * i + (model == "still" ? 1 : 0));
      double age = 30 + 30 * detectors::counter_uniform(7, key);
      if (model == "moving" && i >= kChange) age = 15 + age / 2;
      script[key % partitions].push_back(prediction_text(i, time_of(i), model, "1", age));
      script[(key / 3) % partitions].push_back(feedback_text(i, time_of(i) + kSecond, model));
    }
  return script;
}

Config config_with_digests() {
  Config config = config_that_learns(kReference);
  config.alerts.digest.emplace();
  config.alerts.digest->at = "*/10 * * * *";
  alerts::WebhookConfig webhook;
  webhook.name = "weekly";
  webhook.url.text = "http://127.0.0.1:1/";
  webhook.events = {alerts::EventType::digest};
  config.alerts.webhooks = {webhook};
  return config;
}

// What waits for the webhook, in its order: the id and what is said.
std::vector<std::pair<std::string, std::string>> told(Bench& bench) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const alerts::DeliveryRecord* record : bench->state().desk.outbox.deliveries())
    all.emplace_back(record->id, record->digest.value().data);
  return all;
}

TEST(DigestsOfAStream, AreTheSameHoweverItIsSplitReadAndInterrupted) {
  const Config config = config_with_digests();
  std::vector<std::pair<std::string, std::string>> expected;
  std::string metrics;
  for (const auto& [partitions, records, restarts] :
       {std::tuple{1, 5000, 0}, {1, 700, 1}, {3, 90, 5}, {2, 1000, 0}}) {
    const Script script = stream(static_cast<std::size_t>(partitions));
    Bench bench(config, script);
    bench.play(static_cast<std::size_t>(records), restarts);
    ASSERT_TRUE(bench->finish().ok());
    if (expected.empty()) {
      expected = told(bench);
      metrics = bench.metrics();
    }
    EXPECT_EQ(told(bench), expected) << partitions << " " << records << " " << restarts;
    EXPECT_EQ(bench.metrics(), metrics) << partitions << " " << records << " " << restarts;
  }
  std::vector<std::string> times;
  std::set<std::string> moved;
  for (const auto& [id, data] : expected) {
    const json said = json::parse(data);
    times.push_back(said["at"].get<std::string>().substr(11, 5));
    if (times.back() >= "01:50")
      for (const json& one : said["discoveries"]) moved.insert(one["model"].get<std::string>());
    if (times.back() < "01:40") {
      EXPECT_EQ(said["discoveries_total"], 0) << data;
    }
  }
  // Rows until 02:16, then from 05:16 to 05:30: of the scheduled times of the silence the latest.
  const std::vector<std::string> scheduled = {"00:10", "00:20", "00:30", "00:40", "00:50", "01:00",
                                              "01:10", "01:20", "01:30", "01:40", "01:50", "02:00",
                                              "02:10", "05:10", "05:20", "05:30"};
  EXPECT_EQ(times, scheduled);
  EXPECT_EQ(moved, std::set<std::string>{"moving"});
  const json last = json::parse(expected.back().second);
  std::map<std::string, std::string> top;  // column, by kind
  for (const json& one : last["discoveries"]) top[one["kind"]] = one["columns"][0]["column"];
  EXPECT_EQ(top["data"], "age");
  EXPECT_GT(last["hypotheses"], 4);
  EXPECT_THAT(metrics,
              HasSubstr("driftd_digest_discoveries " + std::to_string(last["discoveries"].size()) + "\n"));
  EXPECT_THAT(metrics, HasSubstr("driftd_digest_hypotheses " + last["hypotheses"].dump() + "\n"));
}

// Digests listen and change nothing: incidents, evidence and budget are those without.
TEST(DigestsOfAStream, LeaveEverythingElseAsItIs) {
  const Script script = stream(1);
  std::vector<std::string> pages;
  Config config = config_with_digests();
  for (const bool with : {true, false}) {
    if (!with) config.alerts.digest.reset();
    Bench bench(config, script);
    bench.play(500, 3);
    ASSERT_TRUE(bench->finish().ok());
    std::string page = bench.metrics();
    std::istringstream lines(page);
    page.clear();
    for (std::string line; std::getline(lines, line);)
      if (!line.starts_with("driftd_digest") && !line.starts_with("driftd_webhook")) page += line + "\n";
    pages.push_back(page);
  }
  EXPECT_EQ(pages[0], pages[1]);
  EXPECT_THAT(pages[0], HasSubstr("driftd_incidents_total{model=\"moving\",version=\"1\",kind=\"data\""));
}

TEST(DigestDocument, IsTheNewestOrOneOfNowAndSaysWhenThereIsNone) {
  const Script script = stream(1);
  Config config = config_with_digests();
  config.alerts.digest->at = "30 * * * *";
  Bench bench(config, script);
  EXPECT_EQ(digest_document(*bench, true).error().code, ErrorCode::not_found);
  bench.round(2000);  // until 00:16
  const auto none = digest_document(*bench, false);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::not_found);
  EXPECT_THAT(none.error().message, HasSubstr("the next is of 2026-01-01T00:30:00Z of event time"));
  bench.play(2000);
  const json newest = json::parse(digest_document(*bench, false).value());
  EXPECT_EQ(newest["at"], "2026-01-01T04:30:00Z");
  EXPECT_EQ(newest["scheduled"], true);
  EXPECT_EQ(newest["next_at"], "2026-01-01T05:30:00Z");
  EXPECT_EQ(newest["url"], "http://test/api/v1/digest");
  const json now = json::parse(digest_document(*bench, true).value());
  EXPECT_EQ(now["scheduled"], false);
  EXPECT_EQ(now["discoveries"][0]["model"], "moving");
  config.alerts.digest.reset();
  ASSERT_TRUE(bench->reconfigure(config, 0).ok());
  EXPECT_EQ(json::parse(digest_document(*bench, true).value())["scheduled"], false);
}

}  // namespace
}  // namespace driftd::app
