// Every reason for which the decoder rejects a record, that its message names what to mend, and the order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/decoder.h"
#include "decoding.h"

namespace driftd::collector {
namespace {

using testing::HasSubstr;

std::string prediction_with(std::string_view field) {
  return R"({"type":"prediction","model":"m",)" + std::string(field) + "}";
}
std::string nested(int depth) {
  return prediction_with("\"x\":" + std::string(static_cast<std::size_t>(depth), '[') +
                         std::string(static_cast<std::size_t>(depth), ']'));
}

TEST(Rejection, NoValueIsEmpty) {
  EventDecoder decoder;
  EXPECT_EQ(decoder.decode(Record{}, kPredictions).rejection, Rejection::empty);
  Decoding decode;
  EXPECT_EQ(decode.reason(""), "empty");
}

TEST(Rejection, ValuesBeyondTheLimitAreTooLarge) {
  Decoding decode({.max_record = 40, .max_ahead = {}});
  EXPECT_EQ(decode.reason(R"({"type":"prediction","model":"mmmmmmmmm"})" /* 41 bytes */), "too_large");
  EXPECT_THAT(decode.message, HasSubstr("40 bytes"));
  EXPECT_EQ(decode.reason(R"({"type":"prediction","model":"mmmmmmmm"})"), "accepted");
  Record cut;
  cut.value = "{";
  cut.oversized = true;
  EventDecoder decoder;
  EXPECT_EQ(decoder.decode(cut, kPredictions).rejection, Rejection::too_large);
}

TEST(Rejection, NamesBeyondTheLimitAreTooLarge) {
  Decoding decode({.max_text = 64});
  const std::string most(64, 'x');
  const std::string more = most + "x";
  const auto model = [](const std::string& name) {
    return R"({"type":"prediction","model":")" + name + "\"}";
  };
  EXPECT_EQ(decode.reason(model(most)), "accepted");
  EXPECT_EQ(decode.reason(model(more)), "too_large");
  EXPECT_THAT(decode.message, testing::AllOf(HasSubstr("\"model\""), HasSubstr("limits.max_text")));
  for (const char* field : {"id", "version", "variant"}) {
    const auto with = [&](const std::string& text) {
      return prediction_with("\"" + std::string(field) + "\":\"" + text + "\"");
    };
    EXPECT_EQ(decode.reason(with(most)), "accepted") << field;
    EXPECT_EQ(decode.reason(with(more)), "too_large") << field;
    EXPECT_THAT(decode.message, HasSubstr(field));
  }
  EXPECT_EQ(decode.reason(prediction_with("\"features\":{\"" + most + "\":1}")), "accepted");
  EXPECT_EQ(decode.reason(prediction_with("\"features\":{\"" + more + "\":1}")), "too_large");
  EXPECT_EQ(decode.reason(R"({"type":"feedback","model":"m","label":1,"id":")" + more + "\"}"), "too_large");
  const auto metadata = [](std::size_t size) {
    return R"({"type":"model","event":"deployed","model":"m","metadata":{"a":")" + std::string(size, 'x') +
           "\"}}";
  };
  EXPECT_EQ(decode.reason(metadata(64 * 64 - 8)), "accepted");
  EXPECT_EQ(decode.reason(metadata(64 * 64)), "too_large");
  EXPECT_EQ(decode.reason(prediction_with("\"note\":\"" + more + "\"")), "accepted");  // kept nowhere
}

TEST(Rejection, BrokenUtf8IsToldBeforeBrokenJson) {
  Decoding decode;
  EXPECT_EQ(decode.reason(prediction_with("\"x\":\"\xff\"")), "not_utf8");
  EXPECT_EQ(decode.reason("{\"x\":\"\xc3"), "not_utf8");
  EXPECT_EQ(decode.reason("\xed\xa0\x80"), "not_utf8");  // a surrogate
  EXPECT_EQ(decode.reason("\xc0\xaf"), "not_utf8");      // overlong
}

TEST(Rejection, WhatIsNotJsonIsToldWithItsPlace) {
  Decoding decode;
  for (const char* text : {" ",
                           "{",
                           "}",
                           "nothing",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{,}",
                           "{\"a\" 1}",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\":01}",
                           "{\"a\":1.}",
                           "{\"a\":.5}",
                           "{\"a\":+1}",
                           "{\"a\":1e}",
                           "{\"a\":-}",
                           "{\"a\":0x10}",
                           "{\"a\":NaN}",
                           "{\"a\":Infinity}",
                           "{\"a\":tru}",
                           "{\"a\":trueish}",
                           "{\"a\":nul}",
                           "{\"a\":[1 2]}",
                           "{\"a\":[1,]}",
                           "{\"a\":[}]",
                           "{\"a\":1]",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\":\"\\q\"}",
                           "{\"a\":\"\\u12g4\"}",
                           "{\"a\":\"\\ud800\"}",
                           "{\"a\":\"\\udc00\"}",
                           "{\"a\":\"\\ud800\\u0041\"}",
                           "{\"a\":\"line\nbreak\"}",
                           "{\"a\":\"open}",
                           "{} {}",
                           "{}x",
                           "{}}",
                           "1 2",
                           "{\"features\":{\"a\":1,\"b\":tru}}",
                           "{\"features\":{\"a\":1,}}",
                           "{\"a\":1\f}",
                           "{\"a\x1a\":1}",
                           "{\"a\"\x1a"
                           "1}",
                           "{\"features\":{\"a\":\"b\"c}}"}) {
    EXPECT_EQ(decode.reason(text), "not_json") << text;
  }
  EXPECT_EQ(decode.reason(R"({"type":"prediction","model":m})"), "not_json");
  EXPECT_THAT(decode.message, HasSubstr("byte 29"));
}

TEST(Rejection, NestingIsLimitedTo64) {
  Decoding decode;
  EXPECT_EQ(decode.reason(nested(63)), "accepted");
  EXPECT_EQ(decode.reason(nested(64)), "too_deep");
  EXPECT_EQ(decode.reason(nested(10'000)), "too_deep");
  EXPECT_EQ(decode.reason(std::string(1'000'000, '[')), "too_deep");
  EXPECT_EQ(decode.reason(
                prediction_with("\"features\":{\"a\":" + std::string(63, '[') + std::string(63, ']') + "}")),
            "too_deep");
}

TEST(Rejection, AnEventIsAnObject) {
  Decoding decode;
  for (const char* text : {"1", "\"text\"", "null", "true", "[]", "[{\"type\":\"prediction\"}]", " 1.5 "}) {
    EXPECT_EQ(decode.reason(text), "not_an_object") << text;
  }
}

TEST(Rejection, TypesAreThree) {
  Decoding decode;
  EXPECT_EQ(decode.reason(R"({"model":"m"})"), "no_type");
  EXPECT_THAT(decode.message, HasSubstr("add \"type\""));
  EXPECT_EQ(decode.reason(R"({"type":"Prediction","model":"m"})"), "unknown_type");
  EXPECT_EQ(decode.reason(R"({"type":"","model":"m"})"), "unknown_type");
  EXPECT_EQ(decode.reason(R"({"type":7,"model":"m"})"), "unknown_type");
  EXPECT_EQ(decode.reason(R"({"type":"driftd.prediction","model":"m"})"), "unknown_type");
}

TEST(Rejection, AModelIsNamed) {
  Decoding decode;
  EXPECT_EQ(decode.reason(R"({"type":"prediction"})"), "no_model");
  EXPECT_EQ(decode.reason(R"({"type":"prediction","model":""})"), "no_model");
  EXPECT_EQ(decode.reason(R"({"type":"prediction","model":null})"), "no_model");
  EXPECT_EQ(decode.reason(R"({"type":"prediction","model":7})"), "bad_field");
}

TEST(Rejection, BadFieldsAreNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"\"id\":1.5", "\"id\""},
      {"\"id\":[]", "\"id\""},
      {"\"id\":true", "\"id\""},
      {"\"version\":true", "\"version\""},
      {"\"version\":1e999", "\"version\""},
      {"\"variant\":{}", "\"variant\""},
      {"\"features\":[1]", "\"features\""},
      {"\"features\":\"x\"", "\"features\""},
      {"\"prediction\":[1]", "\"prediction\""},
      {"\"prediction\":{\"label\":[]}", "\"prediction.label\""},
      {"\"prediction\":{\"label\":1e999}", "\"prediction.label\""},
      {"\"prediction\":{\"value\":\"1\"}", "\"prediction.value\""},
      {"\"prediction\":{\"score\":\"1\"}", "\"prediction.score\""},
      {"\"prediction\":{\"scores\":[1]}", "\"prediction.scores\""},
      {"\"prediction\":{\"scores\":{\"a\":null}}", "\"prediction.scores\""},
      {"\"latency_ms\":\"4\"", "\"latency_ms\""},
      {"\"latency_ms\":-1", "\"latency_ms\""},
  };
  Decoding decode;
  for (const auto& [field, name] : cases) {
    EXPECT_EQ(decode.reason(prediction_with(field)), "bad_field") << field;
    EXPECT_THAT(decode.message, HasSubstr(name)) << field;
  }
}

TEST(Rejection, FeedbackNeedsAnIdAndAVerdict) {
  Decoding decode;
  EXPECT_EQ(decode.reason(R"({"type":"feedback","model":"m","label":1})"), "bad_field");
  EXPECT_THAT(decode.message, HasSubstr("\"id\""));
  EXPECT_EQ(decode.reason(R"({"type":"feedback","model":"m","id":"","label":1})"), "bad_field");
  EXPECT_EQ(decode.reason(R"({"type":"feedback","model":"m","id":"1"})"), "bad_field");
  EXPECT_THAT(decode.message, HasSubstr("\"label\" and \"value\""));
  EXPECT_EQ(decode.reason(R"({"type":"feedback","model":"m","id":"1","value":"3"})"), "bad_field");
  EXPECT_EQ(decode.reason(R"({"type":"feedback","model":"m","id":"1","value":1e999})"), "bad_field");
  EXPECT_EQ(decode.reason(R"({"type":"feedback","model":"m","id":"1","label":{}})"), "bad_field");
}

TEST(Rejection, ModelEventsAreKnownOnes) {
  Decoding decode;
  EXPECT_EQ(decode.reason(R"({"type":"model","model":"m"})"), "bad_field");
  EXPECT_EQ(decode.reason(R"({"type":"model","model":"m","event":"shipped"})"), "bad_field");
  EXPECT_THAT(decode.message, HasSubstr("retraining_started"));
  EXPECT_EQ(decode.reason(R"({"type":"model","model":"m","event":"deployed","metadata":"x"})"), "bad_field");
}

TEST(Rejection, TimesAreNotGuessed) {
  Decoding decode;
  for (const char* time : {"\"2026-11-20T08:00:00\"", "\"yesterday\"", "\"\"", "1.5", "1e12", "true", "{}",
                           "99999999999999999", "-99999999999999999", "99999999999999999999999999",
                           "253402300800000", "\"10000-01-01T00:00:00Z\"", "1e999"}) {
    EXPECT_EQ(decode.reason(prediction_with("\"time\":" + std::string(time))), "bad_time") << time;
  }
  EXPECT_EQ(decode.reason(R"({"type":"prediction","model":"m"})", kAllRoles, kNoTime), "bad_time");
  EXPECT_THAT(decode.message, HasSubstr("no timestamp"));
}

TEST(Rejection, AClockTooFarAheadIsToldOnlyWhereALimitIsSet) {
  const std::string ahead =
      prediction_with("\"time\":" + std::to_string((kRecordTime + kHour) / kMillisecond + 1));
  Decoding limited({.max_record = 1000, .max_ahead = kHour});
  EXPECT_EQ(limited.reason(ahead), "too_far_ahead");
  EXPECT_THAT(limited.message, HasSubstr("1h"));
  EXPECT_EQ(limited.reason(ahead, kAllRoles, kNoTime), "accepted");
  EXPECT_EQ(
      limited.reason(prediction_with("\"time\":" + std::to_string((kRecordTime + kHour) / kMillisecond))),
      "accepted");
  EXPECT_EQ(limited.reason(prediction_with("\"time\":\"9999-12-31T23:59:59Z\"")), "too_far_ahead");
  Decoding unlimited;
  EXPECT_EQ(unlimited.reason(prediction_with("\"time\":\"9999-12-31T23:59:59Z\"")), "accepted");
}

TEST(Rejection, TheFirstFailingCheckIsTheReason) {
  Decoding decode({.max_record = 200, .max_ahead = kHour});
  // Each text fails the check it is named for and all that come after it.
  EXPECT_EQ(decode.reason("{\xff" + std::string(300, '[')), "too_large");
  EXPECT_EQ(decode.reason("{\xff" + std::string(80, '[')), "not_utf8");
  EXPECT_EQ(decode.reason("[,"), "not_json");
  EXPECT_EQ(decode.reason(R"({"latency_ms":-1,"time":"x"})"), "no_type");
  EXPECT_EQ(decode.reason(R"({"latency_ms":-1,"time":"x","type":"x"})"), "unknown_type");
  EXPECT_EQ(decode.reason(R"({"latency_ms":-1,"time":"x","type":"prediction"})"), "no_model");
  EXPECT_EQ(decode.reason(R"({"latency_ms":-1,"time":"x","type":"prediction","model":"m"})"), "bad_field");
  EXPECT_EQ(decode.reason(R"({"time":"x","type":"prediction","model":"m"})"), "bad_time");
}

TEST(Rejection, LeavesTheNextEventUnharmed) {
  Decoding decode;
  const std::string good = prediction_with(R"("features":{"a":1,"b":2},"prediction":0.5)");
  for (const std::string& bad :
       {std::string("{"), nested(64), prediction_with("\"features\":{\"a\":1,\"b\":"),
        prediction_with("\"features\":7"), std::string("\xff")}) {
    EXPECT_NE(decode.reason(bad), "accepted");
    const auto event = decode.prediction(good);
    EXPECT_EQ(event.features.size(), 2U);
    EXPECT_EQ(event.value.number, 0.5);
  }
}

}  // namespace
}  // namespace driftd::collector
