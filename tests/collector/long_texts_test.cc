// Values that are too long to be kept: the same for the same text, another for another one, and never longer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/decoder.h"
#include "decoding.h"

namespace driftd::collector {
namespace {

using testing::StartsWith;

constexpr std::size_t kMost = 64;

std::string event_with(const std::string& text) {
  return R"({"type":"prediction","model":"m","features":{"a":")" + text + R"("},"prediction":{"label":")" +
         text + R"(","scores":{")" + text + "\":0.5}}}";
}

struct Texts {
  std::string feature, label, score;
  std::size_t shortened = 0;
};

Texts texts_of(Decoding& decode, const std::string& text) {
  const std::string record = event_with(text);
  const Decoded decoded = decode(record);
  if (decoded.rejection) throw std::runtime_error(std::string(decoded.message));
  const auto& event = std::get<PredictionEvent>(decoded.events.front());
  return {std::string(event.features[0].value.text), std::string(event.label.text),
          std::string(event.scores[0].label), decoded.shortened};
}

TEST(LongTexts, WhatFitsIsLeftAsItIs) {
  Decoding decode({.max_text = kMost});
  const std::string text(kMost, 'x');
  const Texts texts = texts_of(decode, text);
  EXPECT_EQ(texts.feature, text);
  EXPECT_EQ(texts.label, text);
  EXPECT_EQ(texts.score, text);
  EXPECT_EQ(texts.shortened, 0U);
}

TEST(LongTexts, ABeginningAndAHashStandForTheWhole) {
  Decoding decode({.max_text = kMost});
  const Texts one = texts_of(decode, std::string(100'000, 'x'));
  EXPECT_LE(one.feature.size(), kMost);
  EXPECT_THAT(one.feature, StartsWith(std::string(45, 'x') + "\xE2\x80\xA6"));
  EXPECT_EQ(one.label, one.feature);
  EXPECT_EQ(one.score, one.feature);
  EXPECT_EQ(one.shortened, 3U);
  EXPECT_EQ(texts_of(decode, std::string(100'000, 'x')).feature, one.feature);
  EXPECT_NE(texts_of(decode, std::string(100'001, 'x')).feature, one.feature);
}

TEST(LongTexts, FeedbackNamesTheSameClass) {
  Decoding decode({.max_text = kMost});
  const std::string text(1000, 'y');
  const std::string predicted = texts_of(decode, text).label;
  const std::string record = R"({"type":"feedback","model":"m","id":"1","label":")" + text + "\"}";
  EXPECT_EQ(std::string(decode.feedback(record).label.text), predicted);
}

TEST(LongTexts, NoCharacterIsCutInTwo) {
  Decoding decode({.max_text = kMost});
  for (std::size_t before = 0; before < 4; ++before) {
    std::string text(before, 'a');
    for (int i = 0; i < 100; ++i) text += "\xF0\x9F\x98\x80";
    const std::string cut = texts_of(decode, text).feature;
    EXPECT_LE(cut.size(), kMost);
    EXPECT_EQ((cut.find("\xE2\x80\xA6") - before) % 4, 0U) << before;
  }
}

TEST(LongTexts, ArraysAreNoTexts) {
  Decoding decode({.max_text = kMost});
  std::string record = R"({"type":"prediction","model":"m","features":{"e":[0)";
  for (int i = 0; i < 500; ++i) record += ",1.5";
  record += "]}}";
  const Decoded decoded = decode(record);
  ASSERT_FALSE(decoded.rejection);
  EXPECT_EQ(decoded.shortened, 0U);
  EXPECT_GT(std::get<PredictionEvent>(decoded.events.front()).features[0].value.text.size(), 2000U);
}

}  // namespace
}  // namespace driftd::collector
