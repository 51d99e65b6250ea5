// The retrainings of all models: where each stands, how the earlier ones ended.
//
// Walks the table of retraining.h per model and keeps the state entry by entry, as the book of incidents
// does. Carries out no effect: who calls apply() reads the step that it answers. Owned by the thread that
// closes slots; the order of iteration is that of names.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "alerts/incident_book.h"
#include "alerts/retraining.h"

namespace driftd::alerts {

struct RetrainingEntry {
  Retraining now;
  std::array<std::uint64_t, kRetrainingOutcomes> ended{};  // by outcome

  friend bool operator==(const RetrainingEntry&, const RetrainingEntry&) = default;
};

// A row that was gone.
struct RetrainingStep {
  const Transition* row = nullptr;
  Retraining before;
  Retraining after;
};

class RetrainingBook {
 public:
  // `by` is the incident that the input names, `version` the version that it is about; empty where none.
  // Nothing where the input means nothing in the present state.
  std::optional<RetrainingStep> apply(std::string_view model, RetrainingInput input, Time time,
                                      std::string_view by = {}, std::string_view version = {});
  void set_patience(std::string_view model, Duration patience);
  // The input that is due by `clock`, and when it was: the end of the state's time.
  struct Due {
    RetrainingInput input;
    Time time;
  };
  [[nodiscard]] std::optional<Due> due(std::string_view model, const RetrainingConfig& config,
                                       Time clock) const;

  // Null for a model of which nothing was ever heard.
  [[nodiscard]] const RetrainingEntry* find(std::string_view model) const;
  [[nodiscard]] const std::map<std::string, RetrainingEntry, std::less<>>& all() const { return entries_; }
  void forget_model(std::string_view model);

  // Entries are named kRetrainingPrefix + model.
  void take_changes(const EntryWriter& write);
  Status restore(std::string_view key, std::string_view bytes);

 private:
  std::map<std::string, RetrainingEntry, std::less<>> entries_;
  std::set<std::string, std::less<>> dirty_;  // models
};

inline constexpr std::string_view kRetrainingPrefix = "retraining/";

}  // namespace driftd::alerts
