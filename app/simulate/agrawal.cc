// Agrawal's loan applicants: nine features, the first classification function, then the second.
#include <array>

#include "app/simulate/concepts.h"
#include "app/simulate/scenario.h"

namespace driftd::app::simulate {
namespace {

constexpr std::array kChanges = {
    Change{0.5, "group A is told by age and salary (function 1), no longer by age alone (function 0)"},
};

Applicant applicant(Random& random) {
  Applicant a;
  a.salary = cut(random.between(20000, 150000), 100);
  a.commission = a.salary >= 75000 ? 0 : cut(random.between(10000, 85000), 100);
  a.age = random.integer(20, 80);
  a.elevel = random.integer(0, 4);
  a.car = random.integer(1, 20);
  a.zipcode = random.integer(0, 8);
  a.hvalue = cut(static_cast<double>(8 - a.zipcode) * 100000 * random.between(0.5, 1.5), 100);
  a.hyears = random.integer(1, 30);
  a.loan = cut(random.between(0, 500000), 100);
  return a;
}

Sample sample(const Place& place, Random random) {
  const Applicant a = applicant(random);
  return {.features = {{"salary", a.salary},
                       {"commission", a.commission},
                       {"age", a.age},
                       {"elevel", a.elevel},
                       {"car", a.car},
                       {"zipcode", a.zipcode},
                       {"hvalue", a.hvalue},
                       {"hyears", a.hyears},
                       {"loan", a.loan}},
          .predicted = agrawal_concept(0, a) ? "A" : "B",
          .score = std::nullopt,
          .truth = agrawal_concept(place.changes_before(kChanges), a) ? "A" : "B"};
}

}  // namespace

extern const Scenario kScenarioAgrawal;
const Scenario kScenarioAgrawal = {
    .name = "agrawal",
    .summary = "loan applicants, nine features; no noise; abrupt concept drift",
    .positive = "A",
    .changes = kChanges,
    .sample = sample};

}  // namespace driftd::app::simulate
