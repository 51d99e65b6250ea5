// Streams for `certify` and regimes as CSV or events: a few columns with a daily season and a wobble.
#pragma once

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "app/commands/command.h"
#include "app/simulate/random.h"
#include "core/time.h"

namespace driftd::app::testing {

struct StreamShape {
  double days = 16;
  std::int64_t per_block = 30;  // rows in five minutes
  double season = .5;           // of the day, in standard deviations
  double day_wobble = .03;
  double level = 0;     // of the first column
  bool rounds = false;  // on every third day values come in quarters
  std::uint64_t seed = 1;
};

inline constexpr Time kStreamStart = 1'788'739'200 * kSecond;  // Monday, 2026-09-07T00:00:00Z

// Calls row(time, values) in the order of time.
template <class Row>
void stream_rows(const StreamShape& shape, std::size_t columns, Row row) {
  simulate::Random random(shape.seed, 0);
  std::vector<double> wobble(columns);
  const auto blocks = static_cast<std::int64_t>(shape.days * 288);
  for (std::int64_t block = 0; block < blocks; ++block) {
    if (block % 288 == 0)
      for (double& each : wobble) each = shape.day_wobble * random.bell();
    const double season =
        shape.season * std::sin(2 * 3.14159265358979 * static_cast<double>(block % 288) / 288);
    for (std::int64_t i = 0; i < shape.per_block; ++i) {
      std::vector<double> values;
      for (std::size_t c = 0; c < columns; ++c)
        values.push_back(random.bell() + season + wobble[c] + (c == 0 ? shape.level : 0));
      if (shape.rounds && block / 288 % 3 == 1)
        for (double& value : values) value = std::round(value * 4) / 4;
      row(kStreamStart + block * 5 * kMinute + i * 5 * kMinute / shape.per_block, values);
    }
  }
}

inline const char* country_at(Time time) {
  const std::int64_t turn = simulate::Random(99, static_cast<std::uint64_t>(time)).integer(0, 9);
  return turn < 5 ? "DE" : turn < 8 ? "FR" : "PL";
}

inline std::string test_path(const std::string& name) {
  return (std::filesystem::path(::testing::TempDir()) / name).string();
}

inline std::string write_file(const std::string& name, const std::string& text) {
  std::ofstream(test_path(name), std::ios::binary) << text;
  return test_path(name);
}

inline std::string csv_file(const std::string& name, const StreamShape& shape, std::size_t columns = 2) {
  std::ofstream out(test_path(name), std::ios::binary);
  out << "time";
  for (std::size_t c = 0; c < columns; ++c) out << ",x" << c;
  out << ",country\n";
  stream_rows(shape, columns, [&](Time time, const std::vector<double>& values) {
    char number[32];
    out << format_rfc3339(time);
    for (const double value : values) {
      std::snprintf(number, sizeof number, ",%.4f", value);
      out << number;
    }
    out << "," << country_at(time) << "\n";
  });
  return test_path(name);
}

struct Ran {
  ExitStatus status = ExitStatus::failed;
  std::string out, err;
};

inline Ran run_driftd(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "driftd");
  std::vector<const char*> words;
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  std::istringstream in;
  std::ostringstream out, err;
  Streams streams{in, out, err};
  const ExitStatus status = run_program(static_cast<int>(words.size()), words.data(), streams);
  return {status, out.str(), err.str()};
}

}  // namespace driftd::app::testing
