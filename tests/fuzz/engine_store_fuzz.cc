// A store in which one value is another: the engine refuses it and says which, or takes it up, goes on with
// the stream, and what it then writes it takes up again.
// An input is the number of the value, in the order of their keys, then edits of what stands there without
// its seal: what to do, where (two bytes), and a byte.
#include <map>

#include "app/pipeline/engine.h"
#include "tests/app/pipeline_stream.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using namespace driftd::app;
using driftd::fuzz::require;

using Content = std::map<std::string, std::string>;

Config learning_config() {
  Config config;
  config.threads = 1;
  config.models.standard.reference = {ReferenceConfig::Source::first_rows, "", 40, 0};
  config.models.standard.segments = {{{"country", {}}}};
  config.models.standard.derived.pairs = 1;  // each costs time, and none is stored in a way of its own
  config.models.standard.derived.projections = 1;
  config.models.standard.derived.components = 0;
  config.alerts.digest.emplace().at = "*/10 * * * *";
  resolve_defaults(config);
  return config;
}

// Two minutes of predictions, one every second, with their labels half a minute later.
ScriptedSource::Script two_minutes() {
  ScriptedSource::Script script(2);
  script[0].push_back(R"({"type":"model","model":"m","version":"1","event":"deployed","time":")" +
                      format_rfc3339(kBegin) + R"(","metadata":{"run_id":"7"}})");
  for (int i = 0; i < 200; ++i) {
    script[0].push_back(prediction_text(i, kBegin + i * kSecond));
    script[1].push_back(feedback_text(i, kBegin + (i + 30) * kSecond));
  }
  script[0].push_back(prediction_text(999, kBegin + 10 * kMinute));
  return script;
}

class Bench {
 public:
  Bench() : store_(*storage::Store::open_temporary({.add = &add_history, .written_by = "fuzz"})) {
    require(open().ok(), "an empty store is taken up");
    play(160);
    require(engine_->checkpoint().ok(), "the store is written");
    engine_.reset();
    const Status read = store_.for_each("", [&](std::string_view key, std::string_view value) {
      whole_.emplace(key, value);
      return true;
    });
    require(read.ok() && whole_.size() > 20, "the store holds the state");
  }

  void put_edited(std::size_t number, std::string_view edits) {
    const auto& [key, value] =
        *std::next(whole_.begin(), static_cast<std::ptrdiff_t>(number % whole_.size()));
    Content changed = whole_;
    changed[key] = edited_within_seal(value, edits);
    write(changed);
  }

  Status open() {
    source_ = std::make_unique<ScriptedSource>(script_);
    auto engine = Engine::open({.config = &config_,
                                .store = &store_,
                                .source = source_.get(),
                                .dead_letters = &letters_,
                                .log = Logger(LogLevel::error, LogFormat::logfmt),
                                .replay = true,
                                .base_url = "http://d"});
    if (!engine.ok()) return engine.error();
    engine_ = *std::move(engine);
    return success();
  }

  void go_on() {
    play(1000);
    require(engine_->checkpoint().ok(), "what was taken up is written");
    engine_.reset();
    const Status again = open();
    require(again.ok(), "what was written is taken up again");
    require(engine_->finish().ok(), "and comes to its end");
    engine_.reset();
  }

 private:
  void play(std::size_t records) {
    const auto batch = source_->poll(records, std::chrono::milliseconds(0));
    require(engine_->round(*batch, 0).ok(), "a round is gone through");
  }

  // The checksum of a seal is one that no fuzzer finds.
  static std::string edited_within_seal(const std::string& value, std::string_view edits) {
    for (const char* kind :
         {"registry", "profile", "version", "model", "models", "rows", "digests", "open", "slot", "clocks",
          "topics", "offset", "references", "incident", "outbox", "incident totals", "retraining"})
      if (const auto record = unseal(kind, driftd::kNewestFormat, value))
        return seal(kind, record->version, driftd::fuzz::edited(record->payload, edits));
    return driftd::fuzz::edited(value, edits);  // counts and what waits in the join have no seal
  }

  void write(const Content& content) {
    storage::WriteBatch batch;
    batch.erase_range("", "\xff");
    for (const auto& [key, value] : content) batch.put(key, value);
    require(store_.write(batch).ok(), "the store can be written");
  }

  const Config config_ = learning_config();
  const ScriptedSource::Script script_ = two_minutes();
  storage::Store store_;
  collector::MemoryDeadLetters letters_;
  std::unique_ptr<ScriptedSource> source_;
  std::unique_ptr<Engine> engine_;
  Content whole_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Bench bench;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  bench.put_edited(driftd::fuzz::choose(bytes, 256), bytes);
  const Status taken = bench.open();
  if (taken.ok())
    bench.go_on();
  else
    require(!taken.error().message.empty(), "a refusal says why");
  return 0;
}
