// The steps by which a group changes: copies, then pairs, then what the clocks let go.
//
// Each step brings the group to what the design says of it and appends what thereby changed to the output.
// Pure functions of their arguments. collector/join.h has the words; each step is one file.
#pragma once

#include <optional>

#include "collector/join_record.h"

namespace driftd::collector::join {

// join_copies.cc: adds a prediction and judges anew which of its (version, variant, id) count.
Standing add_prediction(Waiting& group, WaitingPrediction arrived, const JoinContext& context,
                        ShardOutput& out);

// join_pairs.cc
//
// For each prediction of the group the verdicts that belong to it (indexes, ascending): those whose use of
// the (version, variant, id) it is, were they still to be settled or not.
using Belongings = std::vector<std::vector<std::size_t>>;
Belongings belongings(const Waiting& group, Duration horizon);
// Adds feedback; counts it if it says nothing new. False: the very same was there.
bool add_verdict(Waiting& group, WaitingVerdict arrived, const JoinContext& context, ShardOutput& out);
// Gives every waiting prediction that counts the verdicts that belong to it.
void settle_pairs(Waiting& group, const JoinContext& context, ShardOutput& out);
// Takes everything back that was said of a prediction's pairs; it must not count any more.
void withdraw_pairs(Waiting& group, WaitingPrediction& prediction, const JoinContext& context,
                    ShardOutput& out);
void replace_cells(const Waiting& group, WaitingPrediction& prediction, std::string_view cells,
                   const JoinContext& context, ShardOutput& out);

// join_expiry.cc: drops what the clocks have passed.
void let_go(Waiting& group, const JoinContext& context, ShardOutput& out);
// The earliest time such that the group has to be looked at when the feedback clock reaches it plus the
// label horizon. Precondition: not empty, and let_go() has been called with this context.
Time next_look(const Waiting& group, const JoinContext& context);
// Drops the oldest record, and what would be wrong without it.
void drop_oldest(Waiting& group, const JoinContext& context, ShardOutput& out);
// Holds the bounds kMostCopies, kMostUses and kMostVerdicts.
void hold_bounds(Waiting& group, const JoinContext& context, ShardOutput& out);

}  // namespace driftd::collector::join
