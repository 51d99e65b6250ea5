// "127.0.0.1:9108", "[::1]:9108", "localhost:9108", ":9108": where to listen, or whom to call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace driftd::app {

struct HostPort {
  std::string host;  // without brackets; empty: all addresses
  std::uint16_t port = 0;
};

// Empty where there is no port in 0..65535, or an IPv6 address without brackets.
std::optional<HostPort> parse_host_port(std::string_view text);

}  // namespace driftd::app
