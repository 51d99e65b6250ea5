#include "alerts/retry.h"

#include <algorithm>
#include <array>

#include "core/field_types.h"
#include "core/hash.h"

namespace driftd::alerts {

namespace {

constexpr Duration kFirstWait = kSecond;
constexpr Duration kLongestWait = 10 * kMinute;

std::string_view reason_of(NetworkFault fault) {
  static constexpr std::array<std::string_view, 10> kReasons = {
      "",        "resolve",  "connect", "tls",         "timeout",
      "network", "protocol", "request", "credentials", "forbidden"};
  return kReasons.at(static_cast<std::size_t>(fault));
}

bool is_success_code(const WebhookSuccess& success, int status) {
  if (success.codes.empty()) return status >= 200 && status <= 299;
  return std::ranges::find(success.codes, status) != success.codes.end();
}

Judgement again(std::string reason, std::string message) {
  return {Verdict::again, std::move(reason), std::move(message), std::nullopt};
}
Judgement give_up(std::string reason, std::string message) {
  return {Verdict::give_up, std::move(reason), std::move(message), std::nullopt};
}

Judgement judge_status(int status, const std::string& message) {
  switch (status) {
    case 401:
    case 403:
      return again("unauthorized", message);
    case 408:
      return again("timeout", message);
    case 410:
      return {Verdict::gone, "gone", message + "; the webhook is disabled until a reload", std::nullopt};
    case 429:
      return again("too_many_requests", message);
    default:
      break;
  }
  if (status >= 500) return again("server_error", message);
  if (status >= 400) return give_up("client_error", message);
  if (status >= 300) return give_up("redirect", message + "; redirects are not followed");
  return give_up("unexpected_answer", message + ", which is not among the codes of `success`");
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<Time> parse_http_date(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return std::nullopt;
  const std::size_t month = kMonths.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  const std::string number = (month / 3 < 9 ? "0" : "") + std::to_string(month / 3 + 1);
  const std::string iso = std::string(text.substr(12, 4)) + "-" + number + "-" +
                          std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z";
  return parse_rfc3339(iso);
}

}  // namespace

std::span<const std::string_view> failure_reasons() {
  static constexpr std::array<std::string_view, 16> kReasons = {
      "resolve",           "connect",      "tls",          "timeout",  "network",
      "protocol",          "request",      "credentials",  "gone",     "unauthorized",
      "too_many_requests", "server_error", "client_error", "redirect", "unexpected_answer",
      "forbidden"};
  return kReasons;
}

std::optional<Duration> parse_retry_after(std::string_view text, Time now) {
  if (!text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    const auto seconds = parse_integer(text);
    return seconds && *seconds < 366 * (kDay / kSecond) ? *seconds * kSecond : 366 * kDay;
  }
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return std::clamp<Duration>(*date - now, 0, 366 * kDay);
}

Judgement judge_answer(const WebhookSuccess& success, const Answer& answer, Time now) {
  if (answer.status == 0) {
    const std::string reason(reason_of(answer.fault));
    if (answer.fault == NetworkFault::forbidden) return give_up(reason, answer.message);
    return again(reason.empty() ? "network" : reason, answer.message);
  }
  const std::string message = "the receiver answered " + std::to_string(answer.status);
  if (is_success_code(success, answer.status)) {
    if (success.contains.empty() || answer.body.find(success.contains) != std::string::npos)
      return {Verdict::delivered, "", "", std::nullopt};
    return again("unexpected_answer", message + " without the text that `success` wants");
  }
  Judgement judgement = judge_status(answer.status, message);
  if (judgement.verdict == Verdict::again && answer.retry_after)
    judgement.wait = parse_retry_after(*answer.retry_after, now);
  return judgement;
}

Duration back_off(std::string_view id, std::int64_t attempt) {
  const std::int64_t doublings = std::clamp<std::int64_t>(attempt - 1, 0, 20);
  const Duration whole = std::min(kLongestWait, kFirstWait << doublings);
  const std::uint64_t random = hash64(id, static_cast<std::uint64_t>(attempt));
  return whole / 2 + static_cast<Duration>(random % static_cast<std::uint64_t>(whole / 2 + 1));
}

}  // namespace driftd::alerts
