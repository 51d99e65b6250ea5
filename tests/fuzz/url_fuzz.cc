// URLs of webhooks, the hosts that they may call, and addresses to listen on: what is read is the same when
// it is written again, no URL smuggles a line break, and an allowed host is one that a pattern stands for.
// An input is URL or ADDRESS, a line break, PATTERN.
#include <algorithm>

#include "alerts/delivery_hosts.h"
#include "alerts/url.h"
#include "app/http/listen.h"
#include "app/http/target.h"
#include "tests/fuzz/round_trip.h"

namespace {

using driftd::fuzz::require;

void check_url(std::string_view text, const std::string& pattern) {
  using namespace driftd::alerts;
  const auto url = parse_url(text);
  if (!url.ok()) return require(!url.error().message.empty(), "a refusal says why");
  const auto printable = [](char c) { return c > ' ' && c < 127; };
  require(std::ranges::all_of(url->target, printable) && std::ranges::all_of(url->host_header(), printable),
          "a request line and a Host header are printable");
  require(url->target.starts_with('/'), "a target begins with a slash");
  const auto again = parse_url((url->tls ? "https://" : "http://") + url->host_header() + url->target);
  require(again.ok() && again->host == url->host && again->port == url->port && again->target == url->target,
          "a URL reads back");
  require(host_is_allowed({}, url->host), "without patterns every host is allowed");
  if (!host_pattern_fault(url->host))
    require(host_is_allowed({url->host}, url->host), "a host allows itself");
  if (host_pattern_fault(pattern) || !host_is_allowed({pattern}, url->host)) return;
  require(host_is_allowed({"other.example", pattern}, url->host), "a pattern more forbids nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::app;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view text = driftd::fuzz::part(bytes);
  const std::string pattern(bytes);
  check_url(text, pattern);
  if (const auto at = parse_host_port(text)) {
    const bool v6 = at->host.find(':') != std::string::npos;
    const auto again =
        parse_host_port((v6 ? "[" + at->host + "]" : at->host) + ":" + std::to_string(at->port));
    require(again && again->host == at->host && again->port == at->port, "an address reads back");
  }
  if (const auto target = parse_target(text)) {
    std::string written;
    for (const std::string& segment : target->path) written += "/" + percent_encoded(segment);
    if (written.empty()) written = "/";
    for (const auto& [name, value] : target->query)
      written += (&name == &target->query.front().first ? "?" : "&") + percent_encoded(name) + "=" +
                 percent_encoded(value);
    const auto again = parse_target(written);
    require(again && again->path == target->path && again->query == target->query, "a target reads back");
  }
  return 0;
}
