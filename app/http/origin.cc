#include "app/http/origin.h"

#include <string>
#include <string_view>

#include "app/http/api_request.h"
#include "app/http/listen.h"

namespace driftd::app {
namespace {

std::string_view host_of(const std::string& host_header, const std::optional<HostPort>& parsed) {
  return parsed ? std::string_view(parsed->host) : std::string_view(host_header);
}

// Not 127.evil.example, which is a name.
bool is_address(std::string_view host) {
  return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// A name that no other site can make point here (a name of its own it can: DNS rebinding).
bool names_this_machine(const std::string& host_header) {
  const std::optional<HostPort> parsed = parse_host_port(host_header);
  const std::string_view host = host_of(host_header, parsed);
  return host == "localhost" || host == "::1" || host == "[::1]" ||
         (host.starts_with("127.") && is_address(host));
}

// Where credentials are asked for, a name that was made to point here brings none: a browser keeps them by
// origin. What it says of the fetch it says of both origins; else they are compared, whatever a proxy made of
// the scheme.
bool comes_from_another_site(const Request& request) {
  const std::string* fetch = request.header("Sec-Fetch-Site");
  const std::string* origin = request.header("Origin");
  if (fetch == nullptr && origin == nullptr) return false;  // no browser
  const std::string* host = request.header("Host");
  if (host == nullptr || (!request.authenticated && !names_this_machine(*host))) return true;
  if (fetch != nullptr && *fetch != "same-origin" && *fetch != "none") return true;
  if (fetch != nullptr && request.authenticated) return false;
  return origin != nullptr && *origin != "http://" + *host && *origin != "https://" + *host;
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

std::optional<Response> refuse_name(const Request& request) {
  const std::string* header = request.header("Host");
  const bool local = request.from_loopback && request.to_loopback && !was_forwarded(request);
  if (header == nullptr || request.authenticated || !local) return std::nullopt;
  const std::optional<HostPort> parsed = parse_host_port(*header);
  const std::string_view host = host_of(*header, parsed);
  const bool could_be_bought =
      host.find('.') != std::string_view::npos && !is_address(host) && !host.ends_with(".localhost");
  if (!could_be_bought) return std::nullopt;
  return failure(
      403,
      "on loopback, driftd answers to localhost and 127.0.0.1 alone: another name may be a web page's "
      "that was made to point here; with http.basic_auth or http.bearer_token, and for proxies that "
      "send X-Forwarded-For, any name will do");
}

std::optional<Response> refuse_change(const Request& request) {
  if (!request.authenticated && (!request.from_loopback || was_forwarded(request))) {
    return failure(403,
                   "changes are accepted only from the machine that driftd runs on; http.basic_auth or "
                   "http.bearer_token allow them from elsewhere");
  }
  if (comes_from_another_site(request))
    return failure(403, "a page of another site may not change anything here");
  if (!request.body.empty() && !body_is_json(request)) {
    return failure(415, "the body must be application/json");
  }
  return std::nullopt;
}

}  // namespace driftd::app
