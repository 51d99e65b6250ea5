#include "detectors/statistics/elsewhere.h"

namespace driftd::detectors {

std::string_view elsewhere(Statistic statistic) {
  switch (statistic) {
    case Statistic::psi:
      return "Evidently bins numbers by Sturges' rule over both samples where the reference has over 20 "
             "values, whatever n_bins says; frouros takes ten bins of equal width over both and an empty one "
             "for 2e-308, so that a single empty bin makes it tens. The formula is the same";
    case Statistic::jensen_shannon:
      return "Evidently's is in natural logarithms (this one times sqrt(ln 2)), over bins as of its psi; "
             "NannyML's in base 2, over Doane's bins of the reference and one for all that lies outside; "
             "frouros' in natural logarithms, of two smoothed histograms";
    case Statistic::kl:
      return "Evidently gives .0001 also to bins that are empty on both sides, which takes a little from the "
             "others; frouros' is of the current from the reference, of two smoothed histograms";
    case Statistic::hellinger:
      return "NannyML's and frouros' are over their bins (as of jensen_shannon and psi); Evidently computes "
             "sqrt(1 - sum of sqrt(p q)), which near 0 has half the digits; frouros' Bhattacharyya distance "
             "is its square";
    case Statistic::total_variation:
      return "frouros calls it HINormalizedComplement, over ten bins of equal width; NannyML's L-infinity "
             "distance, the largest |q - p|, is the same for two categories; Evidently shows a permutation "
             "p-value alone";
    case Statistic::ks:
      return "Evidently shows scipy's exact p-value instead of the value; NannyML bins a reference of 10,000 "
             "values and more";
    case Statistic::cramer_von_mises:
      return "scipy, frouros and Evidently as said under ties; Evidently's own exact law counts in half "
             "precision, good to three digits";
    case Statistic::kuiper:
      return "frouros' KuiperTest gives Kolmogorov-Smirnov's value and Kuiper's law at that";
    case Statistic::wasserstein:
      return "NannyML bins a reference of 10,000 values and more";
    case Statistic::wasserstein_normed:
      return "Evidently divides by the deviation with n, and by no less than .001";
    case Statistic::mann_whitney:
      return "Evidently's p-value is one-sided, for the reference being the smaller one";
    case Statistic::welch_t:
      return "scipy and frouros say t = 0 where a variance overflows; Evidently's t_test pools the variances";
    case Statistic::chi_square:
      return "NannyML, and frouros unless it is told, correct two categories for continuity (Yates); "
             "Evidently tests the fit to the reference's shares as if they were known, of two categories by "
             "a z-test";
    case Statistic::g_test:
      return "Evidently tests the fit to the reference's counts, which are not scaled to the current ones";
    case Statistic::anderson_darling:
    case Statistic::energy:
    case Statistic::auc:
    case Statistic::missing_delta:
    case Statistic::fisher:
      return {};
  }
  return {};
}

}  // namespace driftd::detectors
