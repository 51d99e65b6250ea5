// `driftd replay`: a recorded stream through the pipeline of `run`, as fast as it goes.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "app/commands/command.h"
#include "app/config/load.h"
#include "app/kafka_topics.h"
#include "app/pipeline/deliver.h"
#include "app/pipeline/engine.h"
#include "app/pipeline/metrics_page.h"
#include "app/pipeline/report.h"
#include "app/progress.h"
#include "app/version.h"
#include "app/wall_clock.h"
#include "collector/file_source.h"
#include "collector/kafka_source.h"

namespace driftd::app {
namespace {

struct Options {
  std::string config;
  std::vector<std::string> inputs;
  std::string metrics;
  std::string report;
  std::string blocks = "all";
  std::string from, to;
  bool deliver = false;
  bool fail_on_alert = false;
};

constexpr std::size_t kRoundRecords = 20'000;

struct TimeRange {
  Time from = 0, to = 0;  // of records' timestamps, `to` outside
};

Result<TimeRange> range_of(const Options& options) {
  const auto invalid = [](const std::string& message) { return Error{ErrorCode::invalid, message}; };
  if (options.from.empty() || options.to.empty())
    return invalid("name INPUT files, or a range of Kafka by both --from and --to");
  const auto from = parse_rfc3339(options.from);
  const auto to = parse_rfc3339(options.to);
  if (!from || !to)
    return invalid((from ? "--to: \"" + options.to : "--from: \"" + options.from) +
                   "\" is no time such as 2026-11-01T00:00:00Z");
  if (*to < *from) return invalid("--to is before --from");
  return TimeRange{*from, *to};
}

Result<std::unique_ptr<collector::Source>> open_source(const Options& options, const Config& config,
                                                       const Logger& log) {
  if (!options.inputs.empty()) {
    if (!options.from.empty() || !options.to.empty())
      return Error{ErrorCode::invalid, "--from and --to are for Kafka; leave them out where INPUT is named"};
    auto source = collector::FileSource::open(
        {.paths = options.inputs, .max_record = static_cast<std::size_t>(config.limits.max_record)});
    if (!source.ok()) return source.error();
    return std::unique_ptr<collector::Source>(std::move(*source));
  }
  auto range = range_of(options);
  if (!range.ok()) return range.error();
  collector::KafkaSourceOptions kafka;
  kafka.connection = {config.kafka.brokers, config.kafka.properties, kafka_log(log)};
  kafka.group = config.kafka.group;
  kafka.topics = kafka_topics(config.kafka.topics);
  kafka.start = range->from;
  kafka.until = range->to;
  auto source = collector::KafkaSource::open(std::move(kafka));
  if (!source.ok()) return source.error();
  return std::unique_ptr<collector::Source>(std::move(*source));
}

bool all_finished(const collector::Source& source) {
  for (std::uint32_t i = 0; i < source.partitions().size(); ++i)
    if (!source.end_of(i).finished) return false;
  return true;
}

Status play(Engine& engine, collector::Source& source, Progress& progress) {
  std::uint64_t records = 0;
  while (!all_finished(source)) {
    auto batch = source.poll(kRoundRecords, std::chrono::milliseconds(100));
    if (!batch.ok()) return batch.error();
    records += batch->record_count();
    if (Status done = engine.round(*batch, 0); !done.ok()) return done;
    progress.update(records, 0, "events");
  }
  return engine.finish();
}

// Every delivery to its end; at most as long as `retry.for` of the webhooks says.
void deliver_all(Engine& engine) {
  auto& outbox = engine.state().desk.outbox;
  alerts::Delivery delivery({.user_agent = "driftd/" + std::string(version()), .ca_file = {}, .on_done = {}});
  const auto open = [](const alerts::DeliveryRecord* record) {
    return record->state == alerts::DeliveryState::pending;
  };
  while (std::ranges::any_of(outbox.deliveries(), open)) {
    send_due(outbox, delivery, wall_clock());
    take_outcomes(outbox, delivery.wait_results(kSecond / 4), wall_clock());
  }
}

// In event-time order: clocks may have closed slots of labels long after those of predictions. A digest comes
// after the incidents of its time.
bool print_incidents(Engine& engine, std::ostream& out) {
  auto events = std::move(engine.state().desk.events);
  const auto digests = std::move(engine.state().desk.digests);
  auto digest = digests.begin();
  const auto print_digests = [&](Time before) {
    for (; digest != digests.end() && digest->at < before; ++digest)
      out << alerts::digest_json(*digest, engine.base_url()) << '\n';
  };
  std::stable_sort(events.begin(), events.end(), [](const auto& a, const auto& b) {
    return std::tie(a.time, a.incident.id) < std::tie(b.time, b.incident.id);
  });
  bool opened = false;
  for (const alerts::IncidentEvent& event : events) {
    print_digests(event.time);
    out << alerts::event_json(event.type, event.time, event.incident, engine.base_url()) << '\n';
    opened |= event.type == alerts::EventType::opened && !event.incident.muted;
  }
  print_digests(kEndOfTime);
  return opened;
}

Status write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.flush();
  if (!out) return Error{ErrorCode::io, path + ": cannot be written"};
  return success();
}

Result<bool> replay(const Options& options, const Config& config, Streams& streams) {
  const Logger log(config.log.level, config.log.format);
  auto source = open_source(options, config, log);
  if (!source.ok()) return source.error();
  auto store = storage::Store::open_temporary({.add = &add_history, .written_by = "driftd replay"});
  if (!store.ok()) return store.error();
  collector::MemoryDeadLetters letters;
  auto engine = Engine::open({.config = &config,
                              .store = &*store,
                              .source = source->get(),
                              .dead_letters = &letters,
                              .log = log,
                              .replay = true,
                              .deliver = options.deliver,
                              .base_url = "http://" + config.http.listen});
  if (!engine.ok()) return engine.error();
  Progress progress(streams.err, standard_error_is_terminal(), "replay");
  if (const Status done = play(**engine, **source, progress); !done.ok()) return done.error();
  progress.clear();
  const bool opened = print_incidents(**engine, streams.out);
  if (options.deliver) deliver_all(**engine);
  if (!options.metrics.empty())
    if (const Status done = write_file(options.metrics, metrics_page(**engine, nullptr)); !done.ok())
      return done.error();
  (*engine)->state().limits.tell(log, wall_clock());
  if (!options.report.empty()) {
    auto report = replay_report(**engine, options.blocks == "month" ? Blocks::month : Blocks::all);
    if (!report.ok()) return report.error();
    if (const Status done = write_file(options.report, *report); !done.ok()) return done.error();
  }
  return opened;
}

ExitStatus run_replay(const Options& options, Streams& streams) {
  LoadOptions load;
  load.kafka_required = options.inputs.empty();
  const LoadedConfig loaded = load_config(options.config, load);
  if (!loaded.ok()) {
    streams.err << to_text(loaded.faults);
    return ExitStatus::usage;
  }
  const Result<bool> opened = replay(options, loaded.config, streams);
  if (!opened.ok()) {
    streams.err << "driftd replay: " << opened.error().message << '\n';
    return opened.error().code == ErrorCode::invalid ? ExitStatus::usage : ExitStatus::failed;
  }
  return *opened && options.fail_on_alert ? ExitStatus::drift : ExitStatus::done;
}

}  // namespace

extern const Command command_replay;
const Command command_replay = {
    .name = "replay",
    .summary =
        "a recorded stream through the very pipeline of `run`; prints incidents and digests as JSON Lines",
    .examples =
        "driftd replay -c driftd.yaml predictions.jsonl.gz feedback.jsonl.gz\n"
        "driftd replay -c driftd.yaml day.jsonl --metrics end.prom          the metrics as they are at the "
        "end\n"
        "driftd replay -c driftd.yaml *.jsonl.gz --blocks month --report report.json\n"
        "driftd replay -c driftd.yaml --from 2026-11-01T00:00:00Z --to 2026-11-02T00:00:00Z    from Kafka\n"
        "driftd replay -c driftd.yaml day.jsonl --fail-on-alert             exit code 3 if an incident "
        "opened",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      app.add_option("-c,--config", options->config, "the configuration file")->required();
      app.add_option("INPUT", options->inputs,
                     "JSON Lines, plain or gzip; each file is a partition of its own");
      app.add_option("--metrics", options->metrics,
                     "write the final metrics in exposition format to this file");
      app.add_option("--report", options->report, "write statistics and performance per block to this file");
      app.add_option("--blocks", options->blocks, "blocks of the report")
          ->check(CLI::IsMember({"month", "all"}));
      app.add_option("--from", options->from,
                     "first time of a range of the configured topics, by the records' timestamps");
      app.add_option("--to", options->to,
                     "end of the range: partitions end before their first record of that time or later");
      app.add_flag("--deliver", options->deliver, "call the webhooks");
      app.add_flag("--fail-on-alert", options->fail_on_alert,
                   "exit code 3 if an incident opened that is not muted");
      return [options](Streams& streams) { return run_replay(*options, streams); };
    },
};

}  // namespace driftd::app
