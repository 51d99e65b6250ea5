#include "alerts/delivery_call.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "alerts/http_credentials.h"

namespace driftd::alerts {

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr Duration kTokenKept = kHour;     // where its lifetime is not said
constexpr Duration kEarly = 30 * kSecond;  // a token is renewed so long before its end, or at half its life

struct Job {
  HttpRequest request;
  Call call;
};

Call call_of(const HttpAccess& access, Url url, Clock::time_point deadline) {
  Call call;
  call.url = std::move(url);
  call.deadline = deadline;
  call.tls = access.tls_config;
  call.allowed_hosts = access.allowed_hosts;
  if (!access.proxy_url.empty())
    if (const auto proxy = parse_url(access.proxy_url); proxy.ok()) call.proxy = *proxy;
  return call;
}

// A token that holds still, or a new one into the engine's cache. Empty: `refused` says why.
asio::awaitable<std::optional<std::string>> token_of(Delivery::Engine& engine, const Job& job,
                                                     const std::string& key, const TokenRequest& wanted,
                                                     Answer& refused) {
  if (const auto known = engine.tokens.find(key);
      known != engine.tokens.end() && Clock::now() < known->second.until)
    co_return known->second.text;
  auto url = parse_url(wanted.url);
  if (!url) {
    refused = failed(NetworkFault::credentials, url.error().message);
    co_return std::nullopt;
  }
  Call call = call_of(job.request.access, *std::move(url), job.call.deadline);
  call.headers = {{"content-type", "application/x-www-form-urlencoded"},
                  {"accept", "application/json"},
                  {"authorization", wanted.authorization}};
  call.body = wanted.form;
  const Answer answer = co_await make_call(engine, call);
  if (answer.fault == NetworkFault::forbidden) {
    refused = answer;
    co_return std::nullopt;
  }
  if (answer.status != 200) {
    const std::string what =
        answer.status == 0 ? answer.message : "its endpoint answered " + std::to_string(answer.status);
    refused = failed(NetworkFault::credentials, "no token could be fetched: " + what);
    co_return std::nullopt;
  }
  const auto token = read_token(answer.body);
  if (!token.ok()) {
    refused = failed(NetworkFault::credentials, token.error().message);
    co_return std::nullopt;
  }
  const Duration lifetime = token->lifetime.value_or(kTokenKept);
  const Duration kept = std::max(lifetime - kEarly, lifetime / 2);
  engine.tokens[key] = {token->text, Clock::now() + std::chrono::microseconds(kept)};
  co_return token->text;
}

asio::awaitable<Answer> perform(Delivery::Engine& engine, Job& job) {
  const HttpAccess& access = job.request.access;
  auto header = authorization_header(access);
  if (!header.ok()) co_return failed(NetworkFault::credentials, header.error().message);
  std::string key;
  if (access.oauth2) {
    const auto wanted = token_request(*access.oauth2);
    if (!wanted.ok()) co_return failed(NetworkFault::credentials, wanted.error().message);
    key = wanted->url + " " + access.oauth2->client_id + " " + wanted->form;
    Answer refused;
    const auto token = co_await token_of(engine, job, key, *wanted, refused);
    if (!token) co_return refused;
    *header = "Bearer " + *token;
  }
  if (*header) job.call.headers.emplace_back("authorization", **header);
  Answer answer = co_await make_call(engine, job.call);
  if (answer.status == 401 && !key.empty()) engine.tokens.erase(key);
  co_return answer;
}

}  // namespace

void Delivery::submit(std::string id, HttpRequest request, Duration timeout) {
  auto url = parse_url(request.url);
  if (!url) return engine_->deliver({std::move(id), failed(NetworkFault::request, url.error().message)});
  const auto deadline = Clock::now() + std::chrono::microseconds(timeout);
  auto job = std::make_shared<Job>(Job{std::move(request), {}});
  job->call = call_of(job->request.access, *std::move(url), deadline);
  job->call.method = job->request.method;
  job->call.headers = job->request.headers;
  job->call.body = std::move(job->request.body);
  Engine& engine = *engine_;
  const auto report = [&engine, id](const std::exception_ptr& thrown, Answer answer) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& fault) {
      answer = failed(NetworkFault::network, fault.what());
    }
    engine.deliver({id, std::move(answer)});
  };
  // The job lives in the lambda's frame for as long as the coroutine does.
  const auto run = [&engine, job]() -> asio::awaitable<Answer> { return perform(engine, *job); };
  asio::co_spawn(engine.io, run, report);
}

}  // namespace driftd::alerts
