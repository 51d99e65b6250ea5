#include "collector/dead_letters.h"

namespace driftd::collector {

std::vector<OwnedHeader> dead_letter_headers(const DeadLetter& letter) {
  const Record& record = *letter.record;
  std::vector<OwnedHeader> headers;
  for (const Header& header : record.headers) {
    headers.push_back({std::string(header.name), {}});
    if (header.value) headers.back().value = std::string(*header.value);
  }
  headers.push_back({"driftd.error.reason", std::string(name_of(letter.reason))});
  headers.push_back({"driftd.error.message", std::string(letter.message)});
  headers.push_back({"driftd.source.topic", letter.partition->topic});
  headers.push_back({"driftd.source.partition", std::to_string(letter.partition->partition)});
  headers.push_back({"driftd.source.offset", std::to_string(record.offset)});
  if (record.timestamp != kNoTime) {
    headers.push_back({"driftd.source.timestamp", std::to_string(record.timestamp / kMillisecond)});
  }
  return headers;
}

void MemoryDeadLetters::send(const DeadLetter& letter) {
  ++delivered_[letter.partition->topic];
  if (keep_ == 0) return;
  if (kept_.size() == keep_) kept_.erase(kept_.begin());
  Kept copy;
  if (letter.record->key) copy.key = std::string(*letter.record->key);
  copy.value = std::string(letter.record->value.value_or(""));
  copy.headers = dead_letter_headers(letter);
  kept_.push_back(std::move(copy));
}

}  // namespace driftd::collector
