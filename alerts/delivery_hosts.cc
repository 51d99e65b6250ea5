#include "alerts/delivery_hosts.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace driftd::alerts {

namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

// A name may be written with its last dot.
std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (result.ends_with('.')) result.pop_back();
  return result;
}

std::optional<ip::address> address_of(std::string_view text) {
  error_code code;
  ip::address address = ip::make_address(std::string(text), code);
  if (code) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

// Asio compares networks only with networks.
template <class Network, class Address>
bool holds(const Network& network, const Address& address) {
  const Network one(address, network.prefix_length());
  return one.network() == network.network();
}

bool range_holds(const std::string& range, const ip::address& address) {
  error_code code;
  if (address.is_v4()) {
    const auto network = ip::make_network_v4(range, code);
    return !code && holds(network, address.to_v4());
  }
  const auto network = ip::make_network_v6(range, code);
  return !code && holds(network, address.to_v6());
}

bool is_range(const std::string& text) {
  error_code four, six;
  ip::make_network_v4(text, four);
  ip::make_network_v6(text, six);
  return !four || !six;
}

// The system's resolver takes 127.1, 0x7f.1 and 2130706433 for addresses too; as names they end in a number.
bool is_name(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  if (text.empty() || !std::ranges::all_of(text, plain) || text.starts_with('.')) return false;
  const std::size_t dot = text.rfind('.');
  const std::string_view last = text.substr(dot == std::string_view::npos ? 0 : dot + 1);
  return last.empty() || last.front() < '0' || last.front() > '9';
}

bool matches(const std::string& pattern, const std::string& host, const std::optional<ip::address>& address) {
  if (address) {
    if (pattern.find('/') != std::string::npos) return range_holds(pattern, *address);
    const auto one = address_of(pattern);
    return one && *one == *address;
  }
  if (pattern.starts_with("*.")) return is_name(host) && host.ends_with(pattern.substr(1));
  return is_name(host) && host == pattern;
}

}  // namespace

std::optional<std::string> host_pattern_fault(std::string_view pattern) {
  const std::string text = lower(pattern);
  const bool range = text.find('/') != std::string::npos;
  if (range ? is_range(text) : address_of(text).has_value()) return std::nullopt;
  if (!range && is_name(text.starts_with("*.") ? text.substr(2) : text)) return std::nullopt;
  return "is no host: expected a name such as hooks.example, *.example, an address, or a range such as "
         "10.0.0.0/8; without scheme and port";
}

bool host_is_allowed(const std::vector<std::string>& patterns, std::string_view host) {
  if (patterns.empty()) return true;
  const std::string name = lower(host);
  const auto address = address_of(name);
  return std::ranges::any_of(
      patterns, [&](const std::string& pattern) { return matches(lower(pattern), name, address); });
}

std::string host_refusal(std::string_view host) {
  return "alerts.allowed_hosts does not name the host " + std::string(host);
}

}  // namespace driftd::alerts
