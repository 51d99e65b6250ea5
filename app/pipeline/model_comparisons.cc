#include "app/pipeline/model_comparisons.h"

namespace driftd::app {

namespace {

using detectors::champion::Arm;
using detectors::champion::DealtLoss;

void save_arrived(Encoder& out, const ArrivedLosses& arrived) {
  out.put_u8(static_cast<std::uint8_t>(arrived.metric));
  out.put_double(arrived.bound);
  out.put_u64(arrived.losses.size());
  for (const DealtLoss& one : arrived.losses) {
    out.put_u8(static_cast<std::uint8_t>(one.arm));
    out.put_u64(one.id);
    out.put_u64(one.stratum);
    out.put_double(one.loss);
  }
}

ArrivedLosses load_arrived(Decoder& in) {
  ArrivedLosses arrived;
  const std::uint8_t metric = in.get_u8();
  if (metric >= detectors::champion::kLossMetrics.size()) in.fail();
  arrived.metric = static_cast<detectors::champion::LossMetric>(metric);
  arrived.bound = in.get_double();
  if (!(arrived.bound >= 0)) in.fail();
  for (std::size_t n = in.get_count(11); n > 0 && in.ok(); --n) {
    DealtLoss& one = arrived.losses.emplace_back();
    const std::uint8_t arm = in.get_u8();
    if (arm > 1) in.fail();
    one.arm = static_cast<Arm>(arm);
    one.id = in.get_u64();
    one.stratum = in.get_u64();
    one.loss = in.get_double();
  }
  return arrived;
}

void save_state(Encoder& out, const ComparisonState& state) {
  out.put_text(state.declared);
  state.run.save(out);
  out.put_u8(static_cast<std::uint8_t>(state.verdict));
  out.put_text(state.incident);
  out.put_i64(state.through);
  out.put_u64(state.by_id);
  out.put_u64(state.by_strata);
  out.put_u64(state.arrived.size());
  for (const auto& [slot, arrived] : state.arrived) {
    out.put_i64(slot);
    save_arrived(out, arrived);
  }
  out.put_u64(state.deployed.size());
  for (const auto& [slot, versions] : state.deployed) {
    out.put_i64(slot);
    out.put_u64(versions.size());
    for (const std::string& version : versions) out.put_text(version);
  }
}

Status load_state(Decoder& in, ComparisonState& state, Duration slot_length) {
  state.declared = std::string(in.get_text());
  auto run = detectors::champion::ComparisonRun::load(slot_length, in);
  if (!run.ok()) return run.error();
  state.run = std::move(*run);
  const std::uint8_t verdict = in.get_u8();
  if (verdict > 2) in.fail();
  state.verdict = static_cast<detectors::champion::Outcome>(verdict);
  state.incident = std::string(in.get_text());
  state.through = in.get_slot_or_none(slot_length);
  state.by_id = in.get_u64();
  state.by_strata = in.get_u64();
  for (std::size_t n = in.get_count(11); n > 0 && in.ok(); --n) {
    const std::int64_t slot = in.get_slot(slot_length);
    state.arrived[slot] = load_arrived(in);
  }
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    auto& versions = state.deployed[in.get_slot(slot_length)];
    for (std::size_t v = in.get_count(); v > 0 && in.ok(); --v) versions.emplace(in.get_text());
  }
  return in.ok() ? success() : Status(Error{ErrorCode::corrupt, "a comparison's state ends too early"});
}

}  // namespace

void ComparisonState::begin_anew() {
  by_id += run.by_id();
  by_strata += run.by_strata();
  run = {};
  verdict = detectors::champion::Outcome::unknown;
  incident.clear();
}

void ModelComparisons::save(Encoder& out) const {
  out.put_u64(by_name.size());
  for (const auto& [name, state] : by_name) {
    out.put_text(name);
    save_state(out, state);
  }
}

Status ModelComparisons::load(Decoder& in, Duration slot_length) {
  by_name.clear();
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    std::string name(in.get_text());
    if (Status done = load_state(in, by_name[std::move(name)], slot_length); !done.ok()) return done;
  }
  return success();
}

}  // namespace driftd::app
