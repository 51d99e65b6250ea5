// Made by tests/detectors/kind_measures.py; do not edit.
#include "detectors/kind_measures.h"

namespace driftd::detectors {

const KindMeasures* measures_of(std::string_view kind) {
  static constexpr KindMeasures kMeasures[] = {
      {"adwin", "", 0.02, 3.2, 25.64, 48, 0},
      {"conformal_martingale", "", 0.31, 20.19, 40.19, 33, 0},
      {"cusum", "", 18.76, 137, 79.92, 12, 0},
      {"ddm", "", 0.09, 0.75, 9.59, 247.5, 0},
      {"e_cusum", "mean=0.2", 0.04, 5.5, 10.64, 100, 0},
      {"ecdd", "", 26.62, 80.88, 21.1, 24.5, 0},
      {"eddm", "", 4.5, 21.62, 34.41, 54, 0},
      {"ewma", "", 1.6, 33.74, 32.74, 20, 0},
      {"fhddm", "ones=errors", 0.36, 3.95, 9.77, 80, 0},
      {"gma", "", 0, 0, 0.81, 296, 0.815},
      {"hddm_a", "", 0.09, 6.6, 9.07, 99.5, 0},
      {"hddm_w", "", 0.82, 12.55, 9.83, 56.5, 0},
      {"kswin", "", 12.92, 49.98, 32.82, 24, 0},
      {"mddm", "", 0.5, 5.34, 9.78, 69, 0},
      {"page_hinkley", "", 6.43, 18.72, 40.76, 38, 0},
      {"rddm", "", 0.64, 5.15, 10.8, 86, 0},
      {"seed", "", 0.08, 2.61, 19.77, 80, 0},
      {"shiryaev_roberts", "mean=0.2", 0.15, 10.46, 18.08, 70, 0},
      {"stepd", "", 3.33, 22.05, 15.75, 34, 0.005},
  };
  for (const KindMeasures& measures : kMeasures) {
    if (measures.kind == kind) return &measures;
  }
  return nullptr;
}

}  // namespace driftd::detectors
