// What a digest finds: one hypothesis for each live (model, version, kind of evidence), e-BH over all of them
// (STATISTICS 8), and how that is told. Pure functions of a version's state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/pipeline/version.h"
#include "core/codec.h"
#include "detectors/evidence/budget_shares.h"

namespace driftd::app {

struct DigestColumn {
  std::string column;
  std::string segment;  // empty: the whole model
  double share = 0;     // of the hypothesis's evidence
};

// "The law of this kind's columns has been the reference's ever since it is watched."
struct Hypothesis {
  std::string model;
  std::string version;
  detectors::evidence::EvidenceKind kind = detectors::evidence::EvidenceKind::data;
  double evidence = 0;                // its e-value, S / G
  std::vector<DigestColumn> columns;  // the largest few, falling

  void save(Encoder& out) const;
  void load(Decoder& in);
};

// Of the kinds on one side's clock at the end of `slot`; none of a reference that is being replaced. Kinds
// that were granted nothing yet ask nothing.
void add_hypotheses(const Version& version, detectors::Side side, std::int64_t slot,
                    std::vector<Hypothesis>& out);

struct DigestFindings {
  std::string data;  // a JSON object, docs/digest.md
  std::size_t hypotheses = 0;
  std::size_t discoveries = 0;
};
// `scheduled`: not asked for in between, where the promise does not hold.
DigestFindings digest_findings(Time at, double alpha, bool scheduled, std::vector<Hypothesis> hypotheses);

}  // namespace driftd::app
