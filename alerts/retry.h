// What an answer means for a delivery, and when to try again (DESIGN 4, *Webhooks*). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "alerts/webhook_config.h"
#include "core/time.h"

namespace driftd::alerts {

// How far an attempt came. A network fault has no status.
enum class NetworkFault : std::uint8_t {
  none,
  resolve,
  connect,
  tls,
  timeout,
  network,
  protocol,
  request,
  credentials,
  forbidden /*the host is not among those allowed: no attempt was made*/
};

// What came back, or why nothing did.
struct Answer {
  int status = 0;    // 0: no answer
  std::string body;  // at most the first 64 KiB
  std::optional<std::string> retry_after;
  NetworkFault fault = NetworkFault::none;
  std::string message;  // of the fault, for people
};

enum class Verdict : std::uint8_t { delivered, again, give_up, gone /*410: disable the webhook*/ };

struct Judgement {
  Verdict verdict = Verdict::again;
  std::string reason;            // label of driftd_webhook_failures_total; empty when delivered
  std::string message;           // for people
  std::optional<Duration> wait;  // what Retry-After asked for
};

Judgement judge_answer(const WebhookSuccess& success, const Answer& answer, Time now);

// Every reason that a Judgement can have.
std::span<const std::string_view> failure_reasons();

// Seconds, or an HTTP date (RFC 9110, IMF-fixdate) less `now`. Empty where it is neither.
std::optional<Duration> parse_retry_after(std::string_view text, Time now);

// How long to wait after the `attempt`th failure (1, 2, ...): 1 s doubled each time up to 10 min, of
// which a share between a half and the whole that `id` and `attempt` fix.
Duration back_off(std::string_view id, std::int64_t attempt);

}  // namespace driftd::alerts
