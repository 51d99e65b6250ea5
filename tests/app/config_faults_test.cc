// Every kind of fault, each with its line, key and words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config/load.h"

namespace driftd::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Surroundings nothing_outside() {
  return {[](const std::string&) -> std::optional<std::string> { return std::nullopt; },
          [](const std::string& path) -> Result<std::string> {
            return Error{ErrorCode::io, "the file " + path + " cannot be read"};
          }};
}

std::vector<std::string> faults_of(const std::string& text) {
  const LoadedConfig loaded = parse_config(text, "f.yaml", {nothing_outside(), true});
  std::vector<std::string> texts;
  for (const Fault& fault : loaded.faults) texts.push_back(driftd::to_text(fault));
  return texts;
}

// Two lines that are right; what a case adds begins on line 3.
const std::string kRight = "kafka: {brokers: [localhost:9092], topics: {predictions: [predictions]}}\n\n";

struct Case {
  const char* text;
  const char* fault;
};
class ConfigFault : public testing::TestWithParam<Case> {};

TEST_P(ConfigFault, IsToldOnceWithLineKeyAndWords) {
  EXPECT_THAT(faults_of(kRight + GetParam().text), ElementsAre(std::string("f.yaml:") + GetParam().fault))
      << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    WholeService, ConfigFault,
    testing::Values(
        Case{"slto: 60s", "3: slto: unknown key slto; did you mean slot?"},
        Case{"budgets: 1",
             "3: budgets: unknown key budgets; known keys: kafka, storage, http, service, log, slot, "
             "lateness, "
             "idle_after, max_skew, max_ahead, dedupe, join, metrics, limits, threads, unknown_models, "
             "models, "
             "alerts"},
        Case{"slot: 60", "3: slot: expected a duration such as 90s, 5m or 14d, not \"60\""},
        Case{"slot: 0s", "3: slot: \"0s\" is out of range: [1ms, 366d]"},
        Case{"slot:", "3: slot: expected a duration such as 90s, 5m or 14d, not nothing"},
        Case{"slot: 1m\nslot: 1m", "4: slot: stands twice"},
        Case{"slot: 1h\nmax_skew: 90m", "4: max_skew: 90m is less than two slots, 2h"},
        Case{"threads: 65", "3: threads: \"65\" is out of range: [1, 64]"},
        Case{"unknown_models: lern",
             "3: unknown_models: expected one of learn, ignore, reject, not \"lern\"; did you mean learn?"},
        Case{"storage: {path: \"\"}", "3: storage.path: must not be empty"},
        Case{"storage:\n  retention: forever",
             "4: storage.retention: expected a duration such as 90s, 5m or 14d, not \"forever\""},
        Case{"http: {listen: here}",
             "3: http.listen: expected an address and a port such as 127.0.0.1:9108, not \"here\""},
        Case{
            "http: {listen: \"127.0.0.1:99999\"}",
            "3: http.listen: expected an address and a port such as 127.0.0.1:9108, not \"127.0.0.1:99999\""},
        Case{"http: {tls: {cert_file: a}}", "3: http.tls.key_file: is required"},
        Case{"http: {tls: {cert_file: /gone/a.pem, key_file: b}}",
             "3: http.tls: the certificate /gone/a.pem cannot be used: No such file or directory"},
        Case{"http: {bearer_token: ''}",
             "3: http.bearer_token: must not be empty, nor hold spaces or control characters"},
        Case{"http: {bearer_token: [good, 'not good']}",
             "3: http.bearer_token: must not be empty, nor hold spaces or control characters"},
        Case{"http:\n  basic_auth: {alice: hunter2}",
             "4: http.basic_auth.alice: is no hash of a password (bcrypt $2y$, SHA-crypt $6$ or yescrypt "
             "$y$); make one with `htpasswd -nBC 10 \"\" | tr -d ':\\n'` or `openssl passwd -6`"},
        Case{"service: {stop_within: 0s}", "3: service.stop_within: \"0s\" is out of range: [1s, 1h]"},
        Case{"log: {format: xml}", "3: log.format: expected one of logfmt, json, not \"xml\""},
        Case{"metrics: {statistics: [psi, kss]}",
             "3: metrics.statistics[1]: expected one of psi, jensen_shannon, kl, hellinger, total_variation, "
             "ks, "
             "cramer_von_mises, anderson_darling, kuiper, wasserstein, wasserstein_normed, energy, "
             "mann_whitney, "
             "auc, welch_t, chi_square, g_test, missing_delta, fisher, not \"kss\"; did you mean ks?"},
        Case{"limits: {max_record: 8XB}", "3: limits.max_record: expected a size such as 8MB, not \"8XB\""},
        Case{"limits: {max_models: 0}", "3: limits.max_models: \"0\" is out of range: [1, 1000000]"},
        Case{"limits: [1]", "3: limits: expected keys with values, not a list"},
        Case{"join: {max_waiting: -1}", "3: join.max_waiting: \"-1\" is out of range: [1, 10000000000]"},
        Case{"log: {level: ${LEVEL}}",
             "3: log.level: the environment variable LEVEL is not set; give it, or write ${LEVEL:-default}"},
        Case{"storage: {path: '${file:/gone}'}", "3: storage.path: the file /gone cannot be read"},
        Case{"? [a, b]\n: 1", "3: a key must be a plain text"}));

INSTANTIATE_TEST_SUITE_P(
    Models, ConfigFault,
    testing::Values(
        Case{"models:\n  credit: {budget: {alerts: 0}}",
             "4: models.credit.budget.alerts: \"0\" is out of range: (0, 1000]"},
        Case{"models:\n  credit: {budget: {per: 0s}}",
             "4: models.credit.budget.per: \"0s\" is out of range: [1h, 3660d]"},
        Case{"models:\n  credit:\n    budget:\n      kinds: {dat: 1}",
             "6: models.credit.budget.kinds.dat: unknown key dat; did you mean data?"},
        Case{"models:\n  credit: {budget: {kinds: {data: -1}}}",
             "4: models.credit.budget.kinds.data: \"-1\" is out of range: [0, 1000]"},
        Case{"models:\n  credit: {budget: {kinds: {data: 0, covariate: 0, prediction: 0, concept: 0, "
             "performance: 0, labels: 0}}}",
             "4: models.credit.budget.kinds: leaves no kind a share"},
        Case{
            "models:\n  credit: {season: {cells: hour_of_day}}",
            "4: models.credit.season.cells: expected one of hour_of_week, none, not \"hour_of_day\"; did you "
            "mean hour_of_week?"},
        Case{"models:\n  credit:\n    season:\n      timezone: Europe/Berln",
             "6: models.credit.season.timezone: unknown time zone Europe/Berln; did you mean Europe/Berlin?"},
        Case{"models:\n  credit: {season: {timezone: ../../../etc/passwd}}",
             "4: models.credit.season.timezone: unknown time zone ../../../etc/passwd"},
        Case{"models:\n  credit: {season: {holidays: [2026-12-25, 2026-02-30]}}",
             "4: models.credit.season.holidays[1]: expected a day such as 2026-12-25, not \"2026-02-30\""},
        Case{"models:\n  credit: {season: {holidays: [2026-12-25, 2026-12-25]}}",
             "4: models.credit.season.holidays[1]: stands twice"},
        Case{"models:\n  credit:\n    columns:\n      income: {importance: -1}",
             "6: models.credit.columns.income.importance: \"-1\" is out of range: [0, 1000]"},
        Case{"models:\n  credit: {tresh: 1}",
             "4: models.credit.tresh: unknown key tresh; did you mean threshold?"},
        Case{"models:\n  credit: {threshold: 1.5}",
             "4: models.credit.threshold: \"1.5\" is out of range: [0, 1]"},
        Case{"models:\n  credit: {task: regression, threshold: 0.5}",
             "4: models.credit.threshold: is of binary tasks only, and the task is regression"},
        Case{"models:\n  credit: {window: 90s}", "4: models.credit.window: 90s is no multiple of slot, 1m"},
        Case{"models:\n  default: {window: 90s}\n  credit: {task: none}",
             "4: models.default.window: 90s is no multiple of slot, 1m"},
        Case{"models:\n  default: {threshold: x}\n  credit: {task: binary}",
             "4: models.default.threshold: expected a number, not \"x\""},
        Case{"models:\n  credit: 5", "4: models.credit: expected keys with values, not \"5\""},
        Case{"models:\n  credit: {reference: {file: /gone.json}}",
             "4: models.credit.reference.file: the file /gone.json cannot be read"},
        Case{"models:\n  credit: {reference: {file: a, first: 5}}",
             "4: models.credit.reference: needs one of file and first, not both"},
        Case{"models:\n  credit: {reference: {trust: false}}",
             "4: models.credit.reference: needs one of file and first"},
        Case{"models:\n  credit: {reference: {first: 14d, regimes: [b.json]}}",
             "4: models.credit.reference.regimes: needs file"},
        Case{"models:\n  credit: {reference: {first: 0}}",
             "4: models.credit.reference.first: \"0\" is out of range: >= 1"},
        Case{"models:\n  credit: {reference: {first: soon}}",
             "4: models.credit.reference.first: expected a number of events such as 20000 or a duration such "
             "as "
             "14d, not \"soon\""},
        Case{"models:\n  credit: {reference: {first: 14d, trust: perhaps}}",
             "4: models.credit.reference.trust: expected true or false, not \"perhaps\""},
        Case{"models:\n  credit: {reference: learn}",
             "4: models.credit.reference: expected auto, {file: …} or {first: …}, not \"learn\""},
        Case{"models:\n  credit:\n    columns:\n      income: {bins: 1}",
             "6: models.credit.columns.income.bins: \"1\" is out of range: [2, 200]"},
        Case{"models:\n  credit:\n    columns:\n      income: {detectors: [{kind: adwinn}]}",
             "6: models.credit.columns.income.detectors[0].kind: expected one of adwin, "
             "conformal_martingale, cusum, "
             "ddm, e_cusum, ecdd, eddm, ewma, fhddm, gma, hddm_a, hddm_w, kswin, mddm, page_hinkley, rddm, "
             "seed, "
             "shiryaev_roberts, stepd, not "
             "\"adwinn\"; did you mean adwin?"},
        Case{"models:\n  credit:\n    columns:\n      income: {detectors: [{delta: 0.1}]}",
             "6: models.credit.columns.income.detectors[0].kind: is required"},
        Case{"models:\n  credit:\n    columns:\n      income: {detectors: [{kind: adwin}, {kind: adwin}]}",
             "6: models.credit.columns.income.detectors: adwin stands twice"},
        Case{"models:\n  credit: {segments: [{column: age, cuts: [45, 25]}]}",
             "4: models.credit.segments[0].cuts: must rise"},
        Case{"models:\n  credit: {segments: [[country, country]]}",
             "4: models.credit.segments[0]: country stands twice"},
        Case{"models:\n  credit: {schema: {type_change: halt}}",
             "4: models.credit.schema.type_change: expected one of stop, retrain, notify, off, not "
             "\"halt\""}));

INSTANTIATE_TEST_SUITE_P(
    Rules, ConfigFault,
    testing::Values(
        Case{"models:\n  m:\n    rules:\n      - {name: a, metric: acuracy, below: 0.8}",
             "6: models.m.rules[0].metric: expected one of accuracy, precision, recall, f1, "
             "roc_auc, log_loss, "
             "brier, calibration_error, mae, rmse, mape, r2, volume, error_rate, latency_p50, latency_p90, "
             "latency_p95, latency_p99, not \"acuracy\"; did you mean accuracy?"},
        Case{"models:\n  m:\n    rules:\n      - {name: a, metric: f1, below: 0.8}\n      - "
             "{name: a, new_labels: 5}",
             "7: models.m.rules[1].name: the rule a stands twice"},
        Case{"models:\n  m:\n    rules: [{name: a, metric: f1, below: 0.8, action: promote}]",
             "5: models.m.rules[0].action: expected one of notify, retrain, stop, not \"promote\""},
        Case{"models:\n  m:\n    comparisons: [{name: a, champion: {version: 7}}]",
             "5: models.m.comparisons[0].challenger: is required"},
        Case{"models:\n  m:\n    comparisons: [{name: a, champion: {version: 7}, challenger: {}}]",
             "5: models.m.comparisons[0].challenger: needs a `version` or a `variant`"},
        Case{"models:\n  m:\n    comparisons: [{name: a, champion: {version: 7}, challenger: {version: 7}}]",
             "5: models.m.comparisons[0].challenger: is the champion itself"},
        Case{"models:\n  m:\n    task: binary\n    comparisons: [{name: a, champion: {version: 7}, "
             "challenger: {version: 8}, metric: squared_error}]",
             "6: models.m.comparisons[0].metric: squared_error is no loss of the task binary"},
        Case{"models:\n  m:\n    comparisons: [{name: a, champion: {version: 7}, challenger: {version: 8}, "
             "metric: brier, bound: 2}]",
             "5: models.m.comparisons[0].bound: belongs to log_loss, absolute_error and squared_error; brier "
             "has "
             "its own"},
        Case{"models:\n  m:\n    comparisons:\n      - {name: a, champion: {version: 7}, challenger: "
             "{version: 8}}"
             "\n      - {name: a, champion: {version: 7}, challenger: {variant: b}}",
             "7: models.m.comparisons[1].name: the comparison a stands twice"},
        Case{"models:\n  m:\n    columns: {x: {ignore: true}}\n    rules:\n      - {name: a, "
             "column: x, statistic: "
             "psi, above: 1}",
             "7: models.m.rules[0].column: x is ignored"},
        Case{"models:\n  m:\n    rules:\n      - {name: a, column: x, segment: c=DE, statistic: "
             "psi, above: 1}",
             "6: models.m.rules[0].segment: c=DE is of no segment that the model declares"}));

INSTANTIATE_TEST_SUITE_P(
    Alerts, ConfigFault,
    testing::Values(
        Case{"alerts: {digest: 1h}", "3: alerts.digest: expected keys with values, not \"1h\""},
        Case{"alerts:\n  digest: {alpha: 0.1}", "4: alerts.digest.at: is required"},
        Case{"alerts:\n  digest: {at: \"0 25 * * *\"}", "4: alerts.digest.at: hour: \"25\" is not 0 to 23"},
        Case{"alerts:\n  digest: {at: \"@daily\", alpha: 1}",
             "4: alerts.digest.alpha: \"1\" is out of range: (0, 1)"},
        Case{"alerts:\n  digest: {at: \"@daily\", timezone: Europe/Berln}",
             "4: alerts.digest.timezone: unknown time zone Europe/Berln; did you mean Europe/Berlin?"},
        Case{"alerts:\n  webhooks:\n    - {name: a, url: 'http://x/'}\n    - {name: a, url: 'http://y/'}",
             "6: alerts.webhooks[1].name: the webhook a stands twice"},
        Case{"alerts: {allowed_hosts: ['https://x']}",
             "3: alerts.allowed_hosts[0]: is no host: expected a name such as hooks.example, *.example, an "
             "address, or a range such as 10.0.0.0/8; without scheme and port"},
        Case{"alerts:\n  allowed_hosts: [x, '*.y']\n  webhooks:\n    - {name: a, url: 'http://x/'}\n"
             "    - {name: b, url: 'http://q.y/'}\n    - {name: c, url: 'http://z/'}",
             "8: alerts.webhooks[2].url: alerts.allowed_hosts does not name the host z"},
        Case{"alerts:\n  allowed_hosts: [x]\n  webhooks:\n"
             "    - {name: a, url: 'http://{{ model }}/'}\n    - {name: b, url: 'http://x/', proxy_url: "
             "'http://p:80'}",
             "7: alerts.webhooks[1].proxy_url: alerts.allowed_hosts does not name the host p"},
        Case{"alerts:\n  allowed_hosts: [x]\n  webhooks:\n    - name: a\n      url: 'http://x/'\n"
             "      oauth2: {client_id: c, client_secret: s, token_url: 'http://t/'}",
             "8: alerts.webhooks[0].oauth2.token_url: alerts.allowed_hosts does not name the host t"},
        Case{"alerts:\n  allowed_hosts: [x]\n  webhooks:\n    - {name: a, target: pagerduty, with: "
             "{routing_key: k}}",
             "6: alerts.webhooks[0].url: alerts.allowed_hosts does not name the host events.pagerduty.com"}));

TEST(ConfigFaults, OfKafkaAreTold) {
  EXPECT_THAT(faults_of(""), ElementsAre("f.yaml:1: kafka.brokers: is required",
                                         "f.yaml:1: kafka.topics.predictions: is required"));
  EXPECT_THAT(
      faults_of("slot: 60s\nkafka:\n  group: g"),
      ElementsAre("f.yaml:2: kafka.brokers: is required", "f.yaml:2: kafka.topics.predictions: is required"));
  EXPECT_THAT(faults_of("kafka:\n  brokers: []\n  topics: {predictions: []}"),
              ElementsAre("f.yaml:2: kafka.brokers: names no broker",
                          "f.yaml:3: kafka.topics.predictions: names no topic"));
  const std::string begin = "kafka:\n  brokers: [a:1]\n  topics: {predictions: [p, ";
  EXPECT_THAT(faults_of(begin + "p]}"),
              ElementsAre("f.yaml:3: kafka.topics.predictions: the topic p stands twice"));
  EXPECT_THAT(
      faults_of(begin + "{name: k, format: kserve, model: m}]}"),
      ElementsAre("f.yaml:3: kafka.topics.predictions[1].format: the format kserve is not supported by "
                  "this version",
                  "f.yaml:3: kafka.topics.predictions[1].model: not supported by this version"));
  EXPECT_THAT(
      faults_of(begin + "q]}\n  dead_letter_topic: q"),
      ElementsAre("f.yaml:4: kafka.dead_letter_topic: is also a topic that driftd reads: its dead letters "
                  "would come back"));
  EXPECT_THAT(faults_of(begin + "q]}\n  pairing: {timeout: 60s}"),
              ElementsAre("f.yaml:4: kafka.pairing: not supported by this version"));
  EXPECT_THAT(faults_of(begin + "q]}\n  start: yesterday"),
              ElementsAre("f.yaml:4: kafka.start: expected latest, earliest, committed, or a time such as "
                          "2026-11-20T08:00:00Z, not \"yesterday\""));
  EXPECT_THAT(
      faults_of(begin + "q]}\n  properties: {group.id: x, enable.auto.commit: true}"),
      ElementsAre("f.yaml:4: kafka.properties.group.id: is set by driftd itself and cannot be set here",
                  "f.yaml:4: kafka.properties.enable.auto.commit: is set by driftd itself and cannot be "
                  "set here"));
  EXPECT_THAT(faults_of(begin + "q]}\n  properties: {no.such.thing: x}"),
              ElementsAre(HasSubstr("f.yaml:4: kafka.properties.no.such.thing: ")));
}

TEST(ConfigFaults, AreToldAllAtOnceInTheOrderOfLines) {
  EXPECT_THAT(faults_of("models:\n  m: {threshold: 2}\nslot: x\nkafka: {brokers: [b]}\nnonsense: 1\n"),
              ElementsAre(HasSubstr(":2: models.m.threshold: "), HasSubstr(":3: slot: "),
                          "f.yaml:4: kafka.topics.predictions: is required", HasSubstr(":5: nonsense: ")));
}

TEST(ConfigFaults, OfSyntaxHaveALine) {
  EXPECT_THAT(faults_of(kRight + "slot: [1"), ElementsAre(HasSubstr("f.yaml:3: no YAML: ")));
  EXPECT_THAT(faults_of("slot: 1m\n\tx: 1"), ElementsAre(HasSubstr("f.yaml:2: no YAML: ")));
  EXPECT_THAT(faults_of("slot: *nowhere"), ElementsAre(HasSubstr("f.yaml:1: no YAML: ")));
  EXPECT_THAT(faults_of("[1, 2]"), ElementsAre("f.yaml:1: expected keys with values, not a list"));
  EXPECT_THAT(faults_of(kRight + "---\nslot: 1m"), ElementsAre(HasSubstr("more than one document")));
  EXPECT_THAT(faults_of(",a: b\nc:"), ElementsAre(HasSubstr("document")));  // yaml-cpp's own loop has no end
}

TEST(ConfigFaults, OfAFileThatIsNotThereNameIt) {
  const LoadedConfig loaded = load_config("/nowhere/driftd.yaml");
  EXPECT_EQ(to_text(loaded.faults), "/nowhere/driftd.yaml: the file /nowhere/driftd.yaml cannot be read\n");
}

TEST(ConfigFaults, StopAnExplosionOfAliases) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_THAT(faults_of(bomb), testing::Contains(HasSubstr("the file holds too many values")));
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "[";
  for (int i = 0; i < 200; ++i) deep += "]";
  EXPECT_THAT(faults_of("slot: " + deep), testing::Contains(HasSubstr("nested too deeply")));
}

}  // namespace
}  // namespace driftd::app
