// Which hosts webhooks may call (`alerts.allowed_hosts`). Pure.
//
// A pattern is a host's name (`hooks.example`), all names beneath one (`*.example`), an address, or a range
// of addresses (`10.1.0.0/16`, `fd00::/8`). Names are compared as they stand in the URL: what a name server
// makes of them is not looked at, so an address is allowed by a pattern of addresses alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace driftd::alerts {

// Why that is no pattern.
std::optional<std::string> host_pattern_fault(std::string_view pattern);

// No patterns allow every host.
bool host_is_allowed(const std::vector<std::string>& patterns, std::string_view host);

// What is said where one is not.
std::string host_refusal(std::string_view host);

}  // namespace driftd::alerts
