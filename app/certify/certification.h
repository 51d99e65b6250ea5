// What `certify` finds out about a model's reference: how often evidence would alarm though nothing has
// changed, and how small a change it would still show. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/config/model_config.h"
#include "core/time.h"
#include "detectors/evidence/budget_shares.h"
#include "detectors/evidence/certify/alarm_rate.h"
#include "detectors/profile.h"

namespace driftd::app {

// The smallest of the sizes that were tried that shows in 9 of 10 months within a week.
struct SmallestShift {
  double size = 0;       // standard deviations of normal scores, or a share of the values
  double variation = 0;  // total variation
  Duration delay = 0;    // median
};

struct CertifiedColumn {
  std::string name;
  detectors::evidence::EvidenceKind kind = detectors::evidence::EvidenceKind::data;
  bool numeric = true;
  double per_day = 0;    // values
  double inflation = 1;  // VIF: a day's values count as per_day / inflation
  bool resolved = true;
  std::optional<SmallestShift> shift;    // of location; of a category
  std::optional<SmallestShift> missing;  // a rise of the share that is missing
  std::int64_t alarms = 0;               // false ones in which it was the foremost
};

struct CertifiedKind {
  detectors::evidence::EvidenceKind kind = detectors::evidence::EvidenceKind::data;
  double share = 0;  // of the model's budget
  std::int64_t alarms = 0;
  std::int64_t by_bank = 0;  // of them, those that needed the bank
};

enum class Promise : std::uint8_t {
  kept,       // the whole interval lies within the budget
  undecided,  // the budget lies in the interval
  broken,     // the whole interval lies beyond the budget
};

struct Certification {
  std::string model;
  std::string version;               // empty: of whatever version
  std::string reference;             // digest
  std::vector<std::string> regimes;  // digests
  std::int64_t rows = 0;
  Time first = 0, last = 0;
  std::size_t days = 0;           // that months are made of
  std::size_t days_left_out = 0;  // of the reference, where one of them is judged
  Duration slot = 0;              // of the months
  std::size_t months = 0;
  std::uint64_t seed = 0;
  BudgetConfig budget;
  SeasonConfig season;
  double watched = 0;                   // share of the budget that the kinds replayed have
  detectors::evidence::AlarmRate rate;  // false alarms per `budget.per`
  Promise promise = Promise::kept;
  std::vector<CertifiedKind> kinds;
  std::vector<CertifiedColumn> columns;
  std::string strength;  // that alarms would carry
  std::string because;
  std::vector<std::string> left_out;  // kinds that were not replayed, and why
  std::vector<std::string> advice;
};

inline constexpr Duration kCertifiedMonth = 30 * kDay;

}  // namespace driftd::app
