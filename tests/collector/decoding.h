// What the decoder's tests share: one decoder, records from texts.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/decoder.h"
#include "topic_roles.h"

namespace driftd::collector {

inline constexpr unsigned kAllRoles = kPredictions | kFeedback | kModels;
inline constexpr Time kRecordTime = 1'700'000'000 * kSecond;

class Decoding {
 public:
  explicit Decoding(DecoderOptions options = {}) : decoder_(options) {}

  Decoded operator()(std::string_view value, unsigned roles = kAllRoles, Time timestamp = kRecordTime) {
    Record record;
    record.value = value;
    record.timestamp = timestamp;
    record.headers = headers_;
    return decoder_.decode(record, roles);
  }

  // The event, which must be of this kind; fails the test by an exception otherwise.
  template <class Kind>
  Kind as(std::string_view value, unsigned roles = kAllRoles, Time timestamp = kRecordTime) {
    const Decoded decoded = (*this)(value, roles, timestamp);
    if (decoded.rejection) throw std::runtime_error(std::string(decoded.message));
    return std::get<Kind>(decoded.events.front());
  }
  PredictionEvent prediction(std::string_view value) { return as<PredictionEvent>(value); }
  FeedbackEvent feedback(std::string_view value) { return as<FeedbackEvent>(value); }

  // The reason of a rejection as a text; "accepted" where there is none.
  std::string reason(std::string_view value, unsigned roles = kAllRoles, Time timestamp = kRecordTime) {
    const Decoded decoded = (*this)(value, roles, timestamp);
    message = decoded.message;
    return decoded.rejection ? std::string(name_of(*decoded.rejection)) : "accepted";
  }

  void set_headers(std::vector<std::pair<std::string, std::string>> headers) {
    texts_ = std::move(headers);
    headers_.clear();
    for (const auto& [name, text] : texts_) headers_.push_back({name, text});
  }

  std::string message;  // of the last reason()

 private:
  EventDecoder decoder_;
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<Header> headers_;
};

}  // namespace driftd::collector
