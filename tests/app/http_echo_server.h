// A server of a test's own on a free port, and a handler that says what it was asked.
#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "app/http/server.h"

namespace driftd::app {

inline void echo(const Request& request, const Respond& respond) {
  Response response;
  response.body = request.method + " " + request.target + " " + request.body;
  respond(std::move(response));
}

inline HttpServer started(Handler handler, const HttpLimits& limits = {}) {
  Result<HttpServer> server = HttpServer::start("127.0.0.1:0", std::move(handler), limits);
  EXPECT_TRUE(server) << server.error().message;
  return *std::move(server);
}

}  // namespace driftd::app
