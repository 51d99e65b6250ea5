#include "app/simulate/concepts.h"

#include <array>
#include <cstddef>

namespace driftd::app::simulate {

bool sea_concept(int variant, double x1, double x2) {
  static constexpr std::array kThresholds = {8.0, 9.0, 7.0, 9.5};
  return x1 + x2 > kThresholds.at(static_cast<std::size_t>(variant));
}

bool stagger_concept(int function, int size, int color, int shape) {
  switch (function) {
    case 0:
      return size == 0 && color == 0;
    case 1:
      return color == 2 || shape == 0;
    default:
      return size == 1 || size == 2;
  }
}

namespace {

bool in(double value, double low, double high) { return low <= value && value <= high; }

// By age: under 40, under 60, older.
template <class T>
T by_age(std::int64_t age, T young, T middle, T old) {
  return age < 40 ? young : age < 60 ? middle : old;
}

struct Range {
  double low;
  double high;
};

bool in(double value, Range range) { return in(value, range.low, range.high); }

bool by_pay(const Applicant& a, double pay) {
  return in(pay, by_age<Range>(a.age, {50000, 100000}, {75000, 125000}, {25000, 75000}));
}

bool by_education(const Applicant& a) {
  return by_age(a.age, a.elevel <= 1, a.elevel >= 1 && a.elevel <= 3, a.elevel >= 2);
}

bool by_education_and_salary(const Applicant& a) {
  const Range range = by_education(a)
                          ? by_age<Range>(a.age, {25000, 75000}, {50000, 100000}, {50000, 100000})
                          : by_age<Range>(a.age, {50000, 100000}, {75000, 125000}, {25000, 75000});
  return in(a.salary, range);
}

bool by_salary_and_loan(const Applicant& a) {
  const bool paid = by_pay(a, a.salary);
  if (a.age < 40) return paid ? in(a.loan, 100000, 300000) : in(a.salary, 200000, 400000);
  // river's middle branch compares the salary with 200,000, not the loan; so do we
  if (a.age < 60) return paid ? 200000 <= a.salary && a.loan <= 400000 : in(a.salary, 300000, 500000);
  return paid ? in(a.loan, 300000, 500000) : in(a.loan, 75000, 300000);
}

double equity(const Applicant& a) {
  return a.hyears >= 20 ? a.hvalue * static_cast<double>(a.hyears - 20) / 10 : 0;
}

}  // namespace

bool agrawal_concept(int function, const Applicant& a) {
  const double two_thirds = 2 * (a.salary + a.commission) / 3;
  const double schooling = 5000 * static_cast<double>(a.elevel);
  switch (function) {
    case 0:
      return a.age < 40 || 60 <= a.age;
    case 1:
      return by_pay(a, a.salary);
    case 2:
      return by_education(a);
    case 3:
      return by_education_and_salary(a);
    case 4:
      return by_salary_and_loan(a);
    case 5:
      return by_pay(a, a.salary + a.commission);
    case 6:
      return two_thirds - a.loan / 5 - 20000 <= 1;
    case 7:
      return two_thirds - schooling - 20000 <= 1;
    case 8:
      return two_thirds - schooling - a.loan / 5 - 10000 <= 1;
    default:
      return two_thirds - schooling + equity(a) / 5 - 10000 <= 1;
  }
}

bool hyperplane_concept(std::span<const double> weights, std::span<const double> x) {
  double total = 0;
  for (const double weight : weights) total += weight;
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * x[i];
  return sum >= total * 0.5;
}

}  // namespace driftd::app::simulate
