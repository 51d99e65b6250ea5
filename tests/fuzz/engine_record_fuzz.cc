// What the engine keeps in the store, each kind of value: whatever loads saves as what loads to the same
// again. The first byte chooses the kind.
#include "app/pipeline/counters.h"
#include "app/pipeline/digests.h"
#include "app/pipeline/encoded_counts.h"
#include "app/pipeline/label_coverage.h"
#include "app/pipeline/model_comparisons.h"
#include "app/pipeline/open_slot.h"
#include "app/pipeline/series_codec.h"
#include "app/pipeline/version_codec.h"
#include "collector/clock.h"
#include "tests/app/pipeline_plan.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using namespace driftd::app;
using namespace driftd::fuzz;

const std::shared_ptr<const Plan>& plan() {
  static const auto kPlan = plan_of_rows(12);
  return kPlan;
}

const ModelConfig& model_config() {
  static const ModelConfig kConfig;
  return kConfig;
}

// A value whose state is read and written by functions of its own.
template <class Value, class Read, class Write>
void check(std::string_view bytes, Value& first, Value& second, const Read& read, const Write& write) {
  Decoder in(bytes);
  if (!read(in, first)) return;
  Encoder kept;
  write(kept, first);
  Decoder again(kept.bytes());
  require(read(again, second), "what was loaded and saved loads again");
  Encoder same;
  write(same, second);
  require(same.bytes() == kept.bytes(), "and is the same");
}

void check_version(std::string_view bytes) {
  Model model;
  model.config = &model_config();
  Version first, second;
  for (Version* version : {&first, &second}) {
    version->model = &model;
    version->plan = plan();
  }
  check(
      bytes, first, second,
      [](Decoder& in, Version& version) { return load_version(in, version, kMinute).ok(); }, save_version);
}

void check_digests(std::string_view bytes) {
  Config config;
  config.alerts.digest.emplace().at = "*/10 * * * *";
  Digests first(config), second(config);
  check(
      bytes, first, second, [](Decoder& in, Digests& digests) { return digests.load(in, 3).ok(); },
      [](Encoder& out, const Digests& digests) { digests.save(out); });
  if (const auto next = first.next(0)) (void)first.take_due(slot_of(*next, kMinute) + 2);
  first.let_stand();
  (void)first.take_made();
}

void check_kind(std::size_t kind, std::string_view bytes) {
  switch (kind) {
    case 0:
      return check_version(bytes);
    case 1: {
      Model first, second;
      first.config = second.config = &model_config();
      return check(
          bytes, first, second, [](Decoder& in, Model& model) { return load_model(in, model, kMinute).ok(); },
          save_model);
    }
    case 2:
      return round_trip(
          bytes, [](Decoder& in) { return OpenSlot::load(in, plan()->layout); },
          [](const OpenSlot& slot) {
            OpenSlot twice = slot;
            twice.merge(OpenSlot(slot));
            twice.settle();
          });
    case 3:
      return check_digests(bytes);
    case 4: {
      ModelComparisons first, second;
      return check(
          bytes, first, second,
          [](Decoder& in, ModelComparisons& all) { return all.load(in, kMinute).ok() && in.ok(); },
          [](Encoder& out, const ModelComparisons& all) { all.save(out); });
    }
    case 5:
      return round_trip_in_place<LabelCoverage>(bytes);
    case 6:
      return round_trip_in_place<VersionCounters>(bytes);
    case 7:
      return round_trip_in_place<TopicCounters>(bytes);
    case 8:
      return round_trip(
          bytes, [](Decoder& in) { return collector::Clocks::load(in, {}); },
          [](collector::Clocks clocks) {
            const Time before = clocks.prediction_clock();
            clocks.add({"t", 0, static_cast<unsigned>(collector::TopicRole::predictions)}, 0);
            clocks.advance(0);
            require(clocks.prediction_clock() >= before, "a clock never falls");
          });
    default: {
      PairChanges first, second;
      return check(
          bytes, first, second,
          [](Decoder& in, PairChanges& changes) {
            changes = load_changes(in);
            return in.ok();
          },
          save_changes);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)decode_counts(bytes, 16);
  const std::size_t kind = choose(bytes, 10);
  check_kind(kind, bytes);
  return 0;
}
