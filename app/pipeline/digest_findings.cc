#include "app/pipeline/digest_findings.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "detectors/evidence/ebh.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kColumns = 5;
constexpr double kLeastShare = 0.01;
constexpr std::size_t kOthers = 5;
constexpr std::size_t kNamed = 3;  // in the summary

std::vector<DigestColumn> columns_of(const ev::KindStanding& standing) {
  std::vector<DigestColumn> columns;
  for (const auto& [series, capital] : standing.by_series)
    columns.push_back({series.column, series.segment, capital / standing.whole.capital});
  std::stable_sort(columns.begin(), columns.end(),
                   [](const DigestColumn& a, const DigestColumn& b) { return a.share > b.share; });
  std::erase_if(columns, [](const DigestColumn& column) { return column.share < kLeastShare; });
  if (columns.size() > kColumns) columns.resize(kColumns);
  return columns;
}

Json json_of(const Hypothesis& one) {
  Json columns = Json::array();
  for (const DigestColumn& column : one.columns)
    columns.push_back({{"column", column.column}, {"segment", column.segment}, {"share", column.share}});
  return {{"model", one.model},
          {"version", one.version},
          {"kind", ev::name_of(one.kind)},
          {"evidence", one.evidence},
          {"columns", std::move(columns)}};
}

std::string summary_of(const std::vector<Hypothesis>& all, const std::vector<std::size_t>& discovered) {
  std::string summary = std::to_string(discovered.size()) + " of " + std::to_string(all.size()) + " moved";
  for (std::size_t i = 0; i < std::min(discovered.size(), kNamed); ++i) {
    const Hypothesis& one = all[discovered[i]];
    summary +=
        (i == 0 ? ": " : ", ") + one.model + " " + one.version + " " + std::string(ev::name_of(one.kind));
    if (!one.columns.empty()) summary += " (" + one.columns.front().column + ")";
  }
  return summary + (discovered.size() > kNamed ? ", ..." : "");
}

}  // namespace

void Hypothesis::save(Encoder& out) const {
  out.put_text(model);
  out.put_text(version);
  out.put_u8(static_cast<std::uint8_t>(kind));
  out.put_double(evidence);
  out.put_u64(columns.size());
  for (const DigestColumn& one : columns) {
    out.put_text(one.column);
    out.put_text(one.segment);
    out.put_double(one.share);
  }
}

void Hypothesis::load(Decoder& in) {
  model = in.get_text();
  version = in.get_text();
  const std::uint8_t number = in.get_u8();
  if (number >= ev::kEvidenceKinds) return in.fail();
  kind = static_cast<ev::EvidenceKind>(number);
  evidence = in.get_double();
  if (!(evidence >= 0)) in.fail();
  for (std::size_t n = in.get_count(10); n > 0 && in.ok(); --n) {
    DigestColumn& one = columns.emplace_back();
    one.column = in.get_text();
    one.segment = in.get_text();
    one.share = in.get_double();
  }
}

void add_hypotheses(const Version& version, detectors::Side side, std::int64_t slot,
                    std::vector<Hypothesis>& out) {
  if (!version.evidence) return;
  const VersionEvidence& evidence = *version.evidence;
  const bool rows = side == detectors::Side::predictions;
  const std::string& built = rows ? evidence.reference : evidence.pair_reference;
  if (built != version.reference_digest(side)) return;
  for (const auto& [kind, watch] : evidence.kinds) {
    if (side_of(kind) != side) continue;
    const ev::KindStanding standing = watch.evidence.standing(std::max(slot, watch.evidence.settled()));
    if (!(standing.whole.granted > 0)) continue;
    out.push_back({version.model->name, version.name, kind, standing.whole.capital / standing.whole.granted,
                   columns_of(standing)});
  }
}

DigestFindings digest_findings(Time at, double alpha, bool scheduled, std::vector<Hypothesis> hypotheses) {
  std::sort(hypotheses.begin(), hypotheses.end(), [](const Hypothesis& a, const Hypothesis& b) {
    return std::tie(a.model, a.version, a.kind) < std::tie(b.model, b.version, b.kind);
  });
  std::vector<double> e;
  for (const Hypothesis& one : hypotheses) e.push_back(one.evidence);
  const std::vector<std::size_t> discovered = ev::rejected_by_ebh(e, alpha);
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < e.size(); ++i)
    if (std::find(discovered.begin(), discovered.end(), i) == discovered.end()) rest.push_back(i);
  std::stable_sort(rest.begin(), rest.end(), [&](std::size_t a, std::size_t b) { return e[a] > e[b]; });
  if (rest.size() > kOthers) rest.resize(kOthers);
  Json found = Json::array(), others = Json::array();
  for (const std::size_t i : discovered) found.push_back(json_of(hypotheses[i]));
  for (const std::size_t i : rest) others.push_back(json_of(hypotheses[i]));
  const Json data = {{"at", format_rfc3339(at)},
                     {"scheduled", scheduled},
                     {"alpha", alpha},
                     {"hypotheses", e.size()},
                     {"discoveries_total", discovered.size()},
                     {"summary", summary_of(hypotheses, discovered)},
                     {"discoveries", std::move(found)},
                     {"others", std::move(others)}};
  return {data.dump(-1, ' ', false, Json::error_handler_t::replace), e.size(), discovered.size()};
}

}  // namespace driftd::app
