// Bytes of a client on a connection to the HTTP port: each answer is whole HTTP, there are no more of them
// than requests, and the same bytes in two pieces are the same requests.
#include <atomic>
#include <mutex>
#include <vector>

#include "app/http/server.h"
#include "tests/app/http_raw_client.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd::app;
using driftd::fuzz::require;

// The requests that came through, one text each.
class Seen {
 public:
  void add(const Request& request) {
    std::string text = request.method + " " + request.target + " " + request.body;
    for (const auto& [name, value] : request.headers) {
      require(name.find('\n') == std::string::npos && value.find('\n') == std::string::npos,
              "headers are lines");
      text += "\n" + name + ":" + value;
    }
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(text));
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(requests_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> requests_;
};

Seen& seen() {
  static Seen requests;
  return requests;
}

HttpServer& server() {
  static HttpServer running = [] {
    HttpLimits limits;
    limits.header_bytes = 1024;
    limits.body_bytes = 1024;
    return *HttpServer::start(
        "127.0.0.1:0",
        [](const Request& request, const Respond& respond) {
          seen().add(request);
          respond({200, "text/plain", "ok", {}});
        },
        limits);
  }();
  return running;
}

// How many responses stand one after another; bodies are as long as they say, or left out.
std::size_t responses(std::string_view bytes) {
  std::size_t count = 0;
  while (!bytes.empty()) {
    require(bytes.starts_with("HTTP/1."), "an answer is HTTP");
    const std::size_t end = bytes.find("\r\n\r\n");
    require(end != std::string_view::npos, "an answer's header is whole");
    const std::size_t field = bytes.find("Content-Length: ");
    std::size_t size = field < end ? std::stoul(std::string(bytes.substr(field + 16, 20))) : 0;
    if (bytes.substr(end + 4, size).starts_with("HTTP/1.")) size = 0;  // to HEAD
    bytes.remove_prefix(std::min(end + 4 + size, bytes.size()));
    ++count;
  }
  return count;
}

std::vector<std::string> requests_of(std::string_view bytes, std::size_t cut) {
  (void)seen().take();
  RawClient client(server().port());
  require(client.connected(), "the server takes connections");
  client.send(bytes.substr(0, cut));
  client.send(bytes.substr(cut));
  client.end_input();
  const std::string answers = client.read_all();
  std::vector<std::string> requests = seen().take();
  const std::size_t count = responses(answers);
  require(count >= requests.size() && count <= requests.size() + 1, "each request is answered once");
  return requests;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  require(requests_of(bytes, size) == requests_of(bytes, size / 2), "requests do not depend on pieces");
  return 0;
}
