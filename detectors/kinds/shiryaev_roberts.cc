// Shiryaev and Roberts' form of an e-detector, M := L (M + 1), over bets that the mean of values in [0, 1]
// has changed (detectors/e_detector.h, detectors/mean_bets.h).
#include "detectors/mean_bets.h"

namespace driftd::detectors {
namespace {

using Detector = MeanBets<Capital::shiryaev_roberts>;

}  // namespace

extern const Kind kind_shiryaev_roberts;
const Kind kind_shiryaev_roberts = {
    .name = "shiryaev_roberts",
    .summary =
        "bets against a mean that is in order have made run_length of one (Shiryaev and Roberts' form)",
    .reads = Detector::kReads,
    .accepts = Detector::kAccepts,
    .cost = Detector::kCost,
    .memory = Detector::kMemory,
    .guarantee = Detector::kGuarantee,
    .paper =
        "Shin, Ramdas and Rinaldo, E-detectors, NEJSDS 2024; Shiryaev, On optimum methods in quickest "
        "detection problems, 1963; Roberts, A comparison of some control chart procedures, "
        "Technometrics 8, 1966",
    .parameters = parameters_of<Detector>,
    .make = make_from_fields<Detector>,
};

}  // namespace driftd::detectors
