#include "app/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>

namespace driftd::app {
namespace {

class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit LineSink(Logger::Sink write) : write_(std::move(write)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string_view text(line.data(), line.size());
    if (text.ends_with('\n')) text.remove_suffix(1);
    write_(text);
  }
  void flush_() override {}

 private:
  Logger::Sink write_;
};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view name_of(LogLevel level) {
  constexpr std::string_view kNames[] = {"debug", "info", "warn", "error"};
  return kNames[static_cast<std::size_t>(level)];
}

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7f' && c != '"' && c != '=' && c != '\\';
  });
}

}  // namespace

std::string LogValue::json() const {
  if (const auto* text = std::get_if<std::string>(&value_)) return json_text(*text);
  return std::visit([](const auto& value) { return nlohmann::json(value).dump(); }, value_);
}

std::string LogValue::logfmt() const {
  const auto* text = std::get_if<std::string>(&value_);
  return text != nullptr && is_plain(*text) ? *text : json();
}

Logger::Logger(LogLevel level, LogFormat format, Sink sink) : format_(format) {
  spdlog::sink_ptr target;
  if (sink) {
    target = std::make_shared<LineSink>(std::move(sink));
  } else {
    target = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }
  logger_ = std::make_shared<spdlog::logger>("driftd", std::move(target));
  // The level's name is part of the payload: spdlog's own names differ.
  const char* pattern =
      format == LogFormat::json ? "{\"ts\":\"%Y-%m-%dT%H:%M:%S.%eZ\",%v}" : "ts=%Y-%m-%dT%H:%M:%S.%eZ %v";
  logger_->set_formatter(
      std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  logger_->flush_on(spdlog::level::trace);
  set_level(level);
}

void Logger::set_level(LogLevel level) const { logger_->set_level(spdlog_level(level)); }

void Logger::log(LogLevel level, std::string_view message, LogFields fields) const {
  if (!logger_->should_log(spdlog_level(level))) return;
  std::string line;
  if (format_ == LogFormat::json) {
    line.append("\"level\":\"").append(name_of(level)).append("\",\"msg\":").append(json_text(message));
    for (const LogField& field : fields) {
      line.append(",").append(json_text(field.key)).append(":").append(field.value.json());
    }
  } else {
    line.append("level=").append(name_of(level)).append(" msg=").append(LogValue(message).logfmt());
    for (const LogField& field : fields) {
      line.append(" ").append(field.key).append("=").append(field.value.logfmt());
    }
  }
  logger_->log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace driftd::app
