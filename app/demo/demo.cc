#include "app/demo/demo.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <random>

#include "alerts/signature.h"
#include "app/config/load.h"
#include "app/demo/producer.h"
#include "app/demo/receiver.h"
#include "app/http/client.h"
#include "app/service.h"
#include "app/signals.h"
#include "app/wall_clock.h"
#include "collector/kafka_mock.h"

namespace driftd::app {

namespace {

constexpr std::chrono::seconds kPatience{120};

Secret random_secret() {
  std::random_device random;
  std::string key;
  for (int i = 0; i < 32; ++i) key.push_back(static_cast<char>(random()));
  return Secret("whsec_" + alerts::base64(key));
}

// A directory that goes with the demo.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "driftd-demo-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string configuration(const std::vector<std::string>& brokers, const DemoOptions& options,
                          const std::string& store, const std::string& receiver, const Secret& secret) {
  const nlohmann::json config = {
      {"kafka",
       {{"brokers", brokers},
        {"start", "earliest"},
        {"topics", {{"predictions", {"predictions"}}, {"feedback", {"feedback"}}}}}},
      {"storage", {{"path", store}, {"checkpoint_every", "1s"}}},
      {"http", {{"listen", options.listen}}},
      {"log", {{"level", "warn"}}},
      {"models",
       {{"credit",
         {{"task", "binary"},
          {"positive", "bad"},
          {"reference", {{"first", 5000}}},
          {"rules",
           {{{"name", "income-psi"},
             {"column", "income"},
             {"statistic", "psi"},
             {"above", 0.25},
             {"for", "10m"},
             {"action", "retrain"}},
            {{"name", "accuracy-floor"},
             {"metric", "accuracy"},
             {"below", 0.7},
             {"at_least", 500},
             {"action", "retrain"}}}}}}}},
      {"alerts",
       {{"webhooks",
         {{{"name", "retrain"},
           {"url", receiver},
           {"actions", {"retrain"}},
           {"secret", secret.reveal()}}}}}}};
  return config.dump();
}

// What has been seen of the story so far; tells each thing once.
class Story {
 public:
  Story(std::ostream& out, std::string url) : out_(out), url_(std::move(url)) {}

  void tell(const std::string& line) { out_ << line << std::endl; }

  void watch_producer(const DemoProducer& producer) {
    for (; told_ < producer.planted().size() && producer.sent() > producer.planted()[told_].event; ++told_)
      tell("drift    planted at event " + std::to_string(producer.planted()[told_].event) + " (" +
           format_rfc3339(producer.planted()[told_].time) + "): " + producer.planted()[told_].what);
  }

  void watch_incidents(const std::vector<alerts::IncidentEvent>& events, const DemoProducer& producer) {
    for (const alerts::IncidentEvent& event : events) {
      tell("incident " + std::string(alerts::name_of(event.type)) + " at " + format_rfc3339(event.time) +
           ": " + event.incident.findings.summary + "  [" + event.incident.id + "]");
      const bool after = event.time > producer.planted().front().time;
      found_ |= after && event.type == alerts::EventType::opened;
    }
  }

  void watch_receiver(std::vector<ReceivedWebhook> webhooks) {
    for (const ReceivedWebhook& webhook : webhooks) {
      const auto body = nlohmann::json::parse(webhook.body, nullptr, false);
      tell("webhook  received: " + (body.is_object() ? body.value("type", "?") : "no JSON") + ", " +
           (webhook.signature_holds ? "signature valid" : "SIGNATURE NOT VALID") + ", webhook-id " +
           webhook.id);
      received_ |= webhook.signature_holds;
    }
  }

  void watch_metrics(const std::string& page) {
    if (shown_ || page.empty()) return;
    const std::size_t at = page.find("\ndriftd_incident_active{model=\"credit\"");
    if (at == std::string::npos) return;
    const std::string line = page.substr(at + 1, page.find('\n', at + 1) - at - 1);
    if (!line.ends_with(" 1")) return;
    tell("metrics  " + url_ + "/metrics shows " + line);
    shown_ = true;
  }

  [[nodiscard]] bool complete() const { return found_ && received_ && shown_; }
  [[nodiscard]] bool wants_metrics() const { return found_ && !shown_; }

 private:
  std::ostream& out_;
  std::string url_;
  std::size_t told_ = 0;
  bool found_ = false, received_ = false, shown_ = false;
};

struct Stage {
  std::unique_ptr<collector::KafkaMock> broker;
  std::unique_ptr<DemoReceiver> receiver;
  std::unique_ptr<Service> service;
  std::unique_ptr<DemoProducer> producer;
};

Status build(Stage& stage, const DemoOptions& options, const std::string& folder) {
  auto broker = collector::KafkaMock::start();
  if (!broker.ok()) return broker.error();
  stage.broker = std::move(*broker);
  for (const auto& [topic, partitions] :
       {std::pair("predictions", 4), std::pair("feedback", 2), std::pair("driftd.dead-letters", 1)})
    if (Status made = stage.broker->create_topic(topic, partitions); !made.ok()) return made;
  const Secret secret = random_secret();
  auto receiver = DemoReceiver::start(secret);
  if (!receiver.ok()) return receiver.error();
  stage.receiver = std::move(*receiver);
  LoadedConfig loaded = parse_config(
      configuration(stage.broker->brokers(), options, folder + "/store", stage.receiver->url(), secret),
      "demo.yaml");
  if (!loaded.ok()) return Error{ErrorCode::invalid, to_text(loaded.faults)};
  const Logger log(loaded.config.log.level, loaded.config.log.format);
  auto service = Service::start("demo.yaml", std::move(loaded.config), log);
  if (!service.ok()) return service.error();
  stage.service = std::move(*service);
  const Time now = wall_clock();
  const auto span =
      static_cast<Duration>(static_cast<double>(DemoProducer::kEvents) / DemoProducer::kEventsPerSecond) *
      kSecond;
  auto producer =
      DemoProducer::start(stage.broker->brokers(), slot_start(slot_of(now - span - kHour, kMinute), kMinute));
  if (!producer.ok()) return producer.error();
  stage.producer = std::move(*producer);
  return success();
}

bool play(Stage& stage, const DemoOptions& options, Signals& signals, std::ostream& out) {
  Story story(out, stage.service->url());
  story.tell("driftd   is up: " + stage.service->url() + "/metrics   /api/v1/models   /api/v1/incidents");
  story.tell("model    'credit' scores applicants into Kafka; the first 5,000 become its reference");
  const auto begin = std::chrono::steady_clock::now();
  auto looked = begin;
  bool told_end = false;
  while (signals.next() != Signals::Wish::stop) {
    if (const Status done = stage.service->turn(); !done.ok()) {
      story.tell("driftd   cannot go on: " + done.error().message);
      return false;
    }
    story.watch_producer(*stage.producer);
    story.watch_incidents(stage.service->take_events(), *stage.producer);
    story.watch_receiver(stage.receiver->take());
    const auto now = std::chrono::steady_clock::now();
    if (story.wants_metrics() && now - looked > std::chrono::milliseconds(500)) {
      looked = now;
      story.watch_metrics(stage.service->metrics());
    }
    if (options.once && (story.complete() || now - begin > kPatience)) break;
    if (!options.once && !told_end && stage.producer->sent() == DemoProducer::kEvents) {
      told_end = true;
      story.tell("model    has said all it had to say; driftd goes on serving until Ctrl-C");
    }
  }
  if (options.once)
    story.tell(story.complete()
                   ? "demo     drift found, webhook received with a valid signature, metrics show it"
                   : "demo     FAILED: not all of it happened");
  return story.complete();
}

}  // namespace

bool run_demo(const DemoOptions& options, std::ostream& out) {
  Signals signals;
  const TemporaryFolder folder;
  Stage stage;
  if (const Status built = build(stage, options, folder.path()); !built.ok()) {
    out << "driftd demo: " << built.error().message << '\n';
    return false;
  }
  const bool seen = play(stage, options, signals, out);
  stage.producer.reset();
  (void)stage.service->stop();
  stage.service.reset();
  return seen;
}

}  // namespace driftd::app
