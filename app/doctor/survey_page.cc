#include "app/doctor/survey_page.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "app/text_table.h"

namespace driftd::app {

namespace {

using Json = nlohmann::ordered_json;

std::string in_bytes(std::uint64_t bytes) {
  if (bytes < 10'000) return std::to_string(bytes) + " B";
  if (bytes < 10'000'000) return std::to_string(bytes / 1000) + " kB";
  return std::to_string(bytes / 1'000'000) + " MB";
}

std::optional<std::string> newest(const Survey& survey, const VersionFacts& version) {
  if (!version.newest || !survey.slot || *survey.slot <= 0) return std::nullopt;
  return format_rfc3339(slot_end(*version.newest, *survey.slot));
}

std::string formats_of(const Survey& survey) {
  std::string text;
  for (const std::uint64_t format : survey.formats)
    text += (text.empty() ? "" : ", ") + std::to_string(format);
  return text.empty() ? "none" : text;
}

std::string tables_text(const Survey& survey) {
  TextTable table("lrr", {"TABLE", "KEYS", "SIZE"});
  for (const TableFacts& one : survey.tables)
    if (one.keys > 0) table.add({one.holds, std::to_string(one.keys), in_bytes(one.bytes)});
  return table.text();
}

std::string versions_text(const Survey& survey) {
  TextTable table("lllrrl", {"MODEL", "VERSION", "REFERENCE", "SLOTS", "WAITING", "NEWEST SLOT ENDS"});
  for (const VersionFacts& one : survey.versions)
    if (one.named)
      table.add({one.name.model, one.name.version.empty() ? "-" : one.name.version,
                 one.learnt ? "there" : "learning", std::to_string(one.slots), std::to_string(one.waiting),
                 newest(survey, one).value_or("-")});
  return table.text();
}

std::string offsets_text(const Survey& survey) {
  TextTable table("lrr", {"TOPIC", "PARTITION", "NEXT OFFSET"});
  for (const OffsetFacts& one : survey.offsets)
    table.add({one.topic, std::to_string(one.partition), std::to_string(one.next)});
  return table.text();
}

std::string faults_text(const Survey& survey) {
  std::string text;
  for (const StoreFault& fault : survey.faults)
    text += "\nDAMAGED  " + fault.where + "\n  what     " + fault.what +
            (fault.mendable ? "\n  mending  costs: " : "\n  remedy   ") + fault.cost + '\n';
  return text;
}

}  // namespace

std::string survey_text(const Survey& survey) {
  std::string text = survey.path + ": " + in_bytes(survey.size) + " in " + std::to_string(survey.files) +
                     " files, layout " + std::to_string(survey.layout) + ", state of format " +
                     formats_of(survey) +
                     (survey.written_by.empty() ? "" : ", opened last by " + survey.written_by) + '\n';
  text += '\n' + tables_text(survey);
  if (!survey.versions.empty()) text += '\n' + versions_text(survey);
  if (!survey.offsets.empty()) text += '\n' + offsets_text(survey);
  for (const std::string& note : survey.notes) text += "\nNOTE     " + note + '\n';
  return text + faults_text(survey) + (survey.healthy() ? "\nhealthy\n" : "");
}

std::string survey_json(const Survey& survey) {
  Json tables = Json::array(), versions = Json::array(), offsets = Json::array(), faults = Json::array();
  for (const TableFacts& one : survey.tables)
    tables.push_back({{"table", std::string(1, one.letter)},
                      {"holds", one.holds},
                      {"keys", one.keys},
                      {"bytes", one.bytes}});
  for (const VersionFacts& one : survey.versions) {
    if (!one.named) continue;
    const auto end = newest(survey, one);
    versions.push_back({{"model", one.name.model},
                        {"version", one.name.version},
                        {"learnt", one.learnt},
                        {"slots", one.slots},
                        {"waiting", one.waiting},
                        {"newest_slot_ends", end ? Json(*end) : Json(nullptr)}});
  }
  for (const OffsetFacts& one : survey.offsets)
    offsets.push_back({{"topic", one.topic}, {"partition", one.partition}, {"next", one.next}});
  for (const StoreFault& one : survey.faults)
    faults.push_back(
        {{"where", one.where}, {"what", one.what}, {"cost", one.cost}, {"mendable", one.mendable}});
  return Json{{"store", survey.path},
              {"healthy", survey.healthy()},
              {"written_by", survey.written_by},
              {"layout", survey.layout},
              {"formats", survey.formats},
              {"files", survey.files},
              {"bytes", survey.size},
              {"tables", std::move(tables)},
              {"versions", std::move(versions)},
              {"offsets", std::move(offsets)},
              {"faults", std::move(faults)},
              {"notes", survey.notes}}
             .dump(2, ' ', false, Json::error_handler_t::replace) +
         '\n';
}

}  // namespace driftd::app
