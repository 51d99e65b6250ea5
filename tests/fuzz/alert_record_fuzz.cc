// What alerts keep in the store, each kind of value: whatever loads saves as what loads to the same again.
#include <nlohmann/json.hpp>

#include "alerts/drift_episode.h"
#include "alerts/outbox.h"
#include "alerts/retraining.h"
#include "alerts/rules.h"
#include "alerts/schema_facts.h"
#include "alerts/silence.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using namespace driftd::alerts;
using namespace driftd::fuzz;

void use(const Incident& incident) {
  require(nlohmann::json::accept(incident_json(incident, "http://d")), "an incident is JSON");
  require(nlohmann::json::accept(event_json(EventType::opened, 0, incident, "http://d")), "so is its event");
}

template <class T, class Use>
void round_trip_and(std::string_view bytes, const Use& use) {
  round_trip(
      bytes, [](Decoder& in) { return T::load(in); }, use);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  switch (choose(bytes, 8)) {
    case 0:
      round_trip_and<Incident>(bytes, use);
      break;
    case 1:
      round_trip_and<DeliveryRecord>(bytes, [](const DeliveryRecord& record) { use(record.incident); });
      break;
    case 2:
      round_trip_and<Retraining>(bytes, [](const Retraining& retraining) {
        (void)retraining.deadline({});
        for (std::size_t input = 0; input < kRetrainingInputs; ++input)
          (void)Retraining(retraining).apply(static_cast<RetrainingInput>(input), kDay);
      });
      break;
    case 3:
      round_trip<RuleState>(bytes);
      break;
    case 4:
      round_trip<Silence>(bytes);
      break;
    case 5:
      round_trip<SchemaFacts>(bytes);
      break;
    case 6:
      round_trip_in_place<DriftEpisode>(bytes);
      break;
    default:
      round_trip_in_place<DigestNotice>(bytes);
  }
  return 0;
}
