#include "detectors/derived/length_scale.h"

#include <algorithm>
#include <cmath>

namespace driftd::detectors::derived {

double median_distance(const std::vector<std::vector<float>>& rows) {
  std::vector<double> distances;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      double square = 0;
      for (std::size_t k = 0; k < rows[i].size(); ++k) {
        const double difference = static_cast<double>(rows[i][k]) - static_cast<double>(rows[j][k]);
        square += difference * difference;
      }
      if (square > 0) distances.push_back(std::sqrt(square));
    }
  }
  if (distances.empty()) return 0;
  std::sort(distances.begin(), distances.end());
  const std::size_t half = distances.size() / 2;
  return distances.size() % 2 == 1 ? distances[half] : (distances[half - 1] + distances[half]) / 2;
}

}  // namespace driftd::detectors::derived
