#include "alerts/digest_notice.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/hash.h"

namespace driftd::alerts {

namespace {

using Json = nlohmann::ordered_json;

Json data_of(const DigestNotice& digest, std::string_view base_url) {
  Json said = Json::parse(digest.data, nullptr, false);
  if (!said.is_object()) said = Json::object();
  Json data = {{"digest", digest.id}};
  data.update(said);
  data["url"] = std::string(base_url) + "/api/v1/digest";
  return data;
}

}  // namespace

void DigestNotice::save(Encoder& out) const {
  out.put_text(id);
  out.put_i64(at);
  out.put_text(data);
}

void DigestNotice::load(Decoder& in) {
  id = in.get_text();
  at = in.get_time();
  data = in.get_text();
}

DigestNotice digest_notice(Time at, std::string data) {
  Encoder canonical;
  canonical.put_i64(at);
  canonical.put_text(data);
  return {"digest-" + hex(sha256(canonical.bytes())).substr(0, 20), at, std::move(data)};
}

std::string data_json(const DigestNotice& digest, std::string_view base_url) {
  return data_of(digest, base_url).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string digest_json(const DigestNotice& digest, std::string_view base_url) {
  return Json{
      {"type", kDigestType}, {"timestamp", format_rfc3339(digest.at)}, {"data", data_of(digest, base_url)}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

DigestNotice example_digest(Time at) {
  const Json column = {{"column", "income"}, {"segment", ""}, {"share", 0.93}};
  const Json found = {{"model", "credit"},
                      {"version", "7"},
                      {"kind", "data"},
                      {"evidence", 4210.7},
                      {"columns", Json::array({column})}};
  const Json data = {{"at", format_rfc3339(at)},
                     {"scheduled", true},
                     {"alpha", 0.1},
                     {"hypotheses", 12},
                     {"discoveries_total", 1},
                     {"summary", "1 of 12 moved: credit 7 data (income)"},
                     {"discoveries", Json::array({found})},
                     {"others", Json::array()}};
  return digest_notice(at, data.dump());
}

}  // namespace driftd::alerts
