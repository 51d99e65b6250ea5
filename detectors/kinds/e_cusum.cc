// Page's form of an e-detector, M := L max(M, 1), over bets that the mean of values in [0, 1] has
// changed (detectors/e_detector.h, detectors/mean_bets.h).
#include "detectors/mean_bets.h"

namespace driftd::detectors {
namespace {

using Detector = MeanBets<Capital::cusum>;

}  // namespace

extern const Kind kind_e_cusum;
const Kind kind_e_cusum = {
    .name = "e_cusum",
    .summary = "bets against a mean that is in order have made run_length of one (Page's form)",
    .reads = Detector::kReads,
    .accepts = Detector::kAccepts,
    .cost = Detector::kCost,
    .memory = Detector::kMemory,
    .guarantee = Detector::kGuarantee,
    .paper =
        "Shin, Ramdas and Rinaldo, E-detectors, NEJSDS 2024; Page, Continuous inspection schemes, "
        "Biometrika 41, 1954",
    .parameters = parameters_of<Detector>,
    .make = make_from_fields<Detector>,
};

}  // namespace driftd::detectors
