#include "app/config/interpolation.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "app/config/secret_names.h"

namespace driftd::app {
namespace {

constexpr std::size_t kMostFileBytes = 1 << 20;

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  if (name.empty() || !letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

struct Part {
  std::string text;
  bool secret = false;
};

Result<Part> read_file(const std::string& path, const Surroundings& surroundings) {
  if (path.empty()) return Error{ErrorCode::invalid, "${file:} names no file"};
  Result<std::string> content = surroundings.file(path);
  if (!content.ok()) return content.error();
  std::string text = std::move(content).value();
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return Part{std::move(text), true};
}

// What stands between the braces.
Result<Part> look_up(const std::string& inside, const Surroundings& surroundings) {
  if (inside.starts_with("file:")) return read_file(inside.substr(5), surroundings);
  const std::size_t mark = inside.find(":-");
  const std::string name = inside.substr(0, mark);
  if (!is_variable_name(name)) {
    return Error{ErrorCode::invalid,
                 "${" + inside + "} is neither ${VAR}, ${VAR:-default} nor ${file:/path}"};
  }
  const auto value = surroundings.variable(name);
  if (value && !(value->empty() && mark != std::string::npos)) return Part{*value, names_secret(name)};
  if (mark == std::string::npos) {
    return Error{ErrorCode::invalid, "the environment variable " + name +
                                         " is not set; give it, or write ${" + name + ":-default}"};
  }
  return Part{inside.substr(mark + 2), false};
}

}  // namespace

Result<Interpolated> interpolate(std::string_view text, const Surroundings& surroundings) {
  Interpolated result;
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    result.text += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.empty()) break;
    if (text.starts_with("$$")) {
      result.text += '$';
      text.remove_prefix(2);
    } else if (!text.starts_with("${")) {
      result.text += '$';
      text.remove_prefix(1);
    } else {
      const std::size_t end = text.find('}');
      if (end == std::string_view::npos) {
        return Error{ErrorCode::invalid, "${ without its }; a dollar itself is written $$"};
      }
      Result<Part> part = look_up(std::string(text.substr(2, end - 2)), surroundings);
      if (!part.ok()) return part.error();
      result.text += part->text;
      if (part->secret && !part->text.empty()) result.secrets.push_back(std::move(part->text));
      text.remove_prefix(end + 1);
    }
  }
  return result;
}

Surroundings process_surroundings() {
  Surroundings surroundings;
  surroundings.variable = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nothing calls setenv
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
  surroundings.file = [](const std::string& path) -> Result<std::string> {
    std::ifstream file(path, std::ios::binary);
    std::string content;
    content.assign(std::istreambuf_iterator<char>(file), {});
    if (!file.is_open() || file.bad()) return Error{ErrorCode::io, "the file " + path + " cannot be read"};
    if (content.size() > kMostFileBytes)
      return Error{ErrorCode::invalid, "the file " + path + " is over 1 MB"};
    return content;
  };
  return surroundings;
}

}  // namespace driftd::app
