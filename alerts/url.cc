#include "alerts/url.h"

#include <algorithm>

namespace driftd::alerts {

namespace {

Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool may_stand_in_url(char c) {
  constexpr std::string_view kOthers = "-._~:/?#[]@!$&'()*+,;=%";
  return is_alnum(c) || kOthers.find(c) != std::string_view::npos;
}

bool is_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 &&
         std::ranges::all_of(host, [](char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_'; });
}

bool is_ipv6(std::string_view host) {
  constexpr std::string_view kDigits = "0123456789abcdefABCDEF:.";
  return host.size() <= 45 && host.find(':') != std::string_view::npos &&
         host.find_first_not_of(kDigits) == std::string_view::npos;
}

bool is_port(std::string_view port) {
  if (port.empty() || port.size() > 5 ||
      !std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; }))
    return false;
  const int number = std::stoi(std::string(port));
  return number >= 1 && number <= 65535;
}

// "host", "host:port", "[::1]:port"
bool split_authority(std::string_view authority, Url& url) {
  const bool bracketed = authority.starts_with('[');
  const std::size_t close = bracketed ? authority.find(']') : 0;
  if (close == std::string_view::npos) return false;
  const std::size_t colon = authority.find(':', close);
  const std::size_t host_end = bracketed ? close : std::min(colon, authority.size());
  url.host = authority.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0));
  if (bracketed && close + 1 != std::min(colon, authority.size())) return false;
  url.port = colon == std::string_view::npos ? (url.tls ? "443" : "80") : authority.substr(colon + 1);
  return (bracketed ? is_ipv6(url.host) : is_name(url.host)) && is_port(url.port);
}

}  // namespace

std::string Url::host_header() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

Result<Url> parse_url(std::string_view text) {
  Url url;
  url.tls = text.starts_with("https://");
  if (!url.tls && !text.starts_with("http://")) return invalid("a URL begins with http:// or https://");
  if (text.size() > 8192) return invalid("a URL may have 8192 characters at most");
  if (!std::ranges::all_of(text, may_stand_in_url))
    return invalid("a URL holds only printable ASCII without spaces and quotes; percent-encode the rest");
  text.remove_prefix(url.tls ? 8 : 7);
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  const std::string_view authority = text.substr(0, end);
  if (authority.find('@') != std::string_view::npos)
    return invalid("a URL holds no user and password here; put them into a header");
  if (!split_authority(authority, url))
    return invalid("a URL needs a host, and a port from 1 to 65535 if any");
  std::string_view rest = text.substr(end);
  rest = rest.substr(0, rest.find('#'));
  url.target = (rest.starts_with('/') ? "" : "/") + std::string(rest);
  return url;
}

}  // namespace driftd::alerts
