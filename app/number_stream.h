// Numbers one after another from a file or a stream: one a line (gzip too), or one column of a data
// set. Not thread-safe; reads files.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "core/result.h"

namespace driftd::app {

// Called for every value in order, also for one that is not finite.
using NumberSink = std::function<void(double)>;

// One number a line; blank lines are passed over. Errors name the line.
Status read_numbers(const std::string& path, const NumberSink& sink);
Status read_numbers(std::istream& in, const NumberSink& sink);

// The column of a CSV or JSON Lines file by its name; missing cells are passed over. A text is an error.
Status read_column(const std::string& path, const std::string& column, const NumberSink& sink);
// The same of a stream, which is copied to a temporary file first.
Status read_column(std::istream& in, const std::string& column, const NumberSink& sink);

}  // namespace driftd::app
