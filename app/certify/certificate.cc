#include "app/certify/certificate.h"

#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/certify/certification_names.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

using Json = nlohmann::ordered_json;

Json budget_json(const BudgetConfig& budget) {
  Json kinds = Json::object();
  for (const ev::EvidenceKind kind : ev::kAllEvidenceKinds)
    kinds[std::string(ev::name_of(kind))] = budget.kinds[static_cast<std::size_t>(kind)];
  return {{"alerts", budget.alerts}, {"per", format_duration(budget.per)}, {"kinds", std::move(kinds)}};
}

Json season_json(const SeasonConfig& season) {
  return {{"cells", season.cells == SeasonConfig::Cells::none ? "none" : "hour_of_week"},
          {"timezone", season.timezone},
          {"holidays", season.holidays}};
}

// Of a document that somebody else may have written: throws what() of the fault.
Duration duration_in(const Json& json, const char* key) {
  const auto duration = parse_duration(json.at(key).get<std::string>());
  if (!duration) throw std::invalid_argument(std::string(key) + " is no duration");
  return *duration;
}

double number_in(const Json& json, const char* key) {
  const auto number = json.at(key).get<double>();
  if (!(std::isfinite(number) && number >= 0))
    throw std::invalid_argument(std::string(key) + " is no amount");
  return number;
}

std::int64_t integer_in(const Json& json, const std::string& what) {
  const bool huge = json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX;
  if (!json.is_number_integer() || huge) throw std::invalid_argument(what + " is no whole number");
  return json.get<std::int64_t>();
}

BudgetConfig budget_in(const Json& json) {
  BudgetConfig budget;
  budget.alerts = number_in(json, "alerts");
  budget.per = duration_in(json, "per");
  for (const ev::EvidenceKind kind : ev::kAllEvidenceKinds)
    budget.kinds[static_cast<std::size_t>(kind)] =
        number_in(json.at("kinds"), std::string(ev::name_of(kind)).c_str());
  return budget;
}

SeasonConfig season_in(const Json& json) {
  SeasonConfig season;
  season.cells = json.at("cells").get<std::string>() == "none" ? SeasonConfig::Cells::none
                                                               : SeasonConfig::Cells::hour_of_week;
  season.timezone = json.at("timezone").get<std::string>();
  for (const Json& day : json.at("holidays")) season.holidays.push_back(integer_in(day, "a day of holidays"));
  return season;
}

Certificate certificate_in(const Json& json) {
  Certificate found;
  found.model = json.at("model").get<std::string>();
  found.reference = {json.at("reference").get<std::string>(),
                     json.at("regimes").get<std::vector<std::string>>()};
  found.settings = {budget_in(json.at("budget")), season_in(json.at("season")), duration_in(json, "slot"),
                    json.at("importance").get<std::map<std::string, double>>()};
  const auto promise = promise_of(json.at("verdict").get<std::string>());
  if (!promise) throw std::invalid_argument("verdict is none that is known");
  found.promise = *promise;
  const Json& rate = json.at("false_alarms");
  found.rate = {number_in(rate, "rate"), number_in(rate, "low"), number_in(rate, "high")};
  found.months = integer_in(json.at("months"), "months");
  const auto at = parse_rfc3339(json.at("certified_at").get<std::string>());
  if (!at) throw std::invalid_argument("certified_at is no time");
  found.certified_at = *at;
  found.driftd = json.at("driftd").get<std::string>();
  return found;
}

std::string file_name_of(const std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string found;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    const auto byte = static_cast<unsigned char>(c);
    if (plain)
      found += c;
    else
      found += {'_', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return found;
}

// What is another than it was, in the words of the configuration.
std::string difference(const Certificate& known, const CertifiedReference& reference,
                       const CertifiedSettings& settings) {
  std::string text;
  const auto add = [&](bool same, std::string_view what) {
    if (same) return;
    text += (text.empty() ? "" : ", ");
    text += what;
  };
  add(known.reference.digest == reference.digest, "reference");
  add(known.reference.regimes == reference.regimes, "reference.regimes");
  add(known.settings.budget == settings.budget, "budget");
  add(known.settings.season == settings.season, "season");
  add(known.settings.slot == settings.slot, "slot");
  add(known.settings.importance == settings.importance, "columns.importance");
  return text;
}

}  // namespace

CertifiedSettings settings_of(const ModelConfig& config, Duration slot) {
  CertifiedSettings settings{config.budget, config.season, slot, {}};
  for (const auto& [name, column] : config.columns)
    if (column.importance != 1) settings.importance[name] = column.importance;
  return settings;
}

std::string to_json(const Certificate& certificate) {
  const Json json = {
      {"model", certificate.model},
      {"reference", certificate.reference.digest},
      {"regimes", certificate.reference.regimes},
      {"budget", budget_json(certificate.settings.budget)},
      {"season", season_json(certificate.settings.season)},
      {"slot", format_duration(certificate.settings.slot)},
      {"importance", certificate.settings.importance},
      {"verdict", name_of(certificate.promise)},
      {"false_alarms",
       {{"rate", certificate.rate.mean}, {"low", certificate.rate.low}, {"high", certificate.rate.high}}},
      {"months", certificate.months},
      {"certified_at", format_rfc3339(certificate.certified_at)},
      {"driftd", certificate.driftd}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Certificate> certificate_from_json(std::string_view text) {
  try {
    return certificate_in(Json::parse(text));
  } catch (const std::exception& fault) {
    return Error{ErrorCode::invalid, fault.what()};
  }
}

std::string certificate_beside(const std::string& profile) {
  std::string stem = profile;
  for (const std::string_view end : {".json", ".profile"})
    if (stem.ends_with(end)) stem.resize(stem.size() - end.size());
  return stem + ".certificate.json";
}

std::string certificate_of_learnt(const std::string& storage, const std::string& model,
                                  const std::string& version) {
  return storage + "/certificates/" + file_name_of(model) + "." + file_name_of(version) + ".json";
}

CertificateState certificate_state(const std::string& path, const CertifiedReference& reference,
                                   const CertifiedSettings& settings) {
  using Kind = CertificateState::Kind;
  std::ifstream file(path, std::ios::binary);
  if (!file) return {Kind::none, "it was never certified", std::nullopt};
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  auto known = certificate_from_json(text);
  if (!known.ok()) return {Kind::none, path + " is no certificate: " + known.error().message, std::nullopt};
  const std::string differs = difference(*known, reference, settings);
  if (differs.empty()) return {Kind::fits, "", std::move(*known)};
  return {Kind::outdated, "it was certified with another " + differs, std::move(*known)};
}

}  // namespace driftd::app
