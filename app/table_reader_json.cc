// JSON Lines: events by the collector's decoder, anything else as flat objects.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/table_reader_rows.h"
#include "collector/decoder.h"

namespace driftd::app {
namespace {

using Json = nlohmann::ordered_json;
using collector::TopicRole;

constexpr unsigned kAllRoles =
    (TopicRole::predictions | TopicRole::feedback) | static_cast<unsigned>(TopicRole::models);

// Stands for "no time": the decoder wants one of the record where the event has none.
constexpr Time kUnknownTime = kLatestTime;

// A view into the JSON, or into `array`, which is overwritten, or of its own where those have none.
Value value_of(const Json& json, std::string& array) {
  switch (json.type()) {
    case Json::value_t::null:
      return {Value::Kind::null, 0, {}};
    case Json::value_t::boolean:
      return {Value::Kind::boolean, 0, json.get<bool>() ? "true" : "false"};
    case Json::value_t::string:
      return {Value::Kind::text, 0, json.get_ref<const std::string&>()};
    case Json::value_t::array: {
      // A list of lists is no embedding, whatever it holds; the writer goes down it by calling itself.
      const auto nested = [](const Json& item) { return item.is_structured(); };
      const bool plain = std::none_of(json.begin(), json.end(), nested);
      array = plain ? json.dump(-1, ' ', false, Json::error_handler_t::replace) : "[]";
      return {Value::Kind::array, 0, array};
    }
    case Json::value_t::object:
      return {Value::Kind::object, 0, {}};
    default:
      return {Value::Kind::number, json.get<double>(), {}};
  }
}

class JsonLinesFormat final : public TableFormat {
 public:
  JsonLinesFormat(TableRows& rows, std::string file) : rows_(rows), file_(std::move(file)) {}

  Status take(std::string_view chunk) override {
    while (true) {
      const std::size_t end = chunk.find('\n');
      if (end == std::string_view::npos) break;
      Status taken = success();
      if (rest_.empty()) {
        taken = line(chunk.substr(0, end));
      } else {
        rest_ += chunk.substr(0, end);
        taken = line(rest_);
        rest_.clear();
      }
      if (!taken.ok()) return taken;
      chunk.remove_prefix(end + 1);
    }
    rest_ += chunk;
    return success();
  }

  Status finish() override { return line(rest_); }

 private:
  // What the file's lines are, as its first one shows.
  enum class Kind : std::uint8_t { unknown, events, predictions, flat };

  Status line(std::string_view text) {
    ++line_;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) return success();
    if (kind_ == Kind::unknown) kind_ = kind_of(text);
    return kind_ == Kind::flat ? flat_row(text) : events(text);
  }

  collector::Decoded decode(std::string_view text, unsigned roles) {
    collector::Record record;
    record.value = text;
    record.timestamp = kUnknownTime;
    return decoder_.decode(record, roles);
  }

  Kind kind_of(std::string_view text) {
    const auto decoded = decode(text, kAllRoles);
    if (!decoded.rejection) return Kind::events;
    if (*decoded.rejection != Rejection::no_type && *decoded.rejection != Rejection::unknown_type) {
      return *decoded.rejection == Rejection::not_json ? Kind::flat
                                                       : Kind::events;  // and it says what is wrong
    }
    // what a topic of predictions carries without a type
    const auto bare = decode(text, static_cast<unsigned>(TopicRole::predictions));
    if (bare.rejection || bare.events.empty()) return Kind::flat;
    const auto* event = std::get_if<PredictionEvent>(&bare.events.front());
    return event != nullptr && !event->features.empty() ? Kind::predictions : Kind::flat;
  }

  Status events(std::string_view text) {
    const auto decoded =
        decode(text, kind_ == Kind::events ? kAllRoles : static_cast<unsigned>(TopicRole::predictions));
    if (decoded.rejection) return fault(std::string(decoded.message));
    for (const Event& event : decoded.events) {
      Status added = success();
      if (const auto* prediction = std::get_if<PredictionEvent>(&event)) {
        PredictionEvent timed = *prediction;
        if (timed.time == kUnknownTime) timed.time = kNoTime;
        added = rows_.add(timed);
      }
      if (const auto* feedback = std::get_if<FeedbackEvent>(&event)) {
        FeedbackEvent timed = *feedback;
        if (timed.time == kUnknownTime) timed.time = kNoTime;
        added = rows_.add(timed);
      }
      if (!added.ok()) return fault(added.error().message);
    }
    return success();
  }

  Status flat_row(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return fault("a JSON object is wanted");
    rows_.begin_row();
    for (const auto& [name, value] : json.items()) {
      const ColumnUse use = rows_.use_of(name);
      rows_.saw(use);
      if (use == ColumnUse::feature) {
        rows_.set_feature(rows_.feature(name), value_of(value, array_));
      } else if (Status set = rows_.set(use, value_of(value, array_)); !set.ok()) {
        return fault(set.error().message);
      }
    }
    rows_.end_row();
    return success();
  }

  [[nodiscard]] Error fault(const std::string& what) const {
    return {ErrorCode::invalid, file_ + ":" + std::to_string(line_) + ": " + what};
  }

  TableRows& rows_;
  std::string file_;
  collector::EventDecoder decoder_;
  Kind kind_ = Kind::unknown;
  std::string rest_;
  std::string array_;
  std::size_t line_ = 0;
};

}  // namespace

std::unique_ptr<TableFormat> json_lines_format(TableRows& rows, const std::string& file) {
  return std::make_unique<JsonLinesFormat>(rows, file);
}

}  // namespace driftd::app
