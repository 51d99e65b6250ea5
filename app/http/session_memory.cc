// What the connections hold together: bodies of requests and answers, and who goes where it is too much.
#include <algorithm>
#include <utility>

#include "app/http/session.h"

namespace driftd::app {

bool SessionHost::close_longest_waiting() {
  const auto found = std::ranges::find_if(sessions, [](Session* one) { return one->waits_for_client(); });
  if (found == sessions.end()) return false;
  (*found)->close(for_connections);
  return true;
}

bool SessionHost::take(std::size_t bytes, const Session* for_whom) {
  for (Session* session : sessions) {
    if (memory + bytes <= limits.max_memory) break;
    if (session != for_whom && session->waits_for_client() && session->holds_memory())
      session->close(for_memory);
  }
  const bool fits = memory == 0 || memory + bytes <= limits.max_memory;
  memory += bytes;
  return fits;
}

bool Session::take_memory(std::size_t bytes) {
  if (closed_ || bytes == 0) return true;
  memory_ += bytes;
  return host_.take(bytes, this);
}

// Whoever shares one that is held already takes nothing more.
void Session::take_page(std::shared_ptr<const std::string> page) {
  shared_page_ = std::move(page);
  if (closed_) return;
  shares_ = true;
  if (host_.shared[shared_page_.get()]++ == 0) host_.take(shared_page_->size(), this);
}

void Session::give_back() {
  host_.memory -= std::exchange(memory_, 0);
  if (!std::exchange(shares_, false)) return;
  const auto held = host_.shared.find(shared_page_.get());
  if (--held->second > 0) return;
  host_.memory -= shared_page_->size();
  host_.shared.erase(held);
}

// The answer, until it is written.
void Session::hold(Response response) {
  if (response.page) {
    take_page(std::move(response.page));
  } else {
    own_page_ = std::move(response.body);
    take_memory(own_page_.size());
  }
  const std::string& page = shared_page_ ? *shared_page_ : own_page_;
  message_->body() = {page.data(), page.size()};
}

void Session::let_go() {
  give_back();
  message_.reset();
  shared_page_.reset();
  own_page_ = {};
}

}  // namespace driftd::app
