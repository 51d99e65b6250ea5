#include "app/http/mailbox.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "app/http/json.h"

namespace driftd::app {
namespace {

Response unavailable(const char* reason) {
  Response response;
  response.status = 503;
  response.body = error_document(reason);
  return response;
}

}  // namespace

Mailbox::Mailbox(std::chrono::milliseconds patience, std::size_t capacity)
    : patience_(patience), capacity_(capacity) {}

void Mailbox::post(Work work, Respond respond) { put({std::move(work), std::move(respond), Clock::now()}); }

void Mailbox::post_shared(Work work, Respond respond) {
  put({std::move(work), std::move(respond), Clock::now(), true});
}

void Mailbox::put(Letter letter) {
  const Respond respond = letter.respond;
  if (const char* refusal = refused_or_put(std::move(letter))) {
    respond(unavailable(refusal));
  } else {
    arrived_.notify_one();
  }
}

const char* Mailbox::refused_or_put(Letter letter) {
  const std::lock_guard lock(mutex_);
  if (closed_) return "driftd is stopping";
  if (letters_.size() >= capacity_) return "too many requests wait for an answer; try again";
  letters_.push_back(std::move(letter));
  return nullptr;
}

std::size_t Mailbox::serve(EngineView& view) {
  std::deque<Letter> letters;
  {
    const std::lock_guard lock(mutex_);
    letters.swap(letters_);
  }
  std::size_t done = 0;
  std::optional<Response> shared;
  for (Letter& letter : letters) {
    if (Clock::now() - letter.posted > patience_) {
      letter.respond(unavailable("the engine was busy for too long; nothing was done; try again"));
      continue;
    }
    ++done;
    if (!letter.shared) {
      shared.reset();  // it may change what is shown
      letter.respond(letter.work(view));
      continue;
    }
    if (!shared) {
      shared = letter.work(view);
      shared->page = std::make_shared<const std::string>(std::exchange(shared->body, {}));
    }
    letter.respond(*shared);
  }
  return done;
}

void Mailbox::wait(std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, at_most, [this] { return notified_ || !letters_.empty(); });
  notified_ = false;
}

void Mailbox::notify() {
  {
    const std::lock_guard lock(mutex_);
    notified_ = true;
  }
  arrived_.notify_one();
}

void Mailbox::close() {
  std::deque<Letter> letters;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    letters.swap(letters_);
  }
  for (const Letter& letter : letters) letter.respond(unavailable("driftd is stopping"));
  notify();
}

}  // namespace driftd::app
