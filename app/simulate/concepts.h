// The concepts of the classic drift streams, as river defines them (river.datasets.synth; river's sources
// name the papers). Pure functions: true is the positive class.
#pragma once

#include <cstdint>
#include <span>

namespace driftd::app::simulate {

// SEA (Street and Kim, 2001): x1 + x2 above the variant's threshold 8, 9, 7 or 9.5; x3 is noise. Variants 0
// to 3.
bool sea_concept(int variant, double x1, double x2);

// STAGGER (Schlimmer and Granger, 1986), functions 0 to 2: small and red; green or a circle; medium or
// large. size: small, medium, large; color: red, blue, green; shape: circle, square, triangle; from 0.
bool stagger_concept(int function, int size, int color, int shape);

// Agrawal's loan applicants (Agrawal, Imielinski, Swami, 1993), functions 0 to 9.
struct Applicant {
  double salary = 0;         // 20,000 to 150,000
  double commission = 0;     // 0 where the salary is 75,000 or more, else 10,000 to 85,000
  std::int64_t age = 0;      // 20 to 80
  std::int64_t elevel = 0;   // education, 0 to 4
  std::int64_t car = 0;      // maker, 1 to 20
  std::int64_t zipcode = 0;  // 0 to 8
  double hvalue = 0;         // of the house, depends on the zip code
  std::int64_t hyears = 0;   // house owned, 1 to 30
  double loan = 0;           // 0 to 500,000
};
bool agrawal_concept(int function, const Applicant& applicant);

// Hyperplane (Hulten, Spencer, Domingos, 2001): the weighted sum is at least half of the weights' sum.
bool hyperplane_concept(std::span<const double> weights, std::span<const double> x);

}  // namespace driftd::app::simulate
