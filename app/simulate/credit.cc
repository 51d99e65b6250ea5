// Credit: applicants of mixed features, some of them missing; a score for the risk that a credit goes bad.
// First other applicants come (the model stays right about them), then the risk itself changes.
#include <array>

#include "app/simulate/scenario.h"

namespace driftd::app::simulate {
namespace {

constexpr std::array kChanges = {
    Change{0.5, "incomes rise by 30 %, and twice as many applicants come from PL (covariate shift)"},
    Change{0.75, "a card no longer lowers the risk but raises it (concept drift)"},
};

struct Person {
  std::int64_t age = 0;
  double income = 0;  // a month
  std::string_view country;
  bool has_card = false;
  std::optional<std::int64_t> tenure;  // years with the same employer
};

std::string_view country(Random& random, bool shifted) {
  const double u = random.uniform();
  if (u < (shifted ? 0.4 : 0.2)) return "PL";
  if (u < (shifted ? 0.5 : 0.35)) return "FR";
  return u < 0.95 ? "DE" : "AT";
}

Person person(Random& random, bool shifted) {
  Person p;
  p.age = random.integer(18, 75);
  const double base = 3200 + 25 * static_cast<double>(p.age - 18) + 900 * random.bell();
  p.income = cut((base < 800 ? 800 : base) * (shifted ? 1.3 : 1.0), 10);
  p.country = country(random, shifted);
  p.has_card = random.chance(0.6);
  const std::int64_t years = random.integer(0, p.age - 18);
  if (!random.chance(0.08)) p.tenure = years;
  return p;
}

double risk(const Person& p, bool card_is_bad) {
  double margin = -0.6 + (p.age < 30 ? 1.0 : 0.0) - (p.income - 3800) / 1200;
  margin += p.has_card == card_is_bad ? 0.9 : -0.9;
  margin -= p.tenure ? static_cast<double>(*p.tenure) / 20 : -0.3;
  return squash(3 * margin);
}

Sample sample(const Place& place, Random random) {
  const int changes = place.changes_before(kChanges);
  const Person p = person(random, changes >= 1);
  const double score = cut(risk(p, false), 1e4);
  FeatureValue tenure = nullptr;
  if (p.tenure) tenure = *p.tenure;
  return {.features = {{"age", p.age},
                       {"income", p.income},
                       {"country", p.country},
                       {"has_card", p.has_card},
                       {"tenure", tenure}},
          .predicted = score >= 0.5 ? "bad" : "good",
          .score = score,
          .truth = random.chance(risk(p, changes >= 2)) ? "bad" : "good"};
}

}  // namespace

extern const Scenario kScenarioCredit;
const Scenario kScenarioCredit = {
    .name = "credit",
    .summary = "mixed features with missing values, a score; covariate shift, then concept drift",
    .positive = "bad",
    .changes = kChanges,
    .sample = sample};

}  // namespace driftd::app::simulate
