// Stored state of every detector of the catalogue: hostile bytes are refused and leave it as new; what loads
// goes on as what it saves goes on, within its memory (detectors/sequential_detector.h).
#include "detectors/kind.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using namespace driftd::fuzz;
using detectors::Kind;
using Detector = std::unique_ptr<detectors::SequentialDetector>;

Detector made(const Kind& kind) {
  Faults faults;
  return kind.make(Node::map(), "", faults);
}

void go_on(const Kind& kind, detectors::SequentialDetector& detector) {
  const std::string kept = saved(detector);
  const Detector other = made(kind);
  Decoder in(kept);
  require(other->load(in).ok(), "what was loaded and saved loads again");
  require(saved(*other) == kept, "and is the same");
  for (int i = 0; i < 100; ++i) {
    const double value = i % 3 == 0 ? 1 : 0;
    require(detector.update(value) == other->update(value), "two that are the same go on the same");
    require(detector.bytes() <= detector.memory_limit(), "memory is bounded");
  }
  require(saved(*other) == saved(detector), "and stay the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto kinds = detectors::catalogue();
  const Kind& kind = *kinds[choose(bytes, kinds.size())];
  const Detector detector = made(kind);
  const std::string fresh = saved(*detector);
  Decoder in(bytes);
  if (detector->load(in).ok()) {
    go_on(kind, *detector);
    detector->reset();
  }
  require(saved(*detector) == fresh, "a refusal and a reset leave it as new");
  return 0;
}
