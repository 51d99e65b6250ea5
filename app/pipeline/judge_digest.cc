// Digests, as the clocks pass the slots of their scheduled times (digests.h).
#include <algorithm>
#include <utility>

#include "app/pipeline/judge.h"
#include "app/pipeline/metrics_page.h"

namespace driftd::app {

using detectors::Side;

bool Judge::holds_predictions(std::int64_t slot) {
  bool any = false;
  for (auto it = rows.lower_bound({slot, 0}); it != rows.end() && it->first.slot == slot; ++it) {
    it->second.settle();
    any = any || !it->second.empty();
  }
  return any;
}

// All slots before `slot` have closed.
void Judge::draft_digest(std::int64_t slot) {
  const auto at = parts_.digests->take_due(slot);
  if (!at) return;
  const std::int64_t last = digest_slot(*at, slot_length());
  bring_references_to(last + 1);
  for (Model* model : parts_.registry->models_by_name()) evidence_.advance(*model, last);
  Digests::Draft draft{*at, {}, {}, false, false};
  for (const Version* version : parts_.registry->versions_by_name()) {
    if (!is_shown(*version, *at, slot_length())) continue;
    draft.live.push_back(version->series);
    add_hypotheses(*version, Side::predictions, last, draft.hypotheses);
  }
  parts_.digests->add(std::move(draft));
}

// A slot with predictions has closed.
void Judge::let_digests_stand(std::int64_t slot) {
  parts_.digests->begin(slot);
  parts_.digests->let_stand();
  draft_digest(slot + 1);
  parts_.digests->let_stand();
}

// All evidence slots before `slot` have closed. `all`: at the end of all input, where what is due later than
// the clocks came stays as it is.
void Judge::complete_digests(std::int64_t slot, bool all) {
  while (Digests::Draft* draft = parts_.digests->waiting_for_labels(slot)) {
    const std::int64_t last = digest_slot(draft->at, slot_length());
    if (!all) {
      close_due_cohorts(last);
      for (Version* version : parts_.registry->versions_by_name()) renew_pair_reference(*version, last + 1);
    }
    for (const std::uint32_t series : draft->live) {
      Version& version = parts_.registry->version(series);
      evidence_.share_labels(version, last);
      add_hypotheses(version, Side::pairs, last, draft->hypotheses);
    }
    draft->has_labels = true;
    parts_.digests->changed = true;
  }
  for (alerts::DigestNotice& made : parts_.digests->take_made()) parts_.desk->tell(std::move(made));
}

}  // namespace driftd::app
