#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/config/documentation.h"
#include "app/config/load.h"
#include "app/config/reload.h"
#include "app/config/show.h"
#include "detectors/profile_builder.h"
#include "detectors/profile_json.h"

namespace driftd::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Surroundings world() {
  return {[](const std::string& name) -> std::optional<std::string> {
            if (name == "WEBHOOK_SECRET") return "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
            return std::nullopt;
          },
          [](const std::string& path) -> Result<std::string> {
            if (path == "/run/secrets/url") return std::string("http://hooks.example/T0K3N\n");
            return Error{ErrorCode::io, "the file " + path + " cannot be read"};
          }};
}

LoadedConfig parse(const std::string& text) { return parse_config(text, "dir/f.yaml", {world(), true}); }

Config parsed(const std::string& text) {
  LoadedConfig loaded = parse(text);
  EXPECT_EQ(to_text(loaded.faults), "");
  return std::move(loaded.config);
}

detectors::Profile a_profile(int size = 10) {
  detectors::RowTable rows{{"x"}, {}};
  for (int i = 0; i < size; ++i) {
    detectors::RawRow& row = rows.rows.emplace_back();
    row.values = {{Value::Kind::number, static_cast<double>(i), ""}};
  }
  return *detectors::build_profile(detectors::table_of(rows), {});
}

const std::string kLeast = "kafka: {brokers: [localhost:9092], topics: {predictions: [predictions]}}\n";

const std::string kFull = R"(
kafka:
  brokers: [localhost:9092]
  group: g
  topics: {predictions: [p, {name: q, format: auto}], feedback: f, models: [p]}
  dead_letter_topic: dead
  start: 2026-11-20T08:00:00Z
  properties: {security.protocol: PLAINTEXT, ssl.key.password: hunter2}
storage: {path: /data, retention: 10d, checkpoint_every: 1s}
http: {listen: "[::1]:80"}
log: {level: debug, format: json}
slot: 7m
max_skew: 1d
metrics: {statistics: [psi], segments: false, max_series: 5}
limits: {max_models: 1, max_columns: 2, max_record: 1KB}
threads: 3
unknown_models: reject
models:
  default: {threshold: 0.25, columns: {x: {bins: 7}}, reference: {first: 14d, trust: true}}
  credit:
    task: binary
    positive: 1.0
    columns: {x: {type: numeric, importance: 2, detectors: [{kind: adwin, delta: 0.01}]}, zip: {ignore: true}}
    season: {timezone: Europe/Berlin, holidays: [2026-12-26, 2026-12-25]}
    budget: {alerts: 0.5, per: 7d, kinds: {data: 0.2, labels: 0}}
    segments: [country, {column: age, cuts: [25, 45.5]}, [country, device]]
    window: 14m
    schema: {unknown_category: off}
    rules:
      - {name: r, column: x, statistic: psi, above: 0.25, for: 30m, clear: 0.2, action: retrain}
      - {name: s, metric: accuracy, below: 0.8, at_least: 500, segment: country=DE, severity: info}
      - {name: t, column: loss, detector: adwin}
      - {name: u, new_labels: 50000}
  plain: {season: {cells: none}, reference: {trust: true}}
alerts:
  mute: [{model: credit, from: 2026-12-24T00:00:00Z, to: 2026-12-27T00:00:00Z}]
  webhooks:
    - {name: w, url: '${file:/run/secrets/url}', secret: ${WEBHOOK_SECRET:-}, actions: [retrain], cooldown: 6h}
)";

// DESIGN 4: "what the example shows beside a comment 'the default' or a plain value is the default".
TEST(Config, HasTheDefaultsOfTheDesign) {
  const Config config = parsed(kLeast);
  EXPECT_EQ(config.kafka.group, "driftd");
  EXPECT_EQ(config.kafka.dead_letter_topic, "driftd.dead-letters");
  EXPECT_EQ(std::get<0>(config.kafka.start), collector::StartPosition::latest);
  EXPECT_EQ(config.storage.path, "./driftd-data");
  EXPECT_EQ(config.storage.retention, 90 * kDay);
  EXPECT_EQ(config.storage.checkpoint_every, 10 * kSecond);
  EXPECT_EQ(config.http.listen, "127.0.0.1:9108");
  EXPECT_EQ(config.log.level, LogLevel::info);
  EXPECT_EQ(config.log.format, LogFormat::logfmt);
  EXPECT_EQ(config.slot, 60 * kSecond);
  EXPECT_EQ(config.lateness, 30 * kSecond);
  EXPECT_EQ(config.idle_after, 60 * kSecond);
  EXPECT_EQ(config.max_skew, kHour);
  EXPECT_EQ(config.max_ahead, kHour);
  EXPECT_EQ(config.dedupe, kHour);
  EXPECT_EQ(config.join.max_waiting, 10'000'000);
  EXPECT_THAT(config.metrics.statistics, ElementsAre("psi", "ks", "wasserstein_normed", "jensen_shannon"));
  EXPECT_TRUE(config.metrics.segments);
  EXPECT_EQ(config.metrics.max_series, 20'000);
  EXPECT_EQ(config.limits.max_models, 1000);
  EXPECT_EQ(config.limits.max_columns, 2000);
  EXPECT_EQ(config.limits.max_record, 8'388'608);
  EXPECT_EQ(config.unknown_models, UnknownModels::learn);
  EXPECT_GE(config.threads, 1U);
  const ModelConfig& model = config.models.of("anything");
  EXPECT_EQ(model.window, kHour);
  EXPECT_EQ(model.label_horizon, 30 * kDay);
  EXPECT_EQ(model.season, (SeasonConfig{SeasonConfig::Cells::hour_of_week, "UTC", {}}));
  EXPECT_EQ(model.budget, (BudgetConfig{1, 30 * kDay, {.40, .10, .15, .15, .15, .05}}));
  EXPECT_FALSE(model.reference.trust);
  EXPECT_EQ(ColumnConfig{}.importance, 1);
  EXPECT_EQ(model.reference.source, ReferenceConfig::Source::automatic);
  EXPECT_EQ(model.effective_new_version(), NewVersion::learn);
  EXPECT_EQ(model.schema.missing_column, alerts::Action::stop);
  EXPECT_EQ(model.schema.type_change, alerts::Action::stop);
  EXPECT_EQ(model.schema.unknown_category, alerts::Action::notify);
}

TEST(Config, DerivesSkewAndWindowFromTheSlot) {
  const Config config = parsed(kLeast + "slot: 7m\n");
  EXPECT_EQ(config.models.of("m").window, 63 * kMinute);
  EXPECT_EQ(config.max_skew, kHour);
  EXPECT_EQ(parsed(kLeast + "slot: 1h\n").max_skew, 2 * kHour);
  EXPECT_EQ(parsed(kLeast + "slot: 1d\n").models.of("m").window, kDay);
}

TEST(Config, ReadsEveryKey) {
  const Config config = parsed(kFull);
  EXPECT_EQ(config.kafka.topics.predictions, (std::vector<TopicConfig>{{"p"}, {"q"}}));
  EXPECT_EQ(config.kafka.topics.feedback, (std::vector<TopicConfig>{{"f"}}));
  EXPECT_EQ(format_rfc3339(std::get<Time>(config.kafka.start)), "2026-11-20T08:00:00Z");
  const ModelConfig& credit = config.models.of("credit");
  EXPECT_EQ(credit.task, detectors::Task::binary);
  EXPECT_EQ(credit.positive, "1");
  EXPECT_EQ(credit.columns.at("x").detectors.at(0).kind, "adwin");
  EXPECT_TRUE(credit.columns.at("zip").ignore);
  EXPECT_EQ(credit.columns.at("x").importance, 2);
  EXPECT_EQ(credit.season,
            (SeasonConfig{SeasonConfig::Cells::hour_of_week, "Europe/Berlin", {20813, 20812}}));
  EXPECT_EQ(credit.budget, (BudgetConfig{.5, 7 * kDay, {.2, .10, .15, .15, .15, 0}}));
  EXPECT_TRUE(credit.reference.trust);
  EXPECT_EQ(config.models.of("plain").season.cells, SeasonConfig::Cells::none);
  EXPECT_EQ(config.models.of("plain").reference.source, ReferenceConfig::Source::automatic);
  EXPECT_EQ(credit.segments,
            (std::vector<SegmentConfig>{
                {{"country", {}}}, {{"age", {25, 45.5}}}, {{"country", {}}, {"device", {}}}}));
  EXPECT_EQ(credit.schema.unknown_category, std::nullopt);
  EXPECT_EQ(credit.rules.at(0).hold, 30 * kMinute);
  EXPECT_EQ(credit.rules.at(3).new_labels, 50'000);
  EXPECT_EQ(config.alerts.webhooks.at(0).cooldown, 6 * kHour);
}

TEST(Config, InheritsKeyByKey) {
  const Config config = parsed(kFull);
  const ModelConfig& credit = config.models.of("credit");
  EXPECT_EQ(credit.threshold, 0.25);
  EXPECT_EQ(credit.columns.at("x").bins, 7U);
  EXPECT_EQ(credit.columns.at("x").type, DeclaredType::numeric);
  EXPECT_EQ(credit.reference.duration, 14 * kDay);
  EXPECT_EQ(config.models.of("plain").threshold, 0.25);
  EXPECT_EQ(config.models.of("unknown").columns.at("x").bins, 7U);
  const Config own =
      parsed(kLeast + "models: {default: {reference: {first: 14d}}, m: {reference: {first: 5}}}\n");
  EXPECT_EQ(own.models.of("m").reference,
            (ReferenceConfig{ReferenceConfig::Source::first_rows, "", 5, 0, false, {}}));
}

TEST(Config, TakesInterpolationBareAlsoWhereBracesAreSyntax) {
  const Config config =
      parsed(kLeast +
             "storage: {path: ${NONE:-/a, [b]: #c}, retention: 7d}\n"
             "metrics: {statistics: [${NONE:-psi}, ks]}\n"
             "alerts: {webhooks: [{name: w, url: ${file:/run/secrets/url}, body: '{\"a\":\"$${x}\"}'}]}\n");
  EXPECT_EQ(config.storage.path, "/a, [b]: #c");
  EXPECT_EQ(config.storage.retention, 7 * kDay);
  EXPECT_THAT(config.metrics.statistics, ElementsAre("psi", "ks"));
  EXPECT_EQ(config.alerts.webhooks.at(0).url.text, "http://hooks.example/T0K3N");
  EXPECT_EQ(config.alerts.webhooks.at(0).body->text, R"({"a":"${x}"})");
}

TEST(Config, SeeksProfilesBesideItself) {
  const auto directory = std::filesystem::path(testing::TempDir()) / "config_load";
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "m.profile.json") << detectors::to_json(a_profile());
  std::ofstream(directory / "none.json") << "{}";
  std::ofstream(directory / "driftd.yaml") << kLeast << "models: {m: {reference: {file: m.profile.json}}}\n";
  const LoadedConfig loaded = load_config((directory / "driftd.yaml").string());
  EXPECT_EQ(to_text(loaded.faults), "");
  EXPECT_EQ(loaded.config.models.of("m").reference.file, (directory / "m.profile.json").string());
  EXPECT_EQ(loaded.config.models.of("m").effective_new_version(), NewVersion::inherit);
  std::ofstream(directory / "driftd.yaml") << kLeast << "models: {m: {reference: {file: none.json}}}\n";
  EXPECT_THAT(to_text(load_config((directory / "driftd.yaml").string()).faults),
              HasSubstr("driftd.yaml:2: models.m.reference.file: " + (directory / "none.json").string() +
                        " is no profile: "));
}

TEST(Config, WantsTheSameBinsOfAllRegimes) {
  const auto directory = std::filesystem::path(testing::TempDir()) / "config_regimes";
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "a.json") << detectors::to_json(a_profile());
  std::ofstream(directory / "b.json") << detectors::to_json(a_profile());
  std::ofstream(directory / "c.json") << detectors::to_json(a_profile(12));
  const auto faults_with = [&](const std::string& regimes) {
    std::ofstream(directory / "driftd.yaml")
        << kLeast << "models: {m: {reference: {file: a.json, regimes: " << regimes << "}}}\n";
    const LoadedConfig loaded = load_config((directory / "driftd.yaml").string());
    EXPECT_THAT(loaded.config.models.of("m").reference.regimes,
                testing::Each(testing::StartsWith(directory.string())));
    return to_text(loaded.faults);
  };
  EXPECT_EQ(faults_with("[b.json]"), "");
  EXPECT_THAT(faults_with("[b.json, c.json]"),
              HasSubstr("models.m.reference.regimes[1]: " + (directory / "c.json").string() +
                        " has other bins of x than the reference"));
  EXPECT_THAT(faults_with("[gone.json]"), HasSubstr("regimes[0]: the file"));
}

TEST(Config, RefusesWhatContradictsTheReferenceFile) {
  const auto directory = std::filesystem::path(testing::TempDir()) / "config_agreement";
  std::filesystem::create_directories(directory);
  detectors::RowTable rows{{"x"}, {}};
  for (int i = 0; i < 20; ++i) {
    detectors::RawRow& row = rows.rows.emplace_back();
    row.values = {{Value::Kind::number, static_cast<double>(i), ""}};
    row.predicted.label = i % 2 == 0 ? "good" : "bad";
  }
  std::ofstream(directory / "a.json")
      << detectors::to_json(*detectors::build_profile(detectors::table_of(rows), {}));
  const auto faults_with = [&](const std::string& keys) {
    std::ofstream(directory / "driftd.yaml")
        << kLeast << "models:\n  m:\n    reference: {file: a.json}\n    " << keys << "\n";
    return to_text(load_config((directory / "driftd.yaml").string()).faults);
  };
  EXPECT_EQ(faults_with("task: binary"), "");
  EXPECT_EQ(faults_with("positive: good"), "");
  EXPECT_EQ(faults_with("columns: {x: {ignore: true, type: numeric}}"), "");
  EXPECT_EQ(faults_with("positive: bad"), "");
  EXPECT_THAT(faults_with("positive: maybe"),
              HasSubstr("driftd.yaml:5: models.m.positive: the profile " + (directory / "a.json").string() +
                        " was made for bad and good; make it anew with `driftd profile -c`"));
  EXPECT_THAT(faults_with("task: regression"), HasSubstr("models.m.task: the profile"));
  rows.rows[3].predicted.label.reset();
  rows.rows[3].predicted.score = .7;
  std::ofstream(directory / "a.json")
      << detectors::to_json(*detectors::build_profile(detectors::table_of(rows), {}));
  EXPECT_THAT(faults_with("positive: bad"), HasSubstr("was made for good, by which its scores were read"));
  EXPECT_THAT(faults_with("threshold: 0.3"), HasSubstr("models.m.threshold: the profile"));
  EXPECT_THAT(faults_with("columns: {x: {type: categorical}}"),
              HasSubstr("models.m.columns.x.type: is numeric in"));
}

TEST(Config, NeedsNoKafkaForAReplay) {
  EXPECT_TRUE(parse_config("slot: 1m\n", "f.yaml", {world(), false}).ok());
  EXPECT_FALSE(parse_config("kafka: {brokers: []}\n", "f.yaml", {world(), false}).ok());
}

TEST(Config, ReadsBackWhatItShows) {
  for (const std::string& text : {kLeast, kFull}) {
    const Config config = parsed(text);
    std::string yaml = config_as_yaml(config);
    // Secrets cannot come back; words of the right form stand in for them.
    for (const char* word : {"url: \"<secret>\"", "- \"<secret>\""}) {
      const std::size_t at = yaml.find(word);
      if (at == std::string::npos) continue;
      yaml.replace(yaml.find("\"<secret>\"", at), 10,
                   word[0] == 'u' ? "http://x/" : "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }
    const Config again = parsed(yaml);
    EXPECT_EQ(config_as_json(again).size() > 0, true);
    auto a = nlohmann::json::parse(config_as_json(config));
    auto b = nlohmann::json::parse(config_as_json(again));
    a.erase("alerts");
    b.erase("alerts");
    EXPECT_EQ(a, b);
  }
}

TEST(Config, ShowsJsonWithNumbersBare) {
  const auto json = nlohmann::json::parse(config_as_json(parsed(kFull)));
  EXPECT_EQ(json["threads"], 3);
  EXPECT_EQ(json["slot"], "7m");
  EXPECT_EQ(json["metrics"]["segments"], false);
  EXPECT_EQ(json["models"]["credit"]["positive"], "1");
  EXPECT_EQ(json["models"]["credit"]["window"], "14m");
  EXPECT_EQ(json["models"]["plain"]["window"], "63m");
  EXPECT_EQ(json["kafka"]["start"], "2026-11-20T08:00:00Z");
}

TEST(Config, NeverShowsASecret) {
  const Config config = parsed(kFull);
  for (const std::string& text : {config_as_json(config), config_as_yaml(config)}) {
    EXPECT_THAT(text, Not(HasSubstr("hunter2")));
    EXPECT_THAT(text, Not(HasSubstr("T0K3N")));
    EXPECT_THAT(text, Not(HasSubstr("MfKQ9r8GKYqr")));
    EXPECT_THAT(text, HasSubstr("<secret>"));
  }
  const std::string faulty =
      kLeast +
      "slot: ${WEBHOOK_SECRET}\nlog: {level: '${file:/run/secrets/url}'}\n"
      "alerts: {webhooks: [{name: w, url: 'x${file:/run/secrets/url}', secret: hunter2}]}\n";
  const std::string told = to_text(parse(faulty).faults);
  EXPECT_THAT(told, HasSubstr("slot: "));
  EXPECT_THAT(told, HasSubstr("log.level: "));
  EXPECT_THAT(told, Not(HasSubstr("MfKQ9r8GKYqr")));
  EXPECT_THAT(told, Not(HasSubstr("T0K3N")));
  EXPECT_THAT(told, Not(HasSubstr("hunter2")));
}

TEST(Reload, NamesTheKeysThatNeedARestart) {
  const Config before = parsed(kFull);
  EXPECT_THAT(keys_that_need_restart(before, before), ElementsAre());
  Config after = parsed(kFull);
  after.dedupe = kMinute;
  after.kafka.properties["ssl.key.password"] = "other";
  after.log.level = LogLevel::error;
  after.models.standard.threshold = 0.9;
  EXPECT_THAT(keys_that_need_restart(before, after), ElementsAre("kafka.properties", "dedupe"));
}

TEST(Documentation, IsWhatTheTablesSay) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/docs/configuration.md");
  const std::string committed((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(committed, configuration_page()) << "run: driftd docs configuration > docs/configuration.md";
}

}  // namespace
}  // namespace driftd::app
