// Any method, target and headers: the API answers each exactly once, and never with a 500.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "app/http/api.h"
#include "app/http/listen.h"
#include "app/http/target.h"
#include "tests/app/http_fake_view.h"

namespace {

using namespace driftd::app;

std::string line_of(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string line(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

Request request_of(std::string_view bytes) {
  Request request;
  request.from_loopback = true;
  request.method = line_of(bytes);
  request.target = line_of(bytes);
  for (std::string line = line_of(bytes); !line.empty(); line = line_of(bytes)) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    request.headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
  }
  request.body = bytes;
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Mailbox mailbox;
  mailbox.set_ready(true);
  FakeView view;
  int answers = 0;
  make_api(mailbox)(request_of(bytes), [&](const Response& response) {
    ++answers;
    if (response.status < 200 || response.status >= 500) std::abort();
  });
  mailbox.serve(view);
  if (answers != 1) std::abort();
  if (percent_decoded(percent_encoded(bytes), true) != bytes) std::abort();
  (void)parse_host_port(bytes);
  return 0;
}
