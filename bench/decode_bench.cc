// CPU seconds that decoding takes per million events: 723 bytes, 25 columns (20 numbers, 5 texts).
//
//   build/release/bench/bench_decode [events]
#include <ctime>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "collector/content_hash.h"
#include "collector/decoder.h"

namespace {

using driftd::collector::EventDecoder;
using driftd::collector::Record;
using driftd::collector::TopicRole;

constexpr std::size_t kEventSize = 723;

std::string event_text(unsigned number) {
  const auto digits = [&](unsigned column, unsigned limit) {
    return std::to_string((number * 2654435761U + column * 40503U) % limit);
  };
  std::string text = R"({"type":"prediction","id":"e)" + std::to_string(100000000 + number) +
                     R"(","model":"credit","version":"7","time":"2026-11-20T08:00:00.)" +
                     std::to_string(100 + number % 900) + R"(Z","features":{)";
  for (unsigned column = 0; column < 20; ++column) {
    text += "\"amount_" + std::to_string(10 + column) + "\":" + digits(column, 1000) + "." +
            std::to_string(1000 + number % 9000) + ",";
  }
  static const char* const kTexts[] = {"DE", "phone", "monthly", "north-west", "gold"};
  for (unsigned column = 0; column < 5; ++column) {
    text += "\"kind_" + std::to_string(column) + "\":\"" + kTexts[(number + column) % 5] + "\",";
  }
  text.back() = '}';
  text += R"(,"prediction":{"label":"good","score":0.)" + std::to_string(100000 + number % 900000) + "}";
  text += R"(,"note":")";
  if (text.size() + 2 < kEventSize) text.append(kEventSize - text.size() - 2, 'x');
  return text + "\"}";
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  for (unsigned i = 0; i < 4096; ++i) {
    texts.push_back(event_text(i));
    bytes += texts.back().size();
  }
  std::printf("%zu bytes an event, %zu events\n", bytes / texts.size(), events);

  for (const bool with_hash : {false, true}) {
    EventDecoder decoder;
    std::size_t accepted = 0;
    std::uint64_t sum = 0;
    const double begin = cpu_seconds();
    for (std::size_t i = 0; i < events; ++i) {
      Record record;
      record.value = texts[i % texts.size()];
      const auto decoded = decoder.decode(record, static_cast<unsigned>(TopicRole::predictions));
      if (decoded.events.empty()) continue;
      ++accepted;
      const auto& event = std::get<driftd::PredictionEvent>(decoded.events.front());
      sum += with_hash ? driftd::collector::content_hash(event) : event.features.size();
    }
    const double seconds = cpu_seconds() - begin;
    std::printf("%-24s %.3f CPU s per million events (%.0f MB/s; %zu accepted, check %llx)\n",
                with_hash ? "decode and content hash" : "decode", seconds * 1e6 / static_cast<double>(events),
                static_cast<double>(bytes / texts.size() * events) / seconds / 1e6, accepted,
                static_cast<unsigned long long>(sum));
  }
}
