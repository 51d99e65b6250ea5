// `driftd detect`: an order-dependent detector over a stream of numbers.
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdint>
#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "app/commands/command.h"
#include "app/number_stream.h"
#include "core/event.h"
#include "core/node.h"
#include "detectors/kind.h"

namespace driftd::app {
namespace {

using detectors::SequentialDetector;
using detectors::Signal;

struct Options {
  std::string kind;
  std::string input;
  std::string column;
  std::vector<std::string> settings;
};

// Says what a detector says: a warning when it begins, every drift.
class Report {
 public:
  Report(const detectors::Kind& kind, SequentialDetector& detector, std::ostream& out)
      : kind_(kind), detector_(detector), out_(out) {}

  void take(double value) {
    if (std::isfinite(value) && !accepts(kind_.accepts, value) && refused_.empty()) {
      refused_ = "the value at index " + std::to_string(values_) + " is " + shortest_text(value) + "; " +
                 std::string(kind_.name) + " reads " + std::string(accepts_text(kind_.accepts));
    }
    const Signal signal = detector_.update(value);
    const bool began = signal != last_ || signal == Signal::drift;
    last_ = signal;
    if (signal == Signal::drift && accepts(kind_.accepts, value)) {
      tell("drift", drifts_);
    } else if (signal == Signal::warning && began) {
      tell("warning", warnings_);
    }
    ++values_;
  }
  void finish() {
    out_ << R"({"values":)" << values_ << R"(,"drifts":)" << drifts_ << R"(,"warnings":)" << warnings_
         << "}\n";
  }
  // What is wrong with the first value that the kind does not accept; empty where all are in order.
  [[nodiscard]] const std::string& refused() const { return refused_; }

 private:
  void tell(const char* state, std::int64_t& count) {
    ++count;
    // Whoever reads a live stream sees it at once.
    out_ << R"({"index":)" << values_ << R"(,"state":")" << state << "\"}" << std::endl;
  }

  const detectors::Kind& kind_;
  SequentialDetector& detector_;
  std::ostream& out_;
  std::string refused_;
  Signal last_ = Signal::none;
  std::int64_t values_ = 0;
  std::int64_t drifts_ = 0;
  std::int64_t warnings_ = 0;
};

Status feed(const Options& options, std::istream& in, const NumberSink& sink) {
  const bool standard_input = options.input == "-";
  if (options.column.empty())
    return standard_input ? read_numbers(in, sink) : read_numbers(options.input, sink);
  return standard_input ? read_column(in, options.column, sink)
                        : read_column(options.input, options.column, sink);
}

ExitStatus detect(const Options& options, Streams& streams) {
  Faults faults;
  const auto detector =
      detectors::make_detector(options.kind, from_assignments(options.settings), "", faults);
  for (const Fault& fault : faults) streams.err << "driftd detect: " << to_text(fault) << '\n';
  if (!detector) return ExitStatus::usage;
  Report report(*detectors::find_kind(options.kind), *detector, streams.out);
  const Status status = feed(options, streams.in, [&report](double value) { report.take(value); });
  if (!status) {
    streams.err << "driftd detect: " << status.error().message << '\n';
    return ExitStatus::failed;
  }
  report.finish();
  if (report.refused().empty()) return ExitStatus::done;
  streams.err << "driftd detect: " << report.refused() << '\n';
  return ExitStatus::failed;
}

}  // namespace

extern const Command command_detect;
const Command command_detect = {
    .name = "detect",
    .summary = "an order-dependent detector over a stream of numbers",
    .examples =
        "driftd detect adwin errors.txt\n"
        "driftd detect page_hinkley --set threshold=20 --set mode=up latencies.txt.gz\n"
        "driftd detect adwin --column loss day.csv\n"
        "tail -f losses.txt | driftd detect adwin -\n"
        "driftd kinds                              which there are, and their parameters",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      app.add_option("KIND", options->kind, "which detector")->required();
      app.add_option("INPUT", options->input, "a file of one number a line, or a table; - is standard input")
          ->required();
      app.add_option("--set", options->settings, "a parameter, as NAME=VALUE")->allow_extra_args(false);
      app.add_option("--column", options->column, "the column of a CSV or JSON Lines file");
      return [options](Streams& streams) { return detect(*options, streams); };
    },
};

}  // namespace driftd::app
