// Where rejected records go (DESIGN sections 3 and 5).
//
// A dead letter keeps key, value, headers and timestamp of its record and gets the text headers
// driftd.error.reason, driftd.error.message, driftd.source.topic, .partition, .offset and .timestamp
// (epoch milliseconds; left out where the record has none). Headers of the record are never
// overwritten. Records without a value have no dead letter; the caller does not send them, and it
// also decides about sampling.
//
// A checkpoint may be written only when pending() is 0: every letter sent so far is acknowledged.
// Calls come from one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/record.h"
#include "core/event.h"

namespace driftd::collector {

struct DeadLetter {
  const Record* record = nullptr;            // read during send() only
  const PartitionInfo* partition = nullptr;  // whence it came; read during send() only
  Rejection reason = Rejection::undecodable;
  std::string_view message;
};

// A header with its own memory.
struct OwnedHeader {
  std::string name;
  std::optional<std::string> value;
};

// The record's headers followed by driftd's.
std::vector<OwnedHeader> dead_letter_headers(const DeadLetter& letter);

class DeadLetterSink {
 public:
  DeadLetterSink() = default;
  DeadLetterSink(const DeadLetterSink&) = delete;
  DeadLetterSink& operator=(const DeadLetterSink&) = delete;
  virtual ~DeadLetterSink() = default;

  // Copies the letter and never refuses it; memory is bounded by the caller, who starts no further
  // round while full().
  virtual void send(const DeadLetter& letter) = 0;
  // Takes in acknowledgements, waiting at most `wait` for the first if there are letters to wait for.
  virtual void poll(std::chrono::milliseconds wait) = 0;

  [[nodiscard]] virtual std::size_t pending() const = 0;  // sent and not yet acknowledged
  [[nodiscard]] virtual bool full() const = 0;            // the other side does not keep up
  // Acknowledged since the start, by source topic: driftd_dead_letters_total.
  [[nodiscard]] virtual const std::map<std::string, std::uint64_t>& delivered() const = 0;
};

// Keeps the newest letters in memory, acknowledged at once: for replay, where nobody collects dead
// letters, and for tests.
class MemoryDeadLetters final : public DeadLetterSink {
 public:
  struct Kept {
    std::optional<std::string> key;
    std::string value;
    std::vector<OwnedHeader> headers;
  };

  explicit MemoryDeadLetters(std::size_t keep = 0) : keep_(keep) {}

  void send(const DeadLetter& letter) override;
  void poll(std::chrono::milliseconds) override {}
  [[nodiscard]] std::size_t pending() const override { return 0; }
  [[nodiscard]] bool full() const override { return false; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& delivered() const override { return delivered_; }
  [[nodiscard]] const std::vector<Kept>& kept() const { return kept_; }  // oldest first

 private:
  std::size_t keep_;
  std::vector<Kept> kept_;
  std::map<std::string, std::uint64_t> delivered_;
};

}  // namespace driftd::collector
