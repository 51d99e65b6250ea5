#include "app/pipeline/lineage.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace driftd::app {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kNameBytes = 200;
constexpr int kDepth = 8;  // of lists and objects within; writers of JSON go down by calling themselves

bool nests_deeper(const Json& json, int levels) {
  if (!json.is_structured()) return false;
  const auto deeper = [&](const Json& inner) { return nests_deeper(inner, levels - 1); };
  return levels == 0 || std::any_of(json.begin(), json.end(), deeper);
}

// Without what nests too deep. The parser's own hook could tell, but with one it goes through all members of
// a list after each that is an object: one record of 1 MB would take minutes.
Json object_in(std::string_view text) {
  Json object = Json::parse(text, nullptr, false);
  if (!object.is_object()) return Json::object();
  for (auto it = object.begin(); it != object.end();)
    it = nests_deeper(*it, kDepth) ? object.erase(it) : std::next(it);
  return object;
}

// At most so many characters of UTF-8; where some are left out, the last one says so.
std::string cut(const std::string& text, std::size_t most) {
  std::size_t characters = 0, end = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (characters == most - 1) end = i;
    if (++characters > most) return text.substr(0, end) + "\u2026";
  }
  return text;
}

std::string written(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string merged_lineage(std::string_view known, std::string_view said) {
  Json all = object_in(known);
  const Json added = object_in(said);
  for (const auto& [name, value] : added.items()) {
    if (value.is_null()) {
      all.erase(name);
      continue;
    }
    if (name.size() > kNameBytes || (!all.contains(name) && all.size() >= kLineageKeys)) continue;
    if (value.is_structured() && written(value).size() > kLineageNested) continue;
    all[name] = value.is_string() ? Json(cut(value.get<std::string>(), kLineageText)) : value;
  }
  all.erase("incident");
  return written(all);
}

bool speaks_of_version(Lifecycle event, bool has_predicted) {
  switch (event) {
    case Lifecycle::retraining_started:
    case Lifecycle::retraining_finished:
    case Lifecycle::retraining_failed:
      return !has_predicted;
    default:
      return true;
  }
}

std::array<std::string, kLineageLabels.size()> lineage_labels(std::string_view lineage) {
  std::array<std::string, kLineageLabels.size()> labels;
  if (lineage == "{}") return labels;
  const Json said = object_in(lineage);
  for (std::size_t i = 0; i < kLineageLabels.size(); ++i) {
    const auto value = said.find(kLineageLabels[i]);
    if (value == said.end() || value->is_structured() || value->is_null()) continue;
    labels[i] = cut(value->is_string() ? value->get<std::string>() : written(*value), kLineageLabelText);
  }
  return labels;
}

}  // namespace driftd::app
