#include "app/pipeline/digests.h"

#include <algorithm>
#include <utility>

namespace driftd::app {

void Digests::reconfigure(const Config& config) {
  slot_ = config.slot;
  schedule_.reset();
  next_.reset();
  if (!config.alerts.digest) {
    changed = changed || asked_ || !drafts_.empty();
    asked_.reset();
    drafts_.clear();
    return;
  }
  alpha_ = config.alerts.digest->alpha;
  schedule_.emplace(*config.alerts.digest);
  if (asked_) next_ = schedule_->after(*asked_);
}

std::optional<Time> Digests::take_due(std::int64_t slot) {
  const Time limit = slot_start(slot, slot_);
  if (!schedule_ || !next_ || *next_ > limit) return std::nullopt;
  asked_ = schedule_->until(limit);
  next_ = schedule_->after(*asked_);
  changed = true;
  return asked_;
}

void Digests::add(Draft draft) {
  if (!drafts_.empty() && !drafts_.back().stands) drafts_.pop_back();
  drafts_.push_back(std::move(draft));
  changed = true;
}

void Digests::begin(std::int64_t slot) {
  if (!schedule_ || asked_) return;
  asked_ = slot_start(slot, slot_);
  next_ = schedule_->after(*asked_);
  changed = true;
}

void Digests::let_stand() {
  if (drafts_.empty() || drafts_.back().stands) return;
  drafts_.back().stands = true;
  changed = true;
}

Digests::Draft* Digests::waiting_for_labels(std::int64_t slot) {
  for (Draft& draft : drafts_)
    if (!draft.has_labels) return digest_slot(draft.at, slot_) < slot ? &draft : nullptr;
  return nullptr;
}

std::vector<alerts::DigestNotice> Digests::take_made() {
  std::vector<alerts::DigestNotice> made;
  while (!drafts_.empty() && drafts_.front().stands && drafts_.front().has_labels) {
    const Draft draft = std::move(drafts_.front());
    drafts_.erase(drafts_.begin());
    DigestFindings findings = digest_findings(draft.at, alpha_, true, draft.hypotheses);
    newest_ = {alerts::digest_notice(draft.at, std::move(findings.data)), findings.hypotheses,
               findings.discoveries};
    made.push_back(newest_->notice);
    changed = true;
  }
  return made;
}

void Digests::forget_model(std::string_view model, const std::vector<std::uint32_t>& series) {
  for (Draft& draft : drafts_) {
    std::erase_if(draft.hypotheses, [&](const Hypothesis& one) { return one.model == model; });
    std::erase_if(draft.live, [&](std::uint32_t live) {
      return std::find(series.begin(), series.end(), live) != series.end();
    });
    changed = true;
  }
}

std::optional<Time> Digests::next(Time now) const {
  return schedule_ ? schedule_->after(asked_ ? std::max(now, *asked_) : now) : std::nullopt;
}

void Digests::save(Encoder& out) const {
  out.put_bool(asked_.has_value());
  out.put_i64(asked_.value_or(0));
  out.put_u64(drafts_.size());
  for (const Draft& draft : drafts_) {
    out.put_i64(draft.at);
    out.put_bool(draft.stands);
    out.put_bool(draft.has_labels);
    out.put_u64(draft.live.size());
    for (const std::uint32_t series : draft.live) out.put_u64(series);
    out.put_u64(draft.hypotheses.size());
    for (const Hypothesis& one : draft.hypotheses) one.save(out);
  }
  out.put_bool(newest_.has_value());
  if (!newest_) return;
  newest_->notice.save(out);
  out.put_u64(newest_->hypotheses);
  out.put_u64(newest_->discoveries);
}

Status Digests::load(Decoder& in, std::size_t versions) {
  const bool asked = in.get_bool();
  const Time until = in.get_within(kEarliestTime, kLatestTime);
  bool sane = true;
  drafts_.clear();
  for (std::size_t n = in.get_count(5); n > 0 && in.ok(); --n) {
    Draft& draft = drafts_.emplace_back();
    draft.at = in.get_time();
    draft.stands = in.get_bool();
    draft.has_labels = in.get_bool();
    for (std::size_t m = in.get_count(); m > 0 && in.ok(); --m) {
      draft.live.push_back(static_cast<std::uint32_t>(in.get_u64()));
      sane = sane && draft.live.back() < versions;
    }
    for (std::size_t m = in.get_count(12); m > 0 && in.ok(); --m) draft.hypotheses.emplace_back().load(in);
  }
  if (in.get_bool()) {
    Made made;
    made.notice.load(in);
    made.hypotheses = in.get_u64();
    made.discoveries = in.get_u64();
    newest_ = std::move(made);
  }
  if (!sane || !in.ok()) return Error{ErrorCode::corrupt, "the digests do not fit together"};
  if (asked && schedule_) {
    asked_ = until;
    next_ = schedule_->after(until);
  } else {
    drafts_.clear();  // there are no digests any more
  }
  return success();
}

}  // namespace driftd::app
