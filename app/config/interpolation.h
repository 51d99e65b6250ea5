// `${VAR}`, `${VAR:-default}`, `${file:/path}` and `$$` in the values of a configuration.
//
// `:-` applies where the variable is not set or empty; a file's last line end is left out; a dollar
// that begins none of these stands for itself, so that `$p` in a template needs no `$$`. What is put
// in is not looked through again. Text from a file, or from a variable whose name says that it is a
// secret (…SECRET…, …TOKEN…, …PASSWORD…, …), is secret.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace driftd::app {

// The outside that a configuration may look at.
struct Surroundings {
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::function<Result<std::string>(const std::string& path)> file;
};
Surroundings process_surroundings();  // environment and file system; files of at most 1 MB

struct Interpolated {
  std::string text;
  std::vector<std::string> secrets;  // the parts that are secret, not empty ones
};
// Errors name the variable or file, never a value.
Result<Interpolated> interpolate(std::string_view text, const Surroundings& surroundings);

}  // namespace driftd::app
