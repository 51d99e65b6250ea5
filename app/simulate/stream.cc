#include "app/simulate/stream.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/event.h"

namespace driftd::app::simulate {

namespace {

// Labels, names and categories of scenarios need no escapes.
std::string in_quotes(std::string_view text) { return std::string("\"").append(text).append("\""); }

std::string escaped(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

struct AsJson {
  std::string operator()(std::nullptr_t) const { return "null"; }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const { return shortest_text(number); }
  std::string operator()(std::string_view text) const { return in_quotes(text); }
};

std::string id_of(const Scenario& scenario, std::uint64_t index) {
  std::string digits = std::to_string(index);
  if (digits.size() < 8) digits.insert(0, 8 - digits.size(), '0');
  return std::string(scenario.name).append("-").append(digits);
}

}  // namespace

Stream::Stream(const Scenario& scenario, StreamOptions options)
    : scenario_(&scenario), options_(std::move(options)) {
  model_json_ = escaped(options_.model.empty() ? scenario.name : options_.model);
  version_json_ = escaped(options_.version);
}

Time Stream::time_of(std::uint64_t index) const {
  return options_.start + static_cast<Time>(static_cast<double>(index) * 1e6 / options_.rate);
}

std::optional<StreamEvent> Stream::next() {
  if (next_ < options_.events && (open_.empty() || time_of(next_) <= open_.front().time)) return prediction();
  if (!open_.empty()) return feedback();
  return std::nullopt;
}

StreamEvent Stream::prediction() {
  const std::uint64_t index = next_++;
  const Sample sample = scenario_->sample({index, options_.events}, Random(options_.seed, index));
  StreamEvent event{.feedback = false, .time = time_of(index), .id = id_of(*scenario_, index), .json = {}};
  std::string& json = event.json;
  json.append(R"({"type":"prediction","id":)").append(in_quotes(event.id));
  json.append(R"(,"model":)").append(model_json_);
  json.append(R"(,"version":)").append(version_json_);
  json.append(R"(,"time":)").append(in_quotes(format_rfc3339(event.time))).append(R"(,"features":{)");
  for (const auto& [name, value] : sample.features) {
    if (json.back() != '{') json.push_back(',');
    json.append(in_quotes(name)).append(":").append(std::visit(AsJson{}, value));
  }
  json.append(R"(},"prediction":{"label":)").append(in_quotes(sample.predicted));
  if (sample.score) json.append(R"(,"score":)").append(shortest_text(*sample.score));
  json.append("}}");
  open_.push_back({event.time + options_.label_delay, event.id, sample.truth});
  return event;
}

StreamEvent Stream::feedback() {
  Open open = std::move(open_.front());
  open_.pop_front();
  StreamEvent event{.feedback = true, .time = open.time, .id = std::move(open.id), .json = {}};
  event.json.append(R"({"type":"feedback","id":)").append(in_quotes(event.id));
  event.json.append(R"(,"model":)").append(model_json_);
  event.json.append(R"(,"time":)").append(in_quotes(format_rfc3339(event.time)));
  event.json.append(R"(,"label":)").append(in_quotes(open.truth)).append("}");
  return event;
}

}  // namespace driftd::app::simulate
