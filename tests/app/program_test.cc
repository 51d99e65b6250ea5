// Arguments, exit codes, the log's lines and the progress line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/commands/command.h"
#include "app/log.h"
#include "app/progress.h"

namespace driftd::app {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

struct Outcome {
  ExitStatus status;
  std::string out, err;
};
Outcome run(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "driftd");
  std::istringstream in;
  std::ostringstream out, err;
  Streams streams{in, out, err};
  const ExitStatus status = run_program(static_cast<int>(arguments.size()), arguments.data(), streams);
  return {status, out.str(), err.str()};
}

std::string file_with(const std::string& text) {
  const std::string path = std::string(testing::TempDir()) + "/program_test.yaml";
  std::ofstream(path) << text;
  return path;
}

TEST(Program, RefusesWrongUsageWithTwo) {
  EXPECT_EQ(run({}).status, ExitStatus::usage);
  EXPECT_EQ(run({"nonsense"}).status, ExitStatus::usage);
  EXPECT_EQ(run({"check"}).status, ExitStatus::usage);
  EXPECT_EQ(run({"check", "--nonsense"}).status, ExitStatus::usage);
  EXPECT_EQ(static_cast<int>(ExitStatus::usage), 2);
}

TEST(Program, TeachesEachCommandByExample) {
  EXPECT_THAT(run({"--version"}).out, HasSubstr("driftd 0."));
  EXPECT_EQ(run({"--help"}).status, ExitStatus::done);
  for (const Command* command : commands()) {
    const Outcome help = run({command->name, "--help"});
    EXPECT_EQ(help.status, ExitStatus::done) << command->name;
    EXPECT_THAT(help.out, HasSubstr(std::string("Examples:\n  driftd ") + command->name));
    EXPECT_EQ(run({"--help"}).out.find(std::string("  ") + command->name + " ") != std::string::npos,
              !command->hidden);
  }
}

TEST(Check, AcceptsARightFileAndNamesTheFaultsOfAWrongOne) {
  const std::string right = file_with("kafka: {brokers: [b:1], topics: {predictions: [p]}}\n");
  EXPECT_EQ(run({"check", "-c", right.c_str()}).status, ExitStatus::done);
  EXPECT_EQ(run({"check", "-c", right.c_str()}).err, "");
  EXPECT_THAT(run({"check", "-c", right.c_str(), "--print"}).out, HasSubstr("\nslot: 1m\n"));
  const std::string wrong = file_with("kafka: {brokers: [b:1], topics: {predictions: [p]}}\nslto: 1m\n");
  const Outcome refused = run({"check", "-c", wrong.c_str()});
  EXPECT_EQ(refused.status, ExitStatus::usage);
  EXPECT_EQ(refused.err, wrong + ":2: slto: unknown key slto; did you mean slot?\n");
  EXPECT_EQ(refused.out, "");
}

TEST(Log, WritesLogfmtAndJson) {
  std::string line;
  const auto keep = [&](std::string_view text) { line = text; };
  const Logger logfmt(LogLevel::info, LogFormat::logfmt, keep);
  logfmt.warn("two words", {{"n", 3}, {"share", 0.5}, {"ok", true}, {"name", "a \"b\"\n"}, {"bare", "x/y"}});
  EXPECT_THAT(line, MatchesRegex("ts=....-..-..T..:..:..\\....Z level=warn msg=\"two words\" n=3 share=0.5 "
                                 "ok=true name=\"a .\"b.\".n\" bare=x/y"));
  line.clear();
  logfmt.debug("unseen");
  EXPECT_EQ(line, "");
  logfmt.set_level(LogLevel::debug);
  logfmt.debug("seen");
  EXPECT_THAT(line, HasSubstr("msg=seen"));

  const Logger json(LogLevel::info, LogFormat::json, keep);
  json.error("bad \xff bytes {}", {{"offset", std::int64_t{-1}}, {"percent", "%v"}});
  const auto parsed = nlohmann::json::parse(line);
  EXPECT_EQ(parsed["level"], "error");
  EXPECT_EQ(parsed["offset"], -1);
  EXPECT_EQ(parsed["percent"], "%v");
  EXPECT_THAT(parsed["ts"].get<std::string>(), MatchesRegex("....-..-..T..:..:..\\....Z"));
}

TEST(Progress, AppearsAfterTwoSecondsOnATerminalOnlyAndLeavesNothing) {
  std::ostringstream out;
  std::chrono::steady_clock::time_point now;
  {
    Progress progress(out, true, "profile", [&] { return now; });
    now += std::chrono::milliseconds(1900);
    progress.update(1, 10);
    EXPECT_EQ(out.str(), "");
    now += std::chrono::milliseconds(200);
    progress.update(5, 10, "of bank.csv");
    EXPECT_EQ(out.str(), "\rprofile: 50% of bank.csv");
    progress.update(6, 10);
    EXPECT_EQ(out.str(), "\rprofile: 50% of bank.csv");
  }
  EXPECT_TRUE(out.str().ends_with("\r                        \r"));
  std::ostringstream quiet;
  Progress none(quiet, false, "profile", [&] { return now; });
  now += std::chrono::hours(1);
  none.update(1);
  EXPECT_EQ(quiet.str(), "");
}

}  // namespace
}  // namespace driftd::app
