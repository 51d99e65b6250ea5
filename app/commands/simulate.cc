// `driftd simulate`: events of a known stream, to a file, standard output, or Kafka.
#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "app/commands/command.h"
#include "app/progress.h"
#include "app/simulate/scenario.h"
#include "app/simulate/stream.h"
#include "app/wall_clock.h"
#include "collector/kafka_sink.h"

namespace driftd::app {
namespace {

using simulate::Scenario;
using simulate::StreamEvent;
using simulate::StreamOptions;

struct Options {
  std::string scenario;
  std::string file;
  std::vector<std::string> brokers;
  std::string topic = "predictions";
  std::string feedback_topic = "feedback";
  std::vector<std::string> properties;  // NAME=VALUE
  std::string start;
  std::string label_delay = "10m";
  bool realtime = false;
  StreamOptions stream;
};

// What cannot be taken as it was written; empty: nothing.
std::string read_times(Options& options) {
  if (options.start.empty() && options.realtime) options.start = "now";
  if (options.start == "now") {
    options.stream.start = wall_clock() / kSecond * kSecond;
  } else if (!options.start.empty()) {
    const auto start = parse_rfc3339(options.start);
    if (!start) return "--start: not a time such as 2026-01-01T00:00:00Z, nor now: " + options.start;
    options.stream.start = *start;
  }
  const auto delay = parse_duration(options.label_delay);
  if (!delay) return "--label-delay: not a duration such as 10m: " + options.label_delay;
  options.stream.label_delay = *delay;
  constexpr double kMostSeconds = 1e9;  // some thirty years
  if (static_cast<double>(options.stream.events) / options.stream.rate > kMostSeconds ||
      options.stream.start > kLatestTime - 2 * static_cast<Time>(kMostSeconds) * kSecond ||
      *delay > static_cast<Duration>(kMostSeconds) * kSecond) {
    return "the events would span more than thirty years: raise --rate or lower --events";
  }
  return {};
}

// Where the events go.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  virtual Status put(const StreamEvent& event) = 0;
  virtual Status close() = 0;
};

class Lines final : public Sink {
 public:
  Lines(std::ostream& out, std::string name, bool at_once)
      : out_(out), name_(std::move(name)), at_once_(at_once) {}
  Status put(const StreamEvent& event) override {
    out_ << event.json << '\n';
    if (at_once_) out_.flush();
    return out_ ? success() : fault();
  }
  Status close() override { return out_.flush() ? success() : fault(); }

 private:
  [[nodiscard]] Status fault() const { return Error{ErrorCode::io, "cannot write to " + name_}; }
  std::ostream& out_;
  std::string name_;
  bool at_once_;  // each line, since somebody waits for it
};

class Topics final : public Sink {
 public:
  Topics(std::unique_ptr<collector::KafkaSink> kafka, const Options& options)
      : kafka_(std::move(kafka)), topic_(options.topic), feedback_topic_(options.feedback_topic) {}

  Status put(const StreamEvent& event) override {
    const collector::OutgoingRecord record{.topic = event.feedback ? feedback_topic_ : topic_,
                                           .partition = std::nullopt,
                                           .key = event.id,
                                           .value = event.json,
                                           .headers = {},
                                           .timestamp = event.time};
    while (true) {
      Status sent = kafka_->produce(record);
      kafka_->poll(std::chrono::milliseconds(0));
      if (sent.ok() || sent.error().code != ErrorCode::unavailable) return sent;
      kafka_->poll(std::chrono::milliseconds(100));
    }
  }
  Status close() override {
    if (!kafka_->flush(std::chrono::seconds(60))) {
      return Error{ErrorCode::unavailable,
                   std::to_string(kafka_->pending()) + " events did not get to Kafka in 60 s"};
    }
    if (kafka_->failed() == 0) return success();
    return Error{ErrorCode::refused, "Kafka refused " + std::to_string(kafka_->failed()) + " events"};
  }

 private:
  std::unique_ptr<collector::KafkaSink> kafka_;
  std::string topic_, feedback_topic_;
};

Result<std::unique_ptr<Sink>> open_topics(const Options& options) {
  collector::KafkaConnection connection;
  connection.brokers = options.brokers;
  for (const std::string& property : options.properties) {
    const std::size_t equals = property.find('=');
    if (equals == std::string::npos) {
      return Error{ErrorCode::invalid, "--property: not NAME=VALUE: " + property};
    }
    connection.properties[property.substr(0, equals)] = property.substr(equals + 1);
  }
  auto kafka = collector::KafkaSink::open(connection);
  if (!kafka) return kafka.error();
  return std::unique_ptr<Sink>(std::make_unique<Topics>(std::move(*kafka), options));
}

void tell_changes(const Scenario& scenario, const simulate::Stream& stream, const StreamOptions& options,
                  std::ostream& err) {
  for (const simulate::Change& change : scenario.changes) {
    const std::uint64_t index = index_of(change, options.events);
    err << "event " << index << " (" << format_rfc3339(stream.time_of(index)) << "): " << change.what << '\n';
  }
}

Status pump(const Options& options, simulate::Stream& stream, Sink& sink, std::ostream& err) {
  Progress progress(err, standard_error_is_terminal(), "simulate");
  const auto begin = std::chrono::steady_clock::now();
  std::uint64_t done = 0;
  while (auto event = stream.next()) {
    if (options.realtime) {
      std::this_thread::sleep_until(begin + std::chrono::microseconds(event->time - options.stream.start));
    }
    if (Status put = sink.put(*event); !put) return put;
    progress.update(++done, 2 * options.stream.events);
  }
  return sink.close();
}

ExitStatus fail(Streams& streams, const Error& error) {
  streams.err << "driftd simulate: " << error.message << '\n';
  return error.code == ErrorCode::invalid ? ExitStatus::usage : ExitStatus::failed;
}

ExitStatus run(Options& options, Streams& streams) {
  const Scenario* scenario = simulate::find_scenario(options.scenario);
  if (scenario == nullptr) {
    return fail(streams, {ErrorCode::invalid, "no scenario " + options.scenario + "; there are\n\n" +
                                                  simulate::scenario_table()});
  }
  if (std::string fault = read_times(options); !fault.empty())
    return fail(streams, {ErrorCode::invalid, fault});
  std::ofstream file;
  std::unique_ptr<Sink> sink;
  if (!options.brokers.empty()) {
    auto topics = open_topics(options);
    if (!topics) return fail(streams, topics.error());
    sink = std::move(*topics);
  } else if (!options.file.empty()) {
    file.open(options.file, std::ios::binary);
    sink = std::make_unique<Lines>(file, options.file, options.realtime);
  } else {
    sink = std::make_unique<Lines>(streams.out, "standard output", options.realtime);
  }
  simulate::Stream stream(*scenario, options.stream);
  tell_changes(*scenario, stream, options.stream, streams.err);
  const Status status = pump(options, stream, *sink, streams.err);
  return status ? ExitStatus::done : fail(streams, status.error());
}

std::string details() {
  return "The same options give the same bytes on every machine. Each scenario's model is the true concept "
         "as it\n"
         "was before the first change. The scenarios, and the share of the events after which something "
         "changes\n"
         "(told with its time on standard error):\n\n" +
         simulate::scenario_table();
}

void declare(CLI::App& app, Options& options) {
  app.add_option("SCENARIO", options.scenario, "sea, stagger, agrawal, hyperplane or credit")->required();
  auto* file = app.add_option("-o,--output", options.file, "JSON Lines file (default: standard output)");
  auto* brokers =
      app.add_option("--brokers", options.brokers, "send to Kafka: HOST:PORT[,HOST:PORT]")->delimiter(',');
  brokers->excludes(file);
  app.add_option("--topic", options.topic, "of predictions")->needs(brokers)->capture_default_str();
  app.add_option("--feedback-topic", options.feedback_topic, "of feedback; may be the same")
      ->needs(brokers)
      ->capture_default_str();
  app.add_option("--property", options.properties, "of librdkafka, NAME=VALUE")->needs(brokers);
  app.add_option("--seed", options.stream.seed, "the same seed, the same bytes")->capture_default_str();
  app.add_option("--events", options.stream.events, "predictions; each gets one feedback")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
      ->capture_default_str();
  app.add_option("--rate", options.stream.rate, "predictions a second of event time")
      ->check(CLI::Range(1e-6, 1e6))
      ->capture_default_str();
  app.add_option("--start", options.start, "time of the first event, or now (default 2026-01-01T00:00:00Z)");
  app.add_option("--label-delay", options.label_delay, "from a prediction to its feedback")
      ->capture_default_str();
  app.add_option("--model", options.stream.model, "its name (default: the scenario's)");
  app.add_option("--model-version", options.stream.version, "the model's version")->capture_default_str();
  app.add_flag("--realtime", options.realtime,
               "one second of event time takes a second; starts now unless --start");
}

}  // namespace

extern const Command command_simulate;
const Command command_simulate = {
    .name = "simulate",
    .summary = "events of a known stream with drift at a known place",
    .examples =
        "driftd simulate sea -o sea.jsonl                     100,000 predictions and their feedback\n"
        "driftd simulate credit --events 50000 --seed 7 | gzip > credit.jsonl.gz\n"
        "driftd simulate credit --brokers localhost:9092 --rate 200 --realtime",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      declare(app, *options);
      return [options](Streams& streams) { return run(*options, streams); };
    },
    .details = details,
};

}  // namespace driftd::app
