#include "app/time_zone.h"

#include <absl/time/time.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "core/nearest.h"
#include "core/time.h"

namespace driftd::app {
namespace {

using detectors::evidence::TimeZone;

const std::filesystem::path kDatabase = "/usr/share/zoneinfo";
constexpr Time kEnd = 4'102'444'800 * kSecond;  // 2100-01-01T00:00:00Z

// What the library would also take: names of files, and the clock of this machine.
bool may_be_zone(const std::string& name) {
  return !name.empty() && std::isupper(static_cast<unsigned char>(name.front())) != 0 &&
         name.find("..") == std::string::npos;
}

std::vector<std::string> known_names() {
  const char* const set = std::getenv("TZDIR");  // NOLINT(concurrency-mt-unsafe): nothing calls setenv
  const std::filesystem::path root = set != nullptr ? std::filesystem::path(set) : kDatabase;
  std::vector<std::string> names = {"UTC"};
  std::error_code ignored;
  for (std::filesystem::recursive_directory_iterator file(root, ignored), end; file != end;
       file.increment(ignored)) {
    std::string name = file->path().lexically_relative(root).string();
    if (may_be_zone(name) && !file->is_directory(ignored)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

Duration offset_at(const absl::TimeZone& zone, absl::Time time) { return zone.At(time).offset * kSecond; }

}  // namespace

Result<TimeZone> load_time_zone(const std::string& name) {
  absl::TimeZone zone;
  if (!may_be_zone(name) || !absl::LoadTimeZone(name, &zone)) {
    const std::vector<std::string> names = known_names();
    const std::string* const near = nearest(name, names);
    std::string message = "unknown time zone " + name;
    if (near != nullptr) message += "; did you mean " + *near + "?";
    return Error{ErrorCode::not_found, std::move(message)};
  }
  TimeZone found{name, offset_at(zone, absl::UnixEpoch()), {}};
  Duration offset = found.first_offset;
  absl::Time at = absl::UnixEpoch();
  absl::TimeZone::CivilTransition change;
  while (zone.NextTransition(at, &change)) {
    at = zone.At(change.to).trans;
    if (absl::ToUnixMicros(at) >= kEnd) break;
    if (offset_at(zone, at) == offset) continue;
    offset = offset_at(zone, at);
    found.changes.push_back({absl::ToUnixMicros(at), offset});
  }
  return found;
}

}  // namespace driftd::app
