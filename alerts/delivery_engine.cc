#include "alerts/delivery_engine.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <csignal>

namespace driftd::alerts {

namespace asio = boost::asio;
using boost::system::error_code;

std::shared_ptr<asio::ssl::context> new_tls_context(const std::string& ca_file, error_code& code) {
  auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  if (ca_file.empty())
    tls->set_default_verify_paths(code);
  else
    tls->load_verify_file(ca_file, code);
  return tls;
}

Delivery::Engine::Engine(DeliveryOptions given) : options(std::move(given)) {
  error_code code;
  tls = new_tls_context("", code);
  if (!code && !options.ca_file.empty()) tls->load_verify_file(options.ca_file, code);
  if (code) tls_fault = "the certificates of the authorities cannot be read: " + code.message();
}

void Delivery::Engine::start() {
  thread = std::thread([this] {
    sigset_t all;  // signals belong to the program's own threads
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    io.run();
  });
}

void Delivery::Engine::stop() {
  io.stop();
  if (thread.joinable()) thread.join();
}

void Delivery::Engine::deliver(Outcome outcome) {
  {
    const std::lock_guard lock(mutex);
    results.push_back(std::move(outcome));
  }
  ready.notify_one();
  if (options.on_done) options.on_done();
}

std::shared_ptr<Resolution> Delivery::Engine::begin_resolution(const std::string& host,
                                                               const std::string& port,
                                                               std::uint64_t& ticket) {
  ticket = next_ticket++;
  auto resolution = std::make_shared<Resolution>(io);
  resolutions[ticket] = resolution;
  error_code code;
  const auto address = asio::ip::make_address(host, code);
  if (!code) {
    resolution->endpoints = {{address, static_cast<std::uint16_t>(std::stoi(port))}};
    resolution->done = true;
    return resolution;
  }
  // The thread may outlive the engine: it holds nothing of it but a weak pointer.
  std::thread([weak = weak_from_this(), ticket, host, port] {
    asio::io_context own;
    error_code fault;
    const auto found = asio::ip::tcp::resolver(own).resolve(host, port, fault);
    Endpoints endpoints;
    for (const auto& entry : found) endpoints.push_back(entry.endpoint());
    const auto engine = weak.lock();
    if (!engine) return;
    asio::post(engine->io, [raw = engine.get(), ticket, fault, endpoints] {
      const auto entry = raw->resolutions.find(ticket);
      if (entry == raw->resolutions.end()) return;
      entry->second->done = true;
      entry->second->endpoints = endpoints;
      entry->second->fault = fault.message();
      entry->second->answered.cancel();
    });
  }).detach();
  return resolution;
}

Delivery::Delivery(DeliveryOptions options) : engine_(std::make_shared<Engine>(std::move(options))) {
  engine_->start();
}

Delivery::~Delivery() { engine_->stop(); }

std::vector<Outcome> Delivery::take_results() {
  const std::lock_guard lock(engine_->mutex);
  return std::exchange(engine_->results, {});
}

std::vector<Outcome> Delivery::wait_results(Duration timeout) {
  std::unique_lock lock(engine_->mutex);
  engine_->ready.wait_for(lock, std::chrono::microseconds(timeout),
                          [&] { return !engine_->results.empty(); });
  return std::exchange(engine_->results, {});
}

}  // namespace driftd::alerts
