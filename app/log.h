// The log: one line an event on standard error, `ts level msg` and then the fields, as logfmt or JSON.
//
//   log.info("checkpoint written", {{"offsets", 12}, {"seconds", 0.25}});
//   ts=2026-11-20T08:00:00.250Z level=info msg="checkpoint written" offsets=12 seconds=0.25
//
// A Logger is a handle that is copied and passed around; copies share one sink. Logging is thread-safe,
// never throws and never prints broken UTF-8. Secrets have no LogValue: use their reveal() nowhere here.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
}

namespace driftd::app {

enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogFormat : std::uint8_t { logfmt, json };

class LogValue {
 public:
  LogValue(const char* text) : value_(std::string(text)) {}       // NOLINT(google-explicit-constructor)
  LogValue(std::string_view text) : value_(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  LogValue(std::string text) : value_(std::move(text)) {}         // NOLINT(google-explicit-constructor)
  LogValue(double number) : value_(number) {}                     // NOLINT(google-explicit-constructor)
  template <std::integral I>
  LogValue(I number) : value_(static_cast<std::int64_t>(number)) {}  // NOLINT(google-explicit-constructor)
  LogValue(bool flag) : value_(flag) {}                              // NOLINT(google-explicit-constructor)

  [[nodiscard]] std::string json() const;
  [[nodiscard]] std::string logfmt() const;

 private:
  std::variant<std::string, std::int64_t, double, bool> value_;
};

struct LogField {
  std::string_view key;
  LogValue value;
};
using LogFields = std::initializer_list<LogField>;

class Logger {
 public:
  // Lines without their end, in place of standard error: for tests.
  using Sink = std::function<void(std::string_view line)>;

  Logger(LogLevel level, LogFormat format, Sink sink = nullptr);

  void debug(std::string_view message, LogFields fields = {}) const { log(LogLevel::debug, message, fields); }
  void info(std::string_view message, LogFields fields = {}) const { log(LogLevel::info, message, fields); }
  void warn(std::string_view message, LogFields fields = {}) const { log(LogLevel::warn, message, fields); }
  void error(std::string_view message, LogFields fields = {}) const { log(LogLevel::error, message, fields); }
  void log(LogLevel level, std::string_view message, LogFields fields) const;

  // For all copies; the format stays as it was made.
  void set_level(LogLevel level) const;

 private:
  std::shared_ptr<spdlog::logger> logger_;
  LogFormat format_;
};

}  // namespace driftd::app
