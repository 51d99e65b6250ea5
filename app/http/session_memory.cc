// What the connections hold together: bodies of requests and answers, and who goes where it is too much.
#include <utility>

#include "app/http/session.h"

namespace driftd::app {

bool SessionHost::close_longest_waiting(std::atomic<std::uint64_t>& reason, const Session* but) {
  for (Session* session : sessions) {
    if (session == but || !session->waits_for_client()) continue;
    session->close(reason);
    return true;
  }
  return false;
}

void SessionHost::make_room(std::size_t bytes, const Session* for_whom) {
  while (memory + bytes > limits.max_memory)
    if (!close_longest_waiting(for_memory, for_whom)) break;
  memory += bytes;
}

void Session::take_memory(std::size_t bytes) {
  if (closed_ || bytes == 0) return;
  host_.make_room(bytes, this);
  memory_ += bytes;
}

// Whoever shares one that is held already takes nothing more.
void Session::take_page(std::shared_ptr<const std::string> page) {
  shared_page_ = std::move(page);
  if (closed_) return;
  shares_ = true;
  if (host_.shared[shared_page_.get()]++ == 0) host_.make_room(shared_page_->size(), this);
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
