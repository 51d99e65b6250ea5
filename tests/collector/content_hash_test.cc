#include "collector/content_hash.h"

#include <gtest/gtest.h>

#include <set>

#include "decoding.h"

namespace driftd::collector {
namespace {

std::uint64_t hash_of(std::string_view fields) {
  Decoding decode;
  return content_hash(decode.prediction(R"({"type":"prediction","model":"m",)" + std::string(fields) + "}"));
}
std::uint64_t hash_of_feedback(std::string_view fields) {
  Decoding decode;
  return content_hash(
      decode.feedback(R"({"type":"feedback","model":"m","id":"1",)" + std::string(fields) + "}"));
}

TEST(ContentHash, IgnoresOrderSpellingAndEnvelope) {
  const auto hash = hash_of(
      R"("id":"1","time":0,"features":{"a":1,"b":"x"},"prediction":{"label":1,"scores":{"p":0.5,"q":0.25}})");
  EXPECT_EQ(
      hash_of(
          R"("prediction":{"scores":{"q":2.5e-1,"p":0.50},"label":"1"},"features":{"b":"\u0078","a":1.0},"other":3)"),
      hash);
}

TEST(ContentHash, TellsWhatDiffers) {
  std::set<std::uint64_t> hashes;
  const char* const cases[] = {R"("features":{"a":1,"b":2})",
                               R"("features":{"a":2,"b":1})",
                               R"("features":{"a":1})",
                               R"("features":{"a":1,"b":null})",
                               R"("features":{"a":1,"b":"2"})",
                               R"("features":{"a":1,"b":true})",
                               R"("features":{"a":1,"b":"true"})",
                               R"("features":{"a":1,"b":[2]})",
                               R"("features":{"a":1,"b":[3]})",
                               R"("features":{"a":1,"b":{}})",
                               R"("features":{"a":1,"b":1e999})",
                               R"("features":{"a":1,"b":-1e999})",
                               R"("features":{})",
                               R"("prediction":1)",
                               R"("prediction":"1")",
                               R"("prediction":{"score":1})",
                               R"("prediction":{"scores":{"1":1}})",
                               R"("latency_ms":1)",
                               R"("status":"error")"};
  for (const char* fields : cases) hashes.insert(hash_of(fields));
  EXPECT_EQ(hashes.size(), std::size(cases));
}

TEST(ContentHash, OfFeedbackIsItsVerdict) {
  EXPECT_EQ(hash_of_feedback(R"("label":1)"), hash_of_feedback(R"("label":"1","time":5)"));
  EXPECT_EQ(hash_of_feedback(R"("label":1.0)"), hash_of_feedback(R"("label":1)"));
  EXPECT_NE(hash_of_feedback(R"("label":1)"), hash_of_feedback(R"("label":2)"));
  EXPECT_NE(hash_of_feedback(R"("label":1)"), hash_of_feedback(R"("value":1)"));
}

// The hash is stored: it must be the same in every build.
TEST(ContentHash, IsFrozen) {
  EXPECT_EQ(hash_of(R"("features":{"a":1,"b":"x"},"prediction":0.5)"), 15967034630460936063U);
  EXPECT_EQ(hash_of_feedback(R"("label":"bad")"), 163856264223064016U);
}

}  // namespace
}  // namespace driftd::collector
