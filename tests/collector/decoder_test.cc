// What accepted events look like once decoded: DESIGN section 3, field by field.
#include "collector/decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "decoding.h"

namespace driftd::collector {
namespace {

using Kind = Value::Kind;

const Value* feature(const PredictionEvent& event, std::string_view name) {
  for (const Feature& candidate : event.features) {
    if (candidate.name == name) return &candidate.value;
  }
  return nullptr;
}

TEST(Decoder, ReadsTheDesignsPrediction) {
  Decoding decode;
  const auto event = decode.prediction(
      R"({"type":"prediction","id":"8f1c","model":"credit","version":"7","time":"2026-11-20T08:00:00.250Z",
 "features":{"age":41,"income":5200.5,"country":"DE","has_card":true,"tenure":null},
 "prediction":{"label":"good","score":0.83},
 "variant":"champion","latency_ms":4.2})");
  EXPECT_EQ(event.id, "8f1c");
  EXPECT_EQ(event.model, "credit");
  EXPECT_EQ(event.version, "7");
  EXPECT_EQ(event.variant, "champion");
  EXPECT_EQ(event.time, *parse_rfc3339("2026-11-20T08:00:00.250Z"));
  EXPECT_EQ(event.latency_ms, 4.2);
  EXPECT_FALSE(event.failed);
  EXPECT_EQ(event.label.text, "good");
  EXPECT_EQ(event.score.number, 0.83);
  EXPECT_EQ(event.value.kind, Kind::absent);
  ASSERT_EQ(event.features.size(), 5U);
  EXPECT_EQ(feature(event, "age")->number, 41);
  EXPECT_EQ(feature(event, "income")->number, 5200.5);
  EXPECT_EQ(feature(event, "country")->text, "DE");
  EXPECT_EQ(feature(event, "has_card")->kind, Kind::boolean);
  EXPECT_EQ(feature(event, "has_card")->text, "true");
  EXPECT_EQ(feature(event, "tenure")->kind, Kind::null);
  EXPECT_EQ(feature(event, "absent"), nullptr);
}

TEST(Decoder, ReadsTheDesignsFeedback) {
  Decoding decode;
  const auto event = decode.feedback(
      R"({"type":"feedback","id":"8f1c","model":"credit","time":"2026-11-22T10:00:00Z","label":"bad"})");
  EXPECT_EQ(event.id, "8f1c");
  EXPECT_EQ(event.version, "");
  EXPECT_EQ(event.label.text, "bad");
  EXPECT_EQ(event.value.kind, Kind::absent);
  EXPECT_EQ(event.time, *parse_rfc3339("2026-11-22T10:00:00Z"));
}

TEST(Decoder, ReadsTheDesignsModelEvent) {
  Decoding decode;
  const auto event = decode.as<ModelEvent>(
      R"({"type":"model","event":"deployed","model":"credit","version":"8","time":"2026-11-23T00:00:00Z",
 "metadata":{"trained_by":"ci","git_commit":"…"} })");
  EXPECT_EQ(event.event, Lifecycle::deployed);
  EXPECT_EQ(event.version, "8");
  EXPECT_EQ(event.metadata, R"({"trained_by":"ci","git_commit":"…"})");
  EXPECT_EQ(decode.as<ModelEvent>(R"({"type":"model","event":"retired","model":"m"})").metadata, "{}");
}

TEST(Decoder, BareNumbersAreValuesBareTextsAndBooleansLabels) {
  Decoding decode;
  const auto with = [&](std::string_view prediction) {
    return decode.prediction(R"({"type":"prediction","model":"m","prediction":)" + std::string(prediction) +
                             "}");
  };
  EXPECT_EQ(with("12.5").value.number, 12.5);
  EXPECT_EQ(with("12.5").label.kind, Kind::absent);
  EXPECT_EQ(with("1e999").value.kind, Kind::not_finite);
  EXPECT_EQ(with("\"good\"").label.text, "good");
  EXPECT_EQ(with("false").label.text, "false");
  EXPECT_EQ(with("null").label.kind, Kind::absent);
  EXPECT_EQ(with(R"({"label":1,"value":2,"score":null})").label.number, 1);
  EXPECT_EQ(with(R"({"label":1,"value":2,"score":null})").score.kind, Kind::absent);
}

TEST(Decoder, ScoresAreOnePerClassTheLastOfEachCounts) {
  Decoding decode;
  const auto event = decode.prediction(
      R"({"type":"prediction","model":"m","prediction":{"scores":{"a":0.2,"b":0.5,"a":0.5}}})");
  ASSERT_EQ(event.scores.size(), 2U);
  EXPECT_EQ(event.scores[0].label, "a");
  EXPECT_EQ(event.scores[0].score, 0.5);
  EXPECT_EQ(event.scores[1].label, "b");
}

TEST(Decoder, FeaturesKeepTheirKinds) {
  Decoding decode;
  const auto event = decode.prediction(
      R"({"type":"prediction","model":"m","features":{"n":-0.5e-3,"huge":1e999,"low":-1e999,"tiny":1e-999,
      "big":9007199254740993,"bigger":123456789012345678901234567890,"t":"x","b":false,"z":null,
      "list":[1,2,[3]],"object":{"a":{}},"empty":"","":1}})");
  EXPECT_EQ(feature(event, "n")->number, -0.5e-3);
  EXPECT_EQ(feature(event, "huge")->kind, Kind::not_finite);
  EXPECT_EQ(feature(event, "huge")->number, HUGE_VAL);
  EXPECT_EQ(feature(event, "low")->number, -HUGE_VAL);
  EXPECT_EQ(feature(event, "tiny")->kind, Kind::number);
  EXPECT_EQ(feature(event, "tiny")->number, 0);
  EXPECT_EQ(feature(event, "big")->number, 9007199254740992.0);
  EXPECT_EQ(feature(event, "bigger")->number, 123456789012345678901234567890.0);
  EXPECT_EQ(feature(event, "b")->text, "false");
  EXPECT_EQ(feature(event, "list")->kind, Kind::array);
  EXPECT_EQ(feature(event, "list")->text, "[1,2,[3]]");
  EXPECT_EQ(feature(event, "object")->kind, Kind::object);
  EXPECT_EQ(feature(event, "empty")->kind, Kind::text);
  EXPECT_EQ(feature(event, "")->number, 1);
}

TEST(Decoder, OfDuplicateKeysTheLastCounts) {
  Decoding decode;
  const auto event = decode.prediction(
      R"({"type":"feedback","model":"a","features":{"x":1,"y":2},"type":"prediction","model":"b",
      "features":{"y":5,"x":3,"y":4},"prediction":{"label":"p"},"prediction":1})");
  EXPECT_EQ(event.model, "b");
  ASSERT_EQ(event.features.size(), 2U);
  EXPECT_EQ(feature(event, "x")->number, 3);
  EXPECT_EQ(feature(event, "y")->number, 4);
  EXPECT_EQ(event.label.kind, Kind::absent);
  EXPECT_EQ(event.value.number, 1);
}

TEST(Decoder, NamesThatChangeFromEventToEventStayDistinct) {
  Decoding decode;
  const auto names = [&](std::string_view features) {
    std::string joined;
    const auto event =
        decode.prediction(R"({"type":"prediction","model":"m","features":{)" + std::string(features) + "}}");
    for (const Feature& f : event.features)
      joined += std::string(f.name) + "=" + shortest_text(f.value.number) + " ";
    return joined;
  };
  EXPECT_EQ(names(R"("a":1,"b":2,"c":3)"), "a=1 b=2 c=3 ");
  EXPECT_EQ(names(R"("a":1,"b":2,"c":3)"), "a=1 b=2 c=3 ");
  EXPECT_EQ(names(R"("a":1,"b":2,"a":3)"), "a=3 b=2 ");
  EXPECT_EQ(names(R"("a":1,"b":2,"c":3,"b":9)"), "a=1 b=9 c=3 ");
  EXPECT_EQ(names(R"("b":1,"a":2)"), "b=1 a=2 ");
  EXPECT_EQ(names(R"("b":1,"b":2)"), "b=2 ");
  EXPECT_EQ(names(""), "");
  EXPECT_EQ(names(R"("x":1)"), "x=1 ");
}

TEST(Decoder, ManyColumnsStayDistinctAndInOrder) {
  Decoding decode;
  for (int round = 0; round < 2; ++round) {
    std::string text = R"({"type":"prediction","model":"m","features":{)";
    for (int i = 0; i < 5000; ++i) text += "\"column " + std::to_string(i) + "\":" + std::to_string(i) + ",";
    for (int i = 0; i < 5000; ++i) text += "\"column " + std::to_string(i) + "\":" + std::to_string(-i) + ",";
    text.back() = '}';
    const auto event = decode.prediction(text + "}");
    ASSERT_EQ(event.features.size(), 5000U);
    for (int i = 0; i < 5000; ++i) {
      ASSERT_EQ(event.features[static_cast<std::size_t>(i)].name, "column " + std::to_string(i));
      ASSERT_EQ(event.features[static_cast<std::size_t>(i)].value.number, -i);
    }
  }
}

TEST(Decoder, TimesAreTextsWithZoneOrEpochMilliseconds) {
  Decoding decode;
  const auto time = [&](std::string_view text) {
    return decode.prediction(R"({"type":"prediction","model":"m","time":)" + std::string(text) + "}").time;
  };
  EXPECT_EQ(time("\"2026-11-20T09:00:00+01:00\""), *parse_rfc3339("2026-11-20T08:00:00Z"));
  EXPECT_EQ(time("1763625600123"), 1763625600123 * kMillisecond);
  EXPECT_EQ(time("-1"), -kMillisecond);
  EXPECT_EQ(time("null"), kRecordTime);
  EXPECT_EQ(decode.prediction(R"({"type":"prediction","model":"m"})").time, kRecordTime);
}

TEST(Decoder, IdsMayBeIntegersAndVersionsNumbers) {
  Decoding decode;
  const auto event = decode.prediction(
      R"({"type":"prediction","model":"m","id":12345678901234567890,"version":7.10,"variant":2})");
  EXPECT_EQ(event.id, "12345678901234567890");
  EXPECT_EQ(event.version, "7.1");
  EXPECT_EQ(event.variant, "2");
  EXPECT_EQ(decode.prediction(R"({"type":"prediction","model":"m","version":1.0})").version, "1");
  EXPECT_EQ(decode.prediction(R"({"type":"prediction","model":"m","id":null})").id, "");
}

TEST(Decoder, FeedbackMayBringBothLabelAndValue) {
  Decoding decode;
  const auto event = decode.feedback(R"({"type":"feedback","model":"m","id":7,"label":true,"value":1.5})");
  EXPECT_EQ(event.id, "7");
  EXPECT_EQ(event.label.text, "true");
  EXPECT_EQ(event.value.number, 1.5);
}

TEST(Decoder, StatusErrorMarksAFailedRequestAndNothingElseDoes) {
  Decoding decode;
  EXPECT_TRUE(decode.prediction(R"({"type":"prediction","model":"m","status":"error"})").failed);
  EXPECT_FALSE(decode.prediction(R"({"type":"prediction","model":"m","status":"ok"})").failed);
  EXPECT_FALSE(decode.prediction(R"({"type":"prediction","model":"m","status":500})").failed);
}

TEST(Decoder, AMissingTypeIsTheTopicsWhereItStandsInOneListOnly) {
  Decoding decode;
  EXPECT_NO_THROW(decode.as<PredictionEvent>(R"({"model":"m"})", kPredictions));
  EXPECT_NO_THROW(decode.as<FeedbackEvent>(R"({"model":"m","id":"1","label":1})", kFeedback));
  EXPECT_NO_THROW(decode.as<ModelEvent>(R"({"model":"m","event":"deployed","type":null})", kModels));
  // What an event says of itself wins over its topic.
  EXPECT_NO_THROW(
      decode.as<FeedbackEvent>(R"({"type":"feedback","model":"m","id":"1","label":1})", kPredictions));
  EXPECT_EQ(decode.reason(R"({"model":"m"})", kPredictions | kFeedback), "no_type");
}

TEST(Decoder, EscapesAreResolvedInNamesAndValues) {
  Decoding decode;
  const auto event = decode.prediction(
      R"({"ty\u0070e":"prediction","model":"\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00","id":"\u0000x",
      "features":{"\u0061":"\u0062","plain":"text"}})");
  EXPECT_EQ(event.model, "\"\\/\b\f\n\r\té€😀");
  EXPECT_EQ(event.id, std::string_view("\0x", 2));
  EXPECT_EQ(feature(event, "a")->text, "b");
  EXPECT_EQ(feature(event, "plain")->text, "text");
}

TEST(Decoder, UnknownFieldsAreIgnoredWhateverTheyHold) {
  Decoding decode;
  EXPECT_EQ(decode.reason(R"({"type":"prediction","extra":{"model":"x","deep":[{"type":1},[[]],"\u0041"]},
  "model":"m","more":-1.5E+3})"),
            "accepted");
}

TEST(Decoder, AByteOrderMarkAndWhiteSpaceAreNoHindrance) {
  Decoding decode;
  EXPECT_EQ(decode.reason("\xEF\xBB\xBF \r\n\t{ \"type\" : \"prediction\" , \"model\" : \"m\" } \n"),
            "accepted");
}

}  // namespace
}  // namespace driftd::collector
