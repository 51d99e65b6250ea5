// One HTTP exchange over one connection: name, proxy, TLS, request, answer.
#pragma once

// Boost 1.74 knows the coroutines of clang by their old name only.
#if defined(__clang__) && !defined(BOOST_ASIO_HAS_CO_AWAIT)
#define BOOST_ASIO_HAS_CO_AWAIT 1
#define BOOST_ASIO_HAS_STD_COROUTINE 1
#endif
// First, because Boost 1.74's awaitable.hpp forgets it.
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "alerts/delivery_engine.h"
#include "alerts/http_access.h"
#include "alerts/url.h"

namespace driftd::alerts {

struct Call {
  std::string method = "POST";
  Url url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::steady_clock::time_point deadline;
  std::optional<TlsFiles> tls;
  std::optional<Url> proxy;
  std::vector<std::string> allowed_hosts;
};

Answer failed(NetworkFault fault, std::string message);

// On the engine's thread; `call` outlives the coroutine.
boost::asio::awaitable<Answer> make_call(Delivery::Engine& engine, const Call& call);

}  // namespace driftd::alerts
