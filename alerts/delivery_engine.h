// The inside of Delivery: its thread, its event loop, and one coroutine per request.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "alerts/delivery.h"

namespace driftd::alerts {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

// A name that a thread of its own looks up: the system's resolver can neither be interrupted nor made to
// take several names at once, and nobody shall wait for another's name server.
struct Resolution {
  explicit Resolution(boost::asio::io_context& io) : answered(io) {}
  boost::asio::steady_timer answered;  // cancelled when the answer is there
  bool done = false;
  Endpoints endpoints;
  std::string fault;
};

// TLS 1.2 or newer, with the authorities of that file; without one, with the system's.
std::shared_ptr<boost::asio::ssl::context> new_tls_context(const std::string& ca_file,
                                                           boost::system::error_code& code);

struct KeptToken {
  std::string text;
  std::chrono::steady_clock::time_point until;
};

struct Delivery::Engine : std::enable_shared_from_this<Delivery::Engine> {
  explicit Engine(DeliveryOptions given);

  void start();
  void stop();  // idempotent; what is under way is dropped
  void deliver(Outcome outcome);
  // On the engine's thread. The resolution is removed by its coroutine.
  std::shared_ptr<Resolution> begin_resolution(const std::string& host, const std::string& port,
                                               std::uint64_t& ticket);

  // Fixed after construction.
  DeliveryOptions options;
  std::shared_ptr<boost::asio::ssl::context> tls;  // of calls without files of their own
  std::string tls_fault;                           // why that cannot be used; empty: it can

  // Owned by the engine's thread.
  boost::asio::io_context io{1};
  std::map<std::uint64_t, std::shared_ptr<Resolution>> resolutions;
  std::uint64_t next_ticket = 1;
  std::map<std::string, KeptToken> tokens;  // OAuth 2, by whom they were fetched for

  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;

  std::mutex mutex;
  std::condition_variable ready;
  std::vector<Outcome> results;  // guarded by mutex
};

}  // namespace driftd::alerts
