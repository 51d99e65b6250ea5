// What an id shard remembers: the table of groups, when to look at them, the books, what changed.
//
// Behind collector/join.h; the shard's methods are in join_shard.cc (events) and join_hold.cc (bounds
// and bytes at rest).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/join.h"
#include "collector/join_record.h"
#include "collector/join_steps.h"
#include "collector/join_table.h"
#include "collector/join_timeline.h"

namespace driftd::collector {

struct IdShard::State {
  join::Table table;
  std::map<std::uint32_t, join::Timeline> timelines;  // by model
  std::map<std::uint32_t, std::size_t> pending;       // by model; none is 0
  std::size_t held = 0;
  std::vector<std::uint64_t> dirty;  // hashes; the entries say whether they are
  std::vector<std::string> gone;     // keys that the store still has

  // A group taken out of its entry's bytes, to be put back by commit().
  struct Loan {
    std::string key;
    std::uint64_t hash = 0;
    join::Waiting group;
    bool known = false;  // there is an entry
  };

  [[nodiscard]] Loan borrow(std::uint32_t model, std::string_view id);
  [[nodiscard]] static Loan open(const join::Table::Entry& entry);
  void account(const join::Waiting& group, int sign);
  void commit(Loan& loan, Time look);
  void drop(join::Table::Entry& entry);
  void mark_dirty(join::Table::Entry& entry, std::uint64_t hash);
  void schedule(join::Table::Entry& entry, std::uint64_t hash, std::uint32_t model, Time look);
  void add_first(const JoinPrediction& prediction, std::string_view key, std::uint64_t hash);
  [[nodiscard]] static std::uint32_t model_of(const join::Table::Entry& entry);
  [[nodiscard]] bool is_current(const join::Timeline::Look& look, std::uint32_t model);
  // Opens the group of a look that has been taken from the timeline; none if it is stale.
  template <class Change>
  void at_look(const join::Timeline::Look& look, std::uint32_t model, const JoinContext& context,
               Change change);
};

template <class Change>
void IdShard::State::at_look(const join::Timeline::Look& look, std::uint32_t model,
                             const JoinContext& context, Change change) {
  std::vector<Loan> loans;  // almost always one
  table.for_each_of(look.hash, [&](join::Table::Entry& entry) {
    if (entry.head().look == look.time && model_of(entry) == model) loans.push_back(open(entry));
  });
  for (Loan& loan : loans) {
    loan.hash = look.hash;
    account(loan.group, -1);
    change(loan.group);
    loan.known = false;  // its look has been taken: plan one in any case
    commit(loan, loan.group.empty() ? 0 : join::next_look(loan.group, context));
  }
}

}  // namespace driftd::collector
