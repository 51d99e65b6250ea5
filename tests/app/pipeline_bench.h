// An engine over a stream in memory and a temporary store, played in rounds of any size with restarts between
// them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/pipeline/engine.h"
#include "app/pipeline/history_points.h"
#include "app/pipeline/metrics_page.h"
#include "tests/app/pipeline_stream.h"

namespace driftd::app {

using Script = ScriptedSource::Script;

inline Config config_that_learns(std::int64_t rows) {
  Config config;
  config.threads = 3;
  config.models.standard.reference = {ReferenceConfig::Source::first_rows, "", rows, 0};
  config.models.standard.segments = {{{"country", {}}}};
  resolve_defaults(config);
  return config;
}

// One engine after another over one store and one stream.
class Bench {
 public:
  Bench(const Config& config, const Script& script) : config_(&config), script_(script) {
    auto store = storage::Store::open_temporary({.add = &add_history, .written_by = "test"});
    store_ = std::make_unique<storage::Store>(std::move(*store));
    restart();
  }
  void restart() {
    engine_.reset();
    source_ = std::make_unique<ScriptedSource>(script_);
    auto engine = Engine::open({.config = config_,
                                .store = store_.get(),
                                .source = source_.get(),
                                .dead_letters = &letters_,
                                .log = Logger(LogLevel::error, LogFormat::logfmt),
                                .replay = true,
                                .base_url = "http://test"});
    if (!engine.ok()) throw std::runtime_error(engine.error().message);
    engine_ = std::move(*engine);
  }
  void restart(const Config& config) {
    config_ = &config;
    restart();
  }
  void round(std::size_t records) {
    auto batch = source_->poll(records, std::chrono::milliseconds(0));
    ASSERT_TRUE(engine_->round(*batch, 0).ok());
  }
  // Reads all in rounds of so many records a partition; restarts after every so many rounds (0: never).
  void play(std::size_t records, int restart_every = 0) {
    for (int rounds = 1; !source_->exhausted(); ++rounds) {
      round(records);
      if (restart_every == 0 || rounds % restart_every != 0 || source_->exhausted()) continue;
      ASSERT_TRUE(engine_->checkpoint().ok());
      restart();
    }
  }
  // The stream's own metrics, without those of the process, in the order of their bytes.
  std::string metrics() {
    std::vector<std::string> lines;
    std::istringstream page(metrics_page(*engine_, nullptr));
    for (std::string line; std::getline(page, line);)
      if (!line.starts_with('#') && line.find("topic=") == std::string::npos &&
          !line.starts_with("driftd_build_info") && !line.starts_with("driftd_limit_bites_total"))
        lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) text += line + '\n';
    return text;
  }
  // Values of age or pairs that the history holds of the whole model.
  std::int64_t history(const std::string& statistic, const std::string& metric) {
    const Version& version = engine_->state().registry.version(0);
    const auto points = history_points(*engine_, version,
                                       {.model = "m",
                                        .version = {},
                                        .segment = "",
                                        .column = "age",
                                        .statistic = statistic,
                                        .metric = metric,
                                        .estimate = {},
                                        .from = kBegin - kDay,
                                        .to = kBegin + kDay});
    std::int64_t values = 0;
    if (points.ok())
      for (const SeriesPoint& point : *points) values += point.n;
    return values;
  }
  const storage::Store& store() const { return *store_; }
  [[nodiscard]] bool exhausted() const { return source_->exhausted(); }
  [[nodiscard]] ScriptedSource& source() { return *source_; }
  Engine& operator*() { return *engine_; }
  Engine* operator->() { return engine_.get(); }

 private:
  const Config* config_;
  const Script& script_;
  std::unique_ptr<storage::Store> store_;
  collector::MemoryDeadLetters letters_;
  std::unique_ptr<ScriptedSource> source_;
  std::unique_ptr<Engine> engine_;
};

// A prediction every two seconds, its verdict three minutes later in the second partition.
inline Script half_an_hour() {
  Script script(2);
  for (int i = 0; i < 900; ++i) {
    script[0].push_back(prediction_text(i, kBegin + 2 * i * kSecond));
    script[1].push_back(feedback_text(i, kBegin + 2 * i * kSecond + 3 * kMinute));
  }
  return script;
}

}  // namespace driftd::app
