#include "app/http/origin.h"

#include <string>
#include <string_view>

#include "app/http/api_request.h"
#include "app/http/listen.h"

namespace driftd::app {
namespace {

// A name that no other site can make point here (a name of its own it can: DNS rebinding).
bool names_this_machine(const std::string& host_header) {
  std::string_view host = host_header;
  const std::optional<HostPort> parsed = parse_host_port(host_header);
  if (parsed) host = parsed->host;
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

bool comes_from_another_site(const Request& request) {
  const std::string* fetch = request.header("Sec-Fetch-Site");
  const std::string* origin = request.header("Origin");
  if (fetch == nullptr && origin == nullptr) return false;  // no browser
  const std::string* host = request.header("Host");
  if (host == nullptr || !names_this_machine(*host)) return true;
  if (fetch != nullptr && *fetch != "same-origin" && *fetch != "none") return true;
  return origin != nullptr && *origin != "http://" + *host;
}

bool was_forwarded(const Request& request) {
  return request.header("Forwarded") != nullptr || request.header("X-Forwarded-For") != nullptr ||
         request.header("Via") != nullptr;
}

bool body_is_json(const Request& request) {
  const std::string* type = request.header("Content-Type");
  return type != nullptr && (type->starts_with("application/json"));
}

}  // namespace

std::optional<Response> refuse_change(const Request& request) {
  if (!request.from_loopback || was_forwarded(request)) {
    return failure(403, "changes are accepted only from the machine that driftd runs on");
  }
  if (comes_from_another_site(request))
    return failure(403, "a page of another site may not change anything here");
  if (!request.body.empty() && !body_is_json(request)) {
    return failure(415, "the body must be application/json");
  }
  return std::nullopt;
}

}  // namespace driftd::app
