// CloudEvents in both modes: the examples of INTEROP 1.1 and what surrounds them.
#include <gtest/gtest.h>

#include "collector/decoders/cloudevents.h"
#include "decoding.h"

namespace driftd::collector {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

const Headers kBinary = {{"ce_specversion", "1.0"},
                         {"ce_id", "8f1c"},
                         {"ce_type", "driftd.prediction"},
                         {"ce_source", "/scoring"},
                         {"ce_time", "2026-11-20T08:00:00.25Z"},
                         {"content-type", "application/json"}};
const Headers kStructured = {{"content-type", "application/cloudevents+json; charset=UTF-8"}};
const Time kTime = *parse_rfc3339("2026-11-20T08:00:00.25Z");

TEST(CloudEvents, BinaryFillsWhatTheDataLeavesOut) {
  Decoding decode;
  decode.set_headers(kBinary);
  const auto event = decode.prediction(
      R"({"model":"credit","version":"7","features":{"age":41},"prediction":{"score":0.83}})");
  EXPECT_EQ(event.id, "8f1c");
  EXPECT_EQ(event.time, kTime);
  EXPECT_EQ(event.model, "credit");
  EXPECT_EQ(event.score.number, 0.83);
}

TEST(CloudEvents, TheDatasFieldsWin) {
  Decoding decode;
  decode.set_headers(kBinary);
  const auto event = decode.feedback(R"({"type":"feedback","model":"m","id":"own","time":0,"label":"x"})");
  EXPECT_EQ(event.id, "own");
  EXPECT_EQ(event.time, 0);
}

TEST(CloudEvents, BinaryNeedsAllFourAttributes) {
  for (std::size_t left_out = 0; left_out < 4; ++left_out) {
    Headers headers = kBinary;
    headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(left_out));
    Decoding decode;
    decode.set_headers(headers);
    EXPECT_EQ(decode.reason(R"({"model":"m"})"), "no_type") << left_out;
  }
}

TEST(CloudEvents, BinaryWithoutDataIsEmpty) {
  Decoding decode;
  decode.set_headers(kBinary);
  EXPECT_EQ(decode.reason(""), "empty");
}

TEST(CloudEvents, AttributesInHeadersAreUtf8) {
  Headers headers = kBinary;
  headers[1].second = "\xff";
  Decoding decode;
  decode.set_headers(headers);
  EXPECT_EQ(decode.reason(R"({"model":"m"})"), "not_utf8");
}

TEST(CloudEvents, StructuredHoldsTheDataInside) {
  Decoding decode;
  decode.set_headers(kStructured);
  const auto event = decode.prediction(
      R"({"specversion":"1.0","id":"8f1c","type":"driftd.prediction","source":"/scoring","time":"2026-11-20T08:00:00.25Z",
 "data":{"model":"credit","features":{"age":41},"prediction":{"score":0.83}}})");
  EXPECT_EQ(event.id, "8f1c");
  EXPECT_EQ(event.time, kTime);
  ASSERT_EQ(event.features.size(), 1U);
  EXPECT_EQ(event.features[0].value.number, 41);
}

TEST(CloudEvents, StructuredIsToldByItsContentTypeInAnyLetterCase) {
  Decoding decode;
  decode.set_headers({{"Content-Type", "Application/CloudEvents+JSON"}});
  EXPECT_EQ(decode.prediction(R"({"data":{"model":"m"},"type":"driftd.prediction"})").model, "m");
  decode.set_headers({{"content-type", "application/json"}});
  EXPECT_EQ(decode.reason(R"({"data":{"model":"m"},"type":"driftd.prediction"})"), "unknown_type");
}

TEST(CloudEvents, Version03IsReadToo) {
  Decoding decode;
  decode.set_headers(kStructured);
  EXPECT_EQ(decode.prediction(R"({"specversion":"0.3","type":"prediction","data":{"model":"m"}})").model,
            "m");
  // {"model":"m3"}
  EXPECT_EQ(decode
                .prediction(R"({"specversion":"0.3","type":"prediction","datacontentencoding":"base64",
                                 "data":"eyJtb2RlbCI6Im0zIn0="})")
                .model,
            "m3");
}

TEST(CloudEvents, EncodedDataIsDecoded) {
  Decoding decode;
  decode.set_headers(kStructured);
  // {"type":"feedback","model":"m","label":"é"}
  const auto event = decode.feedback(
      R"({"id":"a\u0062","data_base64":"eyJ0eXBlIjoiZmVlZGJhY2siLCJtb2RlbCI6Im0iLCJsYWJlbCI6IsOpIn0="})");
  EXPECT_EQ(event.id, "ab");
  EXPECT_EQ(event.label.text, "é");
}

TEST(CloudEvents, DataThatIsNoObjectIsRejected) {
  Decoding decode;
  decode.set_headers(kStructured);
  EXPECT_EQ(decode.reason(R"({"type":"driftd.prediction"})"), "not_an_object");
  EXPECT_EQ(decode.reason(R"({"type":"driftd.prediction","data":null})"), "not_an_object");
  EXPECT_EQ(decode.reason(R"({"type":"driftd.prediction","data_base64":""})"), "not_an_object");
  EXPECT_EQ(decode.reason(R"({"type":"driftd.prediction","data":[1]})"), "not_an_object");
  EXPECT_EQ(decode.reason(R"({"type":"driftd.prediction","data_base64":"MQ=="})"), "not_an_object");
  EXPECT_EQ(decode.reason(R"({"type":"driftd.prediction","data_base64":"ew=="})"), "not_json");
  EXPECT_EQ(decode.reason(R"({"type":"driftd.prediction","data_base64":"/w=="})"), "not_utf8");
  EXPECT_EQ(decode.reason(R"({"type":"driftd.prediction","data_base64":"?"})"), "bad_field");
  EXPECT_EQ(decode.reason("[]"), "not_an_object");
  EXPECT_EQ(decode.reason(R"({"type":"driftd.prediction","data":{"model":"m"})"), "not_json");
}

TEST(CloudEvents, AForeignTypeIsUnknown) {
  Decoding decode;
  decode.set_headers(kStructured);
  EXPECT_EQ(decode.reason(R"({"type":"org.acme.scored","data":{"model":"m"}})", kPredictions),
            "unknown_type");
  EXPECT_EQ(decode.reason(R"({"data":{"model":"m"}})", kPredictions), "accepted");
}

// The vectors of RFC 4648, section 10.
TEST(Base64, DecodesTheVectorsOfItsStandard) {
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("Zg=="), "f");
  EXPECT_EQ(decode_base64("Zm8="), "fo");
  EXPECT_EQ(decode_base64("Zm9v"), "foo");
  EXPECT_EQ(decode_base64("Zm9vYg=="), "foob");
  EXPECT_EQ(decode_base64("Zm9vYmE="), "fooba");
  EXPECT_EQ(decode_base64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(decode_base64("Zm8"), "fo");
  EXPECT_EQ(decode_base64("Z"), std::nullopt);
  EXPECT_EQ(decode_base64("Zm9v=="), std::nullopt);
  EXPECT_EQ(decode_base64("Zm 9v"), std::nullopt);
}

}  // namespace
}  // namespace driftd::collector
