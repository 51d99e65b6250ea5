// Monitors and bank against evidence_cases.txt, which evidence_cases.py computes with numpy.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "detectors/evidence/bank.h"
#include "detectors/evidence/categorical_monitor.h"
#include "detectors/evidence/numeric_monitor.h"
#include "detectors/evidence/rate_monitor.h"
#include "tests/detectors/evidence_streams.h"

namespace driftd::detectors::evidence::testing {
namespace {

struct Case {
  std::string kind;
  std::map<std::string, std::vector<double>> lines;

  [[nodiscard]] const std::vector<double>& at(const std::string& name) const { return lines.at(name); }
  [[nodiscard]] double one(const std::string& name) const { return at(name).front(); }
  [[nodiscard]] std::vector<double> part(const std::string& name, std::size_t index, std::size_t size) const {
    const auto first = at(name).begin() + static_cast<std::ptrdiff_t>(index * size);
    return {first, first + static_cast<std::ptrdiff_t>(size)};
  }
  [[nodiscard]] std::vector<std::int64_t> counts(std::size_t index, std::size_t size) const {
    const std::vector<double> numbers = part("counts", index, size);
    return {numbers.begin(), numbers.end()};
  }
};

std::vector<Case> cases(const std::string& kind) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/tests/detectors/evidence_cases.txt");
  std::vector<Case> found;
  std::string line;
  Case current;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (line.empty()) {
      if (current.kind == kind) found.push_back(current);
      current = {};
    } else if (current.kind.empty()) {
      current.kind = name;
    } else {
      for (double number = 0; words >> number;) current.lines[name].push_back(number);
    }
  }
  return found;
}

void expect_logs(const Case& expected, const Monitor& monitor) {
  const std::vector<double>& logs = expected.at("logs");
  ASSERT_EQ(monitor.components().size(), logs.size());
  const std::vector<std::int64_t> counts = expected.counts(0, monitor.width());
  std::vector<double> got(logs.size());
  monitor.log_likelihoods(counts, 0, got);
  double weights = 0;
  for (std::size_t c = 0; c < logs.size(); ++c) {
    EXPECT_NEAR(got[c], logs[c], 1e-11 * (1 + std::abs(logs[c]))) << expected.kind << " component " << c;
    EXPECT_NEAR(monitor.components()[c].weight, expected.at("weights")[c], 1e-14);
    weights += monitor.components()[c].weight;
  }
  EXPECT_NEAR(weights, 1, 1e-12);
}

MonitorReference reference_of(const Case& expected) {
  MonitorReference reference;
  reference.p = expected.at("p");
  reference.n = expected.at("sizes").front();
  for (std::size_t r = 0; r < expected.at("sizes").size(); ++r) {
    reference.regimes.push_back(
        {{{expected.part("regimes", r, reference.p.size()), expected.at("sizes")[r]}}, {}});
  }
  return reference;
}

TEST(NumericMonitor, GivesTheLogarithmsThatNumpyGives) {
  const std::vector<Case> all = cases("numeric");
  ASSERT_EQ(all.size(), 12U);
  for (const Case& expected : all) {
    expect_logs(expected, *numeric_monitor(reference_of(expected), {expected.one("eps"), std::nullopt}));
  }
}

TEST(CategoricalMonitor, GivesTheLogarithmsThatNumpyGives) {
  const std::vector<Case> all = cases("categorical");
  ASSERT_EQ(all.size(), 2U);
  for (const Case& expected : all) {
    expect_logs(expected, *categorical_monitor(reference_of(expected), {expected.one("eps"), std::nullopt}));
  }
}

TEST(RateMonitor, GivesTheLogarithmsThatNumpyGives) {
  const std::vector<Case> all = cases("rate");
  ASSERT_EQ(all.size(), 6U);
  for (const Case& expected : all) {
    MonitorReference reference;
    const std::vector<double>& cells = expected.at("cells");
    for (std::size_t r = 0; r < cells.size(); r += 2) {
      reference.regimes.push_back({{{{1 - cells[r], cells[r]}, cells[r + 1]}}, {}});
    }
    reference.p = reference.regimes.front().cells.front().p;
    reference.n = reference.regimes.front().cells.front().n;
    expect_logs(expected, *rate_monitor(reference, Shape::rate, expected.one("tolerance")));
  }
}

// Slots of five minutes; blocks of one, three and twelve of them; cells change within blocks.
MonitorReference bank_reference(const Case& expected) {
  MonitorReference reference;
  reference.p = expected.at("p");
  const std::size_t width = reference.p.size();
  const std::vector<Duration> blocks = {5 * kMinute, 15 * kMinute, kHour};
  for (std::size_t r = 0; r < expected.at("sizes").size() / 3; ++r) {
    Regime regime;
    for (std::size_t c = 0; c < 3; ++c) {
      regime.cells.push_back({expected.part("regimes", r * 3 + c, width), expected.at("sizes")[r * 3 + c]});
    }
    for (std::size_t b = 0; b < 3; ++b) {
      const std::vector<double> tau2 = expected.part("tau2", r * 3 + b, 2);
      regime.blocks.push_back({blocks[b], {tau2[0], tau2[1]}});
    }
    reference.regimes.push_back(regime);
  }
  return reference;
}

void expect_terms_of(const Case& expected) {
  const std::optional<BankLaws> laws = bank_laws(bank_reference(expected));
  ASSERT_TRUE(laws);
  Bank bank(*laws, 5 * kMinute);
  const std::size_t width = expected.at("p").size();
  const std::vector<double>& terms = expected.at("terms");
  std::size_t next = 0;
  for (std::size_t slot = static_cast<std::size_t>(expected.one("first")); slot < expected.at("cells").size();
       ++slot) {
    bank.close(static_cast<std::int64_t>(slot), static_cast<std::size_t>(expected.at("cells")[slot]),
               expected.counts(slot, width), expected.one("grant"));
    for (const BankTerm& term : bank.terms()) {
      ASSERT_LT(next, terms.size());
      EXPECT_EQ(static_cast<double>(slot), terms[next]);
      EXPECT_EQ(static_cast<double>(term.functional), terms[next + 1]);
      EXPECT_EQ(static_cast<double>(term.block / (5 * kMinute)), terms[next + 2]);
      EXPECT_EQ(term.direction, terms[next + 3]);
      EXPECT_NEAR(term.amount / terms[next + 4], 1, 1e-9);
      next += 5;
    }
  }
  EXPECT_EQ(next, terms.size());
}

TEST(Bank, GivesTheTermsThatNumpyGivesForOneRegimeAndForTwoByTurns) {
  const std::vector<Case> all = cases("bank");
  ASSERT_EQ(all.size(), 2U);
  for (const Case& expected : all) expect_terms_of(expected);
}

}  // namespace
}  // namespace driftd::detectors::evidence::testing
