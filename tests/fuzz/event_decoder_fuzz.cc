// Any bytes as a record's value, bare or as either kind of CloudEvent, or with headers of its own (NAME:VALUE
// lines before an empty one): one event or one reason with words, the same again, and every view within what
// can be read.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "collector/content_hash.h"
#include "collector/decoder.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using namespace driftd::collector;

// Reads every byte that an event views, for the sanitizers to look at.
struct Touch {
  std::uint64_t operator()(const PredictionEvent& event) const {
    return content_hash(event) + event.id.size() + std::string(event.version).size() +
           std::string(event.variant).size() + std::string(event.model).size();
  }
  std::uint64_t operator()(const FeedbackEvent& event) const {
    if (event.id.empty()) std::abort();
    return content_hash(event) + std::string(event.id).size() + std::string(event.version).size();
  }
  std::uint64_t operator()(const ModelEvent& event) const {
    if (!event.metadata.starts_with('{') || !event.metadata.ends_with('}')) std::abort();
    return std::string(event.metadata).size();
  }
};

struct Outcome {
  std::optional<Rejection> rejection;
  std::uint64_t content = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome decode(EventDecoder& decoder, const Record& record) {
  const Decoded decoded = decoder.decode(record, static_cast<unsigned>(TopicRole::predictions));
  if (decoded.events.empty() == !decoded.rejection ||
      decoded.message.empty() == decoded.rejection.has_value()) {
    std::abort();
  }
  if (decoded.rejection) return {decoded.rejection, 0};
  return {std::nullopt, std::visit(Touch{}, decoded.events.front())};
}

// Takes them away from the input.
std::vector<Header> headers_of(std::string_view& text) {
  std::vector<Header> headers;
  std::string_view rest = text;
  for (std::string_view line = fuzz::part(rest); !line.empty(); line = fuzz::part(rest)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || headers.size() > 20) return {};
    headers.push_back({line.substr(0, colon), line.substr(colon + 1)});
  }
  text = rest;
  return headers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Header kStructured[] = {{"content-type", "application/cloudevents+json"}};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Header binary[] = {{"ce_specversion", "1.0"},
                           {"ce_source", "/"},
                           {"ce_type", "driftd.feedback"},
                           {"ce_id", text.substr(0, 4)},
                           {"ce_time", text.substr(size / 2)}};
  EventDecoder decoder({.max_record = 1 << 20, .max_ahead = kHour});
  for (const std::span<const Header> headers :
       {std::span<const Header>(), std::span<const Header>(kStructured), std::span<const Header>(binary)}) {
    Record record;
    record.value = text;
    record.headers = headers;
    record.timestamp = kLatestTime;
    if (!(decode(decoder, record) == decode(decoder, record))) std::abort();
  }
  std::string_view rest = text;
  const std::vector<Header> own = headers_of(rest);
  Record record;
  record.value = rest;
  record.headers = own;
  record.timestamp = kLatestTime;
  if (!(decode(decoder, record) == decode(decoder, record))) std::abort();
  return 0;
}
