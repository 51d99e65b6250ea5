// The answer of a webhook's receiver, read from whatever bytes it chose to send.
//
// Bytes go in as they come; an HTTP/1.x response comes out, or a fault. Interim (1xx) responses are
// skipped. At most 64 KiB of body are kept and waited for, and 16 KiB of any header, a chunk's too. Hostile
// input is refused without allocating what it claims to be. Pure; not thread-safe.
#pragma once

#include <memory>
#include <string_view>

#include "alerts/retry.h"

namespace driftd::alerts {

class AnswerReader {
 public:
  AnswerReader();
  ~AnswerReader();
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  // True when nothing more is needed: the answer is whole, long enough, or no HTTP.
  bool feed(std::string_view bytes);
  // What there is, also when the connection ended early: a status holds even without its body.
  [[nodiscard]] Answer take();
  [[nodiscard]] bool has_status() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace driftd::alerts
