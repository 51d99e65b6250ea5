// A certificate from outside: whatever the bytes, it is refused in words, or reads back as it was.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/certify/certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::app;  // NOLINT(google-build-using-namespace): one function
  const auto read = certificate_from_json({reinterpret_cast<const char*>(data), size});
  if (!read.ok()) return read.error().message.empty() ? 1 : 0;
  return certificate_from_json(to_json(*read)).ok() ? 0 : 1;
}
