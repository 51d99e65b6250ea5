#include "app/http/listen.h"

#include <charconv>

namespace driftd::app {

std::optional<HostPort> parse_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  if (host.find_first_of("[]") != std::string_view::npos) return std::nullopt;
  HostPort parsed{std::string(host), 0};
  const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
  if (fault != std::errc() || end != port.data() + port.size()) return std::nullopt;
  return parsed;
}

}  // namespace driftd::app
