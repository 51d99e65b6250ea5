// A digest on its way out: which models moved, at one scheduled time (STATISTICS 8). Not an incident: nothing
// is open or resolved, and no action is asked for. Told to the webhooks whose `events` name `digest`. A
// value.
#pragma once

#include <string>
#include <string_view>

#include "core/codec.h"
#include "core/time.h"

namespace driftd::alerts {

struct DigestNotice {
  std::string id;
  Time at = 0;       // the scheduled time; event time
  std::string data;  // what it says, a JSON object: docs/digest.md

  void save(Encoder& out) const;
  void load(Decoder& in);
};

// Its id follows from what it says, so that it is the same however often it is made.
DigestNotice digest_notice(Time at, std::string data);

// Its data with the address where it is to be had.
std::string data_json(const DigestNotice& digest, std::string_view base_url);
// {"type": "drift.digest", "timestamp": ..., "data": {...}}, the default body.
std::string digest_json(const DigestNotice& digest, std::string_view base_url);

inline constexpr std::string_view kDigestType = "drift.digest";

// For `check` and `driftd webhook`.
DigestNotice example_digest(Time at);

}  // namespace driftd::alerts
