// A certificate from outside: whatever the bytes, it is refused in words, or reads back as it was.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/certify/certificate.h"
#include "tests/fuzz/round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::app;  // NOLINT(google-build-using-namespace): one function
  const auto read = certificate_from_json({reinterpret_cast<const char*>(data), size});
  using driftd::fuzz::require;
  if (!read.ok()) {
    require(!read.error().message.empty(), "a refusal says why");
    return 0;
  }
  const std::string written = to_json(*read);
  const auto again = certificate_from_json(written);
  require(again.ok() && to_json(*again) == written, "a certificate reads back as it was");
  return 0;
}
