#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "app/config/interpolation.h"

namespace driftd::app {
namespace {

Surroundings world() {
  Surroundings surroundings;
  surroundings.variable = [](const std::string& name) -> std::optional<std::string> {
    static const std::map<std::string, std::string> variables = {
        {"HOST", "kafka:9092"}, {"EMPTY", ""}, {"DOLLAR", "${HOST}"}, {"MY_SECRET", "hush"}, {"_x1", "y"}};
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  surroundings.file = [](const std::string& path) -> Result<std::string> {
    if (path == "/run/secrets/x") return std::string("token\n");
    if (path == "/lines") return std::string("a\n\n");
    return Error{ErrorCode::io, "the file " + path + " cannot be read"};
  };
  return surroundings;
}

struct Good {
  const char* text;
  const char* result;
  std::vector<std::string> secrets;
};
class Interpolates : public testing::TestWithParam<Good> {};
TEST_P(Interpolates, AsTheDesignSays) {
  const auto result = interpolate(GetParam().text, world());
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->text, GetParam().result);
  EXPECT_EQ(result->secrets, GetParam().secrets);
}
INSTANTIATE_TEST_SUITE_P(
    Cases, Interpolates,
    testing::Values(Good{"", "", {}}, Good{"plain", "plain", {}}, Good{"${HOST}", "kafka:9092", {}},
                    Good{"a${_x1}b${_x1}", "ayby", {}}, Good{"${NONE:-}", "", {}},
                    Good{"${NONE:-a:-b c}", "a:-b c", {}}, Good{"${EMPTY:-x}", "x", {}},
                    Good{"${EMPTY}", "", {}}, Good{"${HOST:-x}", "kafka:9092", {}}, Good{"$$", "$", {}},
                    Good{"$${HOST}", "${HOST}", {}}, Good{"$$$$", "$$", {}},
                    Good{"$$$${HOST}", "$${HOST}", {}}, Good{"$HOST", "$HOST", {}},
                    Good{"mutation($p:X!)", "mutation($p:X!)", {}}, Good{"5$", "5$", {}},
                    Good{"${DOLLAR}", "${HOST}", {}}, Good{"{{ incident }}", "{{ incident }}", {}},
                    Good{"Bearer ${file:/run/secrets/x}", "Bearer token", {"token"}},
                    Good{"${file:/lines}", "a\n", {"a\n"}}, Good{"${MY_SECRET}", "hush", {"hush"}},
                    Good{"${MY_SECRET:-x}", "hush", {"hush"}}));

struct Bad {
  const char* text;
  const char* message;
};
class InterpolationRefuses : public testing::TestWithParam<Bad> {};
TEST_P(InterpolationRefuses, WithWordsThatNameTheVariable) {
  const auto result = interpolate(GetParam().text, world());
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, testing::HasSubstr(GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(Cases, InterpolationRefuses,
                         testing::Values(Bad{"${NONE}", "variable NONE is not set"},
                                         Bad{"x${", "without its }"}, Bad{"${HOST", "without its }"},
                                         Bad{"${}", "neither ${VAR}"}, Bad{"${1x}", "neither ${VAR}"},
                                         Bad{"${A B}", "neither ${VAR}"}, Bad{"${file:}", "names no file"},
                                         Bad{"${file:/gone}", "/gone cannot be read"}));

// For any text: doubling its dollars protects it whole.
TEST(Interpolation, GivesBackAnyTextWhoseDollarsAreDoubled) {
  std::mt19937 random(1);
  const std::string alphabet = "$${}:-aAf_1 file";
  for (int round = 0; round < 20'000; ++round) {
    std::string text, doubled;
    for (std::size_t n = random() % 12; n > 0; --n) text += alphabet[random() % alphabet.size()];
    for (const char c : text) doubled += c == '$' ? "$$" : std::string(1, c);
    const auto result = interpolate(doubled, world());
    ASSERT_TRUE(result.ok()) << doubled;
    ASSERT_EQ(result->text, text);
    ASSERT_TRUE(result->secrets.empty());
  }
}

// For any two texts that interpolate, so does the first followed by the second, piece by piece, unless
// a dollar at the border finds company.
TEST(Interpolation, WorksPieceByPiece) {
  const std::vector<std::string> pieces = {"${HOST}", "${NONE:-d}", "$$", "x", "${MY_SECRET}", " ", "}", "{"};
  std::mt19937 random(2);
  for (int round = 0; round < 5'000; ++round) {
    std::string whole, expected;
    for (int i = 0; i < 5; ++i) {
      const std::string& piece = pieces[random() % pieces.size()];
      whole += piece;
      expected += interpolate(piece, world())->text;
    }
    ASSERT_EQ(interpolate(whole, world())->text, expected) << whole;
  }
}

}  // namespace
}  // namespace driftd::app
