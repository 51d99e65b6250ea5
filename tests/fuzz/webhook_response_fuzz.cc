// The answers of hostile receivers: bounded, and judged, however the bytes are cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "alerts/delivery_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::alerts;
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  AnswerReader reader;
  for (std::size_t at = 0; at < bytes.size(); at += step)
    if (reader.feed(bytes.substr(at, step))) break;
  const Answer answer = reader.take();
  if (answer.body.size() > 64 * 1024) std::abort();
  (void)judge_answer({}, answer, 0);
  (void)parse_retry_after(bytes.substr(0, 64), 0);
  return 0;
}
