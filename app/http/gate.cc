#include "app/http/gate.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "app/http/api_request.h"
#include "app/http/credentials.h"
#include "app/http/password_hash.h"
#include "app/rate_limit.h"
#include "app/wall_clock.h"

namespace driftd::app {
namespace {

constexpr std::size_t kMostWaiting = 32;
constexpr std::size_t kMostOfOneAddress = 4;
constexpr std::size_t kMostRefusedKept = 256;

bool needs_no_credentials(const Request& request) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
  return path == "/-/healthy" || path == "/-/ready";
}

Response busy() {
  Response response = failure(503, "too many passwords wait to be checked; try again");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

class Gate::Impl {
 public:
  Impl(const HttpConfig& config, Logger log) : log_(std::move(log)) {
    configure(config);
    thread_ = std::thread([this] { check_passwords(); });
  }
  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void configure(const HttpConfig& config) {
    const std::lock_guard lock(mutex_);
    config_ = config;
    tokens_.clear();
    for (const Secret& token : config.bearer_tokens) tokens_.push_back(keyed_.of({token.reveal()}));
    known_.clear();
    refused_.clear();
  }

  void pass(Request request, const Respond& respond, const Handler& inner);

 private:
  enum class Verdict : std::uint8_t { in, out, unknown };
  struct Visitor {
    Request request;
    Respond respond;
    Handler inner;
    BasicCredentials credentials;
    Digest digest;
    std::string hash;
    bool known_user = false;
  };

  [[nodiscard]] Verdict judge_token(const std::string& token) const;
  Verdict judge_password(const BasicCredentials& credentials, Visitor& visitor) const;
  bool queue(Visitor visitor);
  void check_passwords();
  void note(const Visitor& visitor, bool right);
  void admit(Request request, const Respond& respond, const Handler& inner) const;
  void refuse(const Request& request, const Respond& respond);

  const Logger log_;
  const KeyedHash keyed_;
  std::mutex mutex_;  // guards all below but the thread
  std::condition_variable wake_;
  HttpConfig config_;
  std::vector<Digest> tokens_;
  std::map<std::string, Digest> known_;  // of right passwords, by user
  std::deque<Digest> refused_;           // of wrong ones, the newest
  std::deque<Visitor> waiting_;
  RateLimit told_{kMinute};
  std::uint64_t refusals_ = 0;  // since they were told
  bool ending_ = false;
  std::thread thread_;
};

void Gate::Impl::pass(Request request, const Respond& respond, const Handler& inner) {
  std::unique_lock lock(mutex_);
  if (!config_.wants_credentials() || needs_no_credentials(request)) {
    lock.unlock();
    return inner(std::move(request), respond);
  }
  const std::string* header = request.header("Authorization");
  const Authorization given = header == nullptr ? Authorization{} : parse_authorization(*header);
  Verdict verdict = Verdict::out;
  Visitor visitor;
  if (given.bearer) verdict = judge_token(*given.bearer);
  if (given.basic) verdict = judge_password(*given.basic, visitor);
  if (verdict == Verdict::unknown) {
    visitor.request = std::move(request);
    visitor.respond = respond;
    visitor.inner = inner;
    if (queue(std::move(visitor))) return wake_.notify_all();
    lock.unlock();
    return respond(busy());
  }
  lock.unlock();
  if (verdict == Verdict::in) return admit(std::move(request), respond, inner);
  refuse(request, respond);
}

// All are compared, so that the time tells not which one was near.
Gate::Impl::Verdict Gate::Impl::judge_token(const std::string& token) const {
  const Digest digest = keyed_.of({token});
  bool right = false;
  for (const Digest& one : tokens_) right |= same_digest(one, digest);
  return right ? Verdict::in : Verdict::out;
}

Gate::Impl::Verdict Gate::Impl::judge_password(const BasicCredentials& credentials, Visitor& visitor) const {
  if (config_.basic_auth.empty()) return Verdict::out;
  const auto user = config_.basic_auth.find(credentials.user);
  visitor.known_user = user != config_.basic_auth.end();
  visitor.credentials = credentials;
  // Of an unknown user somebody else's is computed, for the time that it takes.
  visitor.hash = (visitor.known_user ? user : config_.basic_auth.begin())->second.reveal();
  visitor.digest = keyed_.of({credentials.user, visitor.hash, credentials.password});
  if (const auto known = known_.find(credentials.user); known != known_.end())
    if (same_digest(known->second, visitor.digest)) return Verdict::in;
  const auto same = [&](const Digest& one) { return same_digest(one, visitor.digest); };
  return std::ranges::any_of(refused_, same) ? Verdict::out : Verdict::unknown;
}

bool Gate::Impl::queue(Visitor visitor) {
  if (waiting_.size() >= kMostWaiting) return false;
  const auto of_same = std::ranges::count_if(
      waiting_, [&](const Visitor& other) { return other.request.peer == visitor.request.peer; });
  if (static_cast<std::size_t>(of_same) >= kMostOfOneAddress) return false;
  waiting_.push_back(std::move(visitor));
  return true;
}

void Gate::Impl::check_passwords() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    Visitor visitor = std::move(waiting_.front());
    waiting_.pop_front();
    // It may have been learnt while it waited.
    const auto known = known_.find(visitor.credentials.user);
    bool right = known != known_.end() && same_digest(known->second, visitor.digest);
    lock.unlock();
    if (!right) right = password_matches(visitor.credentials.password, visitor.hash) && visitor.known_user;
    lock.lock();
    note(visitor, right);
    lock.unlock();
    if (right) {
      admit(std::move(visitor.request), visitor.respond, visitor.inner);
    } else {
      refuse(visitor.request, visitor.respond);
    }
    lock.lock();
  }
}

// Credentials may have been changed meanwhile; then the digest, which holds the hash, fits nothing.
void Gate::Impl::note(const Visitor& visitor, bool right) {
  if (right) {
    known_[visitor.credentials.user] = visitor.digest;
    return;
  }
  refused_.push_back(visitor.digest);
  if (refused_.size() > kMostRefusedKept) refused_.pop_front();
}

void Gate::Impl::admit(Request request, const Respond& respond, const Handler& inner) const {
  request.authenticated = true;
  inner(std::move(request), respond);
}

void Gate::Impl::refuse(const Request& request, const Respond& respond) {
  std::string challenge;
  std::uint64_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!config_.basic_auth.empty()) challenge = R"(Basic realm="driftd", charset="UTF-8")";
    if (!config_.bearer_tokens.empty())
      challenge += (challenge.empty() ? "" : ", ") + std::string(R"(Bearer realm="driftd")");
    ++refusals_;
    if (told_.allow(wall_clock())) count = std::exchange(refusals_, 0);
  }
  if (count > 0)
    log_.warn("requests without valid credentials were refused",
              {{"count", count}, {"last_from", request.peer}});
  Response response = failure(401, "credentials are required here; these are none, or wrong");
  response.headers.emplace_back("WWW-Authenticate", challenge);
  respond(std::move(response));
}

Gate::Gate(const HttpConfig& config, Logger log) : impl_(std::make_unique<Impl>(config, std::move(log))) {}
Gate::~Gate() = default;
void Gate::configure(const HttpConfig& config) { impl_->configure(config); }
void Gate::pass(Request request, const Respond& respond, const Handler& inner) {
  impl_->pass(std::move(request), respond, inner);
}

Handler guarded(Handler inner, Gate& gate) {
  return [inner = std::move(inner), &gate](Request request, const Respond& respond) {
    gate.pass(std::move(request), respond, inner);
  };
}

}  // namespace driftd::app
