#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "app/commands/command.h"
#include "detectors/profile_json.h"

namespace driftd::app {
namespace {

using ::testing::HasSubstr;

class ProfileCommand : public ::testing::Test {
 protected:
  static std::string path(const std::string& name) {
    return (std::filesystem::path(::testing::TempDir()) / ("profile_command_" + name)).string();
  }
  static std::string file(const std::string& name, const std::string& content) {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }
  ExitStatus run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"driftd", "profile"});
    std::vector<const char*> words;
    for (const std::string& argument : arguments) words.push_back(argument.c_str());
    std::istringstream in;
    std::ostringstream out, err;
    Streams streams{in, out, err};
    const ExitStatus status = run_program(static_cast<int>(words.size()), words.data(), streams);
    err_ = err.str();
    return status;
  }
  static detectors::Profile written(const std::string& name) {
    std::ifstream in(path(name), std::ios::binary);
    auto profile = detectors::profile_from_json(std::string(std::istreambuf_iterator<char>(in), {}));
    EXPECT_TRUE(profile.ok()) << profile.error().message;
    return profile.ok() ? *profile : detectors::Profile{};
  }

  const std::string csv_ =
      file("in.csv", "id,zip,age,outcome,score\na,10,5,good,.1\nb,20,6,bad,.8\nc,10,,bad,.7\n");
  std::string err_;
};

TEST_F(ProfileCommand, WritesAProfileThatIsReadBack) {
  EXPECT_EQ(run({"--model", "credit", "--label", "outcome", "-o", path("a.json"), csv_}), ExitStatus::done)
      << err_;
  const detectors::Profile profile = written("a.json");
  EXPECT_EQ(profile.model, "credit");
  EXPECT_EQ(profile.rows, 3);
  EXPECT_EQ(profile.task.task, detectors::Task::binary);
  EXPECT_EQ(profile.task.positive, "good");
  EXPECT_EQ(profile.find("age")->missing(), 1);
  EXPECT_THAT(err_, HasSubstr(profile.digest));
}

TEST_F(ProfileCommand, TheConfigurationDecidesBinsTypesAndTask) {
  const std::string config = file("driftd.yaml",
                                  "kafka: {brokers: [localhost:9092], topics: {predictions: [p]}}\n"
                                  "models:\n"
                                  "  credit:\n"
                                  "    task: binary\n"
                                  "    positive: bad\n"
                                  "    reference: {file: not_there_yet.json}\n"
                                  "    columns: {zip: {type: categorical}, age: {ignore: true}}\n");
  EXPECT_EQ(run({"-c", config, "--model", "credit", "--label", "outcome", "-o", path("b.json"), csv_}),
            ExitStatus::done)
      << err_;
  const detectors::Profile profile = written("b.json");
  EXPECT_EQ(profile.task.positive, "bad");
  EXPECT_EQ(profile.find("zip")->type, detectors::ColumnType::categorical);
  EXPECT_EQ(profile.find("age"), nullptr);
}

// Errors are labelled after an hour, right answers after a day.
TEST_F(ProfileCommand, KeepsHowLateLabelsCameWhereEventsSayIt) {
  std::string predictions, feedback;
  const Time begin = *parse_rfc3339("2026-03-02T00:00:00Z");
  for (int i = 0; i < 400; ++i) {
    const Time time = begin + i * 10 * kMinute;
    const bool wrong = i % 10 == 3;
    const std::string id = "\"id\":\"i" + std::to_string(i) + "\",\"model\":\"m\"";
    predictions += R"({"type":"prediction",)" + id + R"(,"time":")" + format_rfc3339(time) +
                   R"(","features":{"x":)" + std::to_string(i % 7) + R"(},"prediction":"a"})" + "\n";
    if (i % 4 == 0) continue;
    feedback += R"({"type":"feedback",)" + id + R"(,"time":")" +
                format_rfc3339(time + (wrong ? kHour : kDay)) + R"(","label":")" + (wrong ? "b" : "a") +
                "\"}\n";
  }
  const std::string first = file("predictions.jsonl", predictions), second = file("feedback.jsonl", feedback);
  ASSERT_EQ(run({"--model", "m", "-o", path("late.json"), first, second}), ExitStatus::done) << err_;
  const detectors::Profile profile = written("late.json");
  ASSERT_TRUE(profile.labels.has_value());
  EXPECT_TRUE(profile.labels->scale.ages.known);
  EXPECT_EQ(profile.labels->scale.ages.ripe, kDay);
  EXPECT_TRUE(profile.labels->arrivals);
  std::int64_t made = 0;
  for (const auto& block : profile.labels->blocks)
    if (!block.cohort.empty()) made += block.cohort.front();
  EXPECT_GT(made, 250);  // those whose labels have had their time, labelled or not
  EXPECT_THAT(err_, testing::Not(HasSubstr("no times of labels")));
}

TEST_F(ProfileCommand, ExitsWithTwoForWrongInputAndOneForWhatFailed) {
  EXPECT_EQ(run({"--model", "m", "-o", path("c.json")}), ExitStatus::usage);
  EXPECT_EQ(run({"--model", "m", "-o", path("c.json"), file("bad.csv", "a\n1,2\n")}), ExitStatus::usage);
  EXPECT_THAT(err_, HasSubstr("bad.csv:2"));
  EXPECT_EQ(run({"--model", "m", "-o", path("c.json"), "/nowhere/x.csv"}), ExitStatus::failed);
  EXPECT_EQ(run({"--model", "m", "-o", "/nowhere/c.json", csv_}), ExitStatus::failed);
  EXPECT_THAT(err_, HasSubstr("/nowhere/c.json"));
}

}  // namespace
}  // namespace driftd::app
