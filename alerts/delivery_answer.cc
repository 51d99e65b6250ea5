#include "alerts/delivery_answer.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>
#include <limits>
#include <optional>

namespace driftd::alerts {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kMostBody = 64 * 1024;
constexpr std::uint32_t kMostHeader = 16 * 1024;
constexpr int kMostInterim = 8;
constexpr int kLeastStatus = 100;

// A body of which only the first bytes are kept; whatever length was announced, nothing is reserved.
struct FirstBytes {
  using value_type = std::string;

  class reader {  // NOLINT(readability-identifier-naming): the name that Beast asks for
   public:
    template <bool R, class F>
    explicit reader(http::header<R, F>& /*header*/, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>& /*announced*/, error_code& fault) { fault = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, error_code& fault) {
      fault = {};
      const std::size_t size = boost::asio::buffer_size(buffers);
      const std::size_t room = kMostBody - std::min(kMostBody, body_.size());
      std::string bytes(size, '\0');
      boost::asio::buffer_copy(boost::asio::buffer(bytes), buffers);
      body_.append(bytes, 0, room);
      return size;
    }
    void finish(error_code& fault) { fault = {}; }

   private:
    value_type& body_;
  };
};

constexpr std::size_t kLastChunk = 5;  // bytes

}  // namespace

struct AnswerReader::State {
  std::optional<http::response_parser<FirstBytes>> parser;
  std::string unread;
  int interim = 0;
  std::string fault;

  void begin() {
    parser.emplace();
    parser->eager(true);
    parser->header_limit(kMostHeader);
    // Boost 1.74 takes `none` for a limit below every length.
    parser->body_limit(std::numeric_limits<std::uint64_t>::max());
  }
  [[nodiscard]] bool has_header() const { return parser->is_header_done(); }
  [[nodiscard]] int status() const { return static_cast<int>(parser->get().result_int()); }
  [[nodiscard]] bool is_final() const { return status() >= 200 || status() == 101; }

  // True when nothing more is needed.
  bool parse() {
    while (!unread.empty() && !parser->is_done()) {
      // Boost 1.74 asserts that the last chunk, "0\r\n\r\n" at least, comes whole.
      if (has_header() && parser->chunked() && unread.size() < kLastChunk) break;
      error_code code;
      const std::size_t used = parser->put(boost::asio::buffer(unread), code);
      unread.erase(0, used);
      if (code == http::error::need_more) break;
      if (code) {
        fault = "the answer is no HTTP response: " + code.message();
        return true;
      }
      if (has_header() && status() < kLeastStatus) {
        fault = "the answer is no HTTP response: its status is " + std::to_string(status());
        return true;
      }
      if (has_header() && parser->get().body().size() >= kMostBody) return true;
      if (used == 0) break;
    }
    if (!parser->is_done()) {
      // The parser bounds headers alone: what it keeps of a body is a chunk's header or trailers without end.
      if (has_header() && unread.size() > kMostHeader) fault = "the answer's chunks have headers without end";
      return !fault.empty();
    }
    if (is_final()) return true;
    if (++interim > kMostInterim) {
      fault = "the receiver sends interim responses without end";
      return true;
    }
    begin();
    return !unread.empty() && parse();
  }
};

AnswerReader::AnswerReader() : state_(std::make_unique<State>()) { state_->begin(); }
AnswerReader::~AnswerReader() = default;

bool AnswerReader::feed(std::string_view bytes) {
  if (!state_->fault.empty()) return true;
  state_->unread.append(bytes);
  return state_->parse();
}

bool AnswerReader::has_status() const { return state_->has_header() && state_->is_final(); }

Answer AnswerReader::take() {
  Answer answer;
  if (!has_status()) {
    answer.fault = NetworkFault::protocol;
    answer.message = state_->fault.empty() ? "the connection ended before an answer came" : state_->fault;
    return answer;
  }
  auto& response = state_->parser->get();
  answer.status = state_->status();
  answer.body = std::move(response.body());
  if (const auto header = response.find(http::field::retry_after); header != response.end())
    answer.retry_after = std::string(header->value());
  return answer;
}

}  // namespace driftd::alerts
