#include "app/pipeline/reference_adoption.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/config/profile_checks.h"
#include "app/pipeline/engine.h"
#include "app/pipeline/evidence_plan.h"
#include "app/pipeline/reference_changes.h"
#include "app/pipeline/wanted_version.h"
#include "detectors/other_positive.h"
#include "detectors/profile_json.h"

namespace driftd::app {

namespace {

using Json = nlohmann::ordered_json;
using detectors::Profile;
using detectors::Side;

constexpr double kMuchOutside = .1;  // share of a column's values beyond the cells that see shapes

Error refused(std::string message) { return {ErrorCode::refused, std::move(message)}; }

Json time_or_null(Time time) { return time == kNoTime ? Json() : Json(format_rfc3339(time)); }

// The class that the version means by positive is the profile's too, or can be made so.
std::optional<Error> turn_positive(Profile& profile, const Version& version) {
  const auto& configured = version.model->config->positive;
  std::string wanted = configured.value_or(version.task ? version.task->positive : "");
  if (profile.task.task != detectors::Task::binary || wanted.empty() || wanted == profile.task.positive)
    return std::nullopt;
  auto turned = detectors::with_positive(profile, wanted);
  if (!turned)
    return refused("the profile means '" + profile.task.positive +
                   "' by positive and cannot be turned; "
                   "version " +
                   version.name + " means '" + wanted + "'");
  profile = *std::move(turned);
  return std::nullopt;
}

std::optional<Error> contradiction(const Profile& profile, const Version& version) {
  const auto found = disagreements(*version.model->config, profile);
  if (!found.empty()) {
    std::string text = "the profile contradicts the configuration:";
    for (const Disagreement& one : found)
      text += " models." + version.model->name + "." + one.key + ", for the profile was made for " + one.has +
              ";";
    return refused(text + " make it anew with `driftd profile -c` and this configuration");
  }
  if (!version.task) return std::nullopt;
  if (version.task->task != profile.task.task)
    return refused("the profile was made for predictions of the task " +
                   std::string(detectors::name_of(profile.task.task)) + ", version " + version.name +
                   " makes those of " + std::string(detectors::name_of(version.task->task)));
  if (profile.task.task == detectors::Task::binary && version.task->threshold != profile.task.threshold)
    return refused("the profile was made with the threshold " + shortest_text(profile.task.threshold) +
                   ", version " + version.name + " is read with " + shortest_text(version.task->threshold));
  return std::nullopt;
}

// Whether it takes the place of what the version has on a side.
bool replaces(const AdoptedReference& reference, const Version& version, Side side) {
  const bool given = side == Side::predictions ? reference.predictions : reference.labels;
  const auto& plan = side == Side::predictions ? version.plan : version.pairs;
  return given && !(plan && plan->profile.digest == reference.profile.digest);
}

std::optional<Error> in_force(const AdoptedReference& reference, const Version& version) {
  if (!replaces(reference, version, Side::predictions) && !replaces(reference, version, Side::pairs))
    return refused("version " + version.name + " has this reference already: " + reference.profile.digest);
  return std::nullopt;
}

void warn_of(const Version& version, AdoptionOffer& offer) {
  const AdoptedReference& reference = offer.reference;
  const Profile& profile = reference.profile;
  auto& warnings = offer.warnings;
  if (!profile.model.empty() && profile.model != version.model->name)
    warnings.push_back("the profile was made for the model " + profile.model);
  if (profile.blocks.empty())
    warnings.emplace_back(
        "the rows of the profile have no times: there is no evidence against it, and no budget");
  else if (reference.predictions && is_short(profile) && !version.model->config->reference.trust)
    warnings.emplace_back(
        "the reference spans less than 14 days: evidence against it is uncertified, and neither critical nor "
        "a reason to retrain");
  if (reference.origin == ReferenceOrigin::recent)
    warnings.emplace_back(
        "the reference of labels stays as it is: the history does not hold how long each label took");
  for (const detectors::ColumnProfile* column : profile.side(Side::predictions)) {
    if (column->type != detectors::ColumnType::numeric || column->present() <= 0) continue;
    const auto outer =
        column->reference[detectors::kBelowCell].count + column->reference[column->above_cell()].count;
    const double share = static_cast<double>(outer) / static_cast<double>(column->present());
    if (share > kMuchOutside)
      warnings.push_back(column->name + ": " + std::to_string(std::lround(100 * share)) +
                         " % of the values lie outside the range of the bins, where drift among them is hard "
                         "to see; a profile of such values (`driftd profile`) has bins for them");
  }
}

Result<AdoptionOffer> offer_of_profile(const Version& version, const std::string& text) {
  auto profile = detectors::profile_from_json(text);
  if (!profile.ok()) return Error{ErrorCode::invalid, "the body is no profile: " + profile.error().message};
  AdoptionOffer offer;
  offer.reference = {*std::move(profile), true, false, ReferenceOrigin::profile, {}};
  Profile& given = offer.reference.profile;
  if (given.rows <= 0 || given.side(Side::predictions).empty())
    return Error{ErrorCode::invalid, "the profile holds no rows, or no columns of predictions"};
  offer.reference.labels = !given.side(Side::pairs).empty();
  if (auto fault = contradiction(given, version)) return *std::move(fault);
  if (auto fault = turn_positive(given, version)) return *std::move(fault);
  return offer;
}

Result<AdoptionOffer> offer_of_history(Engine& engine, const Version& version, Duration last) {
  if (last < kShortestRecent || last > kLongestRecent)
    return Error{ErrorCode::invalid, "last: " + format_duration(last) + " is not between " +
                                         format_duration(kShortestRecent) + " and " +
                                         format_duration(kLongestRecent)};
  if (!version.plan)
    return refused("version " + version.name +
                   " is still learning its first reference: there is no history by its bins yet");
  const Duration slot = engine.state().config->slot;
  const Time clock = engine.state().clocks.prediction_clock();
  if (clock == kNoTime) return refused("no slot has closed yet");
  const Time until = clock == kEndOfTime && version.last_slot ? slot_end(*version.last_slot, slot)
                                                              : slot_start(slot_of(clock, slot), slot);
  auto recent = recent_reference({&engine.store(), &engine.state().history, slot}, version, until, last);
  if (!recent.ok()) return recent.error();
  AdoptionOffer offer;
  offer.reference = {std::exchange(recent->profile, {}), true, false, ReferenceOrigin::recent,
                     std::exchange(recent->known, {})};
  if (recent->first - recent->from > kDay)
    offer.warnings.push_back("of the last " + format_duration(last) + " the history holds " +
                             format_duration(recent->last - recent->first));
  offer.recent = *std::move(recent);
  return offer;
}

Result<AdoptionOffer> offer_of_kept(Engine& engine, const Version& version, const ReferenceWish& wish) {
  const ReferenceBook& book = engine.state().references;
  const std::string& model = version.model->name;
  const KeptReference* kept = wish.number ? book.find(model, *wish.number) : book.find(model, wish.digest);
  if (kept == nullptr)
    return Error{ErrorCode::not_found,
                 "no kept reference of " + model +
                     (wish.number ? " has the number " + std::to_string(*wish.number)
                                  : " has the digest " + wish.digest + ", or several begin with it") +
                     "; GET /api/v1/models/" + model + "/references lists them"};
  auto profile = book.profile(engine.store(), model, kept->number);
  if (!profile.ok()) return profile.error();
  AdoptionOffer offer;
  offer.reference = {*std::move(profile), kept->predictions, kept->labels, kept->origin, {}};
  if (auto fault = contradiction(offer.reference.profile, version)) return *std::move(fault);
  if (auto fault = turn_positive(offer.reference.profile, version)) return *std::move(fault);
  return offer;
}

Json reference_json(const Profile& profile) {
  return {{"digest", profile.digest},
          {"rows", profile.rows},
          {"pairs", profile.pairs},
          {"first", time_or_null(profile.first)},
          {"last", time_or_null(profile.last)}};
}

// Of what is open: what nothing judges any more once the reference is another, and what goes on.
Json incidents_json(Engine& engine, const Version& version, const AdoptedReference& reference) {
  const bool rows = replaces(reference, version, Side::predictions);
  const bool labels = replaces(reference, version, Side::pairs);
  const auto closes = [&](const alerts::IncidentKey& key) {
    using Kind = alerts::IncidentKind;
    switch (key.kind) {
      case Kind::data:
      case Kind::covariate:
      case Kind::prediction:
      case Kind::schema:
        return rows;
      case Kind::concept_drift:
      case Kind::performance:
      case Kind::labels:
        return labels;
      default:
        return false;  // rules look at the new reference from the next slot on
    }
  };
  Json closed = Json::array(), left = Json::array();
  for (const alerts::Incident* incident : engine.state().desk.book.all()) {
    if (!incident->is_open() || incident->key.model != version.model->name ||
        incident->key.version != version.name)
      continue;
    (closes(incident->key) ? closed : left)
        .push_back({{"incident", incident->id},
                    {"kind", alerts::name_of(incident->key.kind)},
                    {"summary", incident->findings.summary}});
  }
  return {{"closed", std::move(closed)}, {"left", std::move(left)}};
}

Json evidence_json(Engine& engine, const Version& version, const AdoptedReference& reference) {
  const Duration slot = engine.state().config->slot;
  const Time clock = engine.state().clocks.prediction_clock();
  const bool known = clock != kNoTime && clock != kEndOfTime;
  const bool is_little = is_short(reference.profile);
  return {{"begins_at", known ? Json(format_rfc3339(slot_start(slot_of(clock, slot), slot))) : Json()},
          {"short_reference", is_little},
          {"certified", !is_little || version.model->config->reference.trust}};
}

Json changes_json(const Version& version, const AdoptedReference& reference) {
  Json all = {{"columns_added", Json::array()},
              {"columns_removed", Json::array()},
              {"columns_retyped", Json::array()},
              {"columns", Json::array()}};
  const auto add = [&](bool given, Side side, const std::shared_ptr<const Plan>& plan) {
    if (!given) return;
    const Json of_side = to_json(changes_between(plan ? &plan->profile : nullptr, reference.profile, side));
    for (const auto& [name, list] : of_side.items())
      for (const Json& one : list) all[name].push_back(one);
  };
  add(reference.predictions, Side::predictions, version.plan);
  add(reference.labels, Side::pairs, version.pairs);
  return all;
}

Json kept_json(const KeptReference& kept, const Model& model) {
  Json versions = Json::array();
  for (const auto& [name, version] : model.versions)
    if (version->reference_digest() == kept.digest || version->reference_digest(Side::pairs) == kept.digest)
      versions.push_back(name);
  return {{"number", kept.number},
          {"digest", kept.digest},
          {"origin", name_of(kept.origin)},
          {"predictions", kept.predictions},
          {"labels", kept.labels},
          {"version", kept.version},
          {"since", time_or_null(kept.since)},
          {"rows", kept.rows},
          {"pairs", kept.pairs},
          {"first", time_or_null(kept.first)},
          {"last", time_or_null(kept.last)},
          {"in_use_by", std::move(versions)}};
}

std::string written(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Result<AdoptionOffer> adoption_offer(Engine& engine, const Version& version, const ReferenceWish& wish) {
  auto offer = wish.last                             ? offer_of_history(engine, version, *wish.last)
               : wish.number || !wish.digest.empty() ? offer_of_kept(engine, version, wish)
                                                     : offer_of_profile(version, wish.profile);
  if (!offer.ok()) return offer;
  if (auto fault = in_force(offer->reference, version)) return *std::move(fault);
  warn_of(version, *offer);
  const bool keeps_cells =
      offer->reference.predictions && version.plan &&
      Plan(offer->reference.profile, Side::predictions, *version.model->config).layout_id ==
          version.plan->layout_id;
  if (offer->reference.predictions && version.plan && !keeps_cells)
    offer->warnings.emplace_back(
        "the bins are others: what is shown over the window begins anew, and slots that are open now are "
        "counted from here on only");
  return offer;
}

Json adoption_document(Engine& engine, const Version& version, const AdoptionOffer& offer) {
  const AdoptedReference& reference = offer.reference;
  Json given = reference_json(reference.profile);
  given["origin"] = name_of(reference.origin);
  given["predictions"] = reference.predictions;
  given["labels"] = reference.labels;
  const auto before = [](const std::shared_ptr<const Plan>& plan) {
    return plan ? reference_json(plan->profile) : Json();
  };
  Json document = {{"model", version.model->name},
                   {"version", version.name},
                   {"reference", std::move(given)},
                   {"before", {{"predictions", before(version.plan)}, {"labels", before(version.pairs)}}}};
  if (offer.recent)
    document["history"] = {{"from", format_rfc3339(offer.recent->from)},
                           {"until", format_rfc3339(offer.recent->until)},
                           {"first", format_rfc3339(offer.recent->first)},
                           {"last", format_rfc3339(offer.recent->last)},
                           {"slots", offer.recent->slots}};
  document.update(changes_json(version, reference));
  document["incidents"] = incidents_json(engine, version, reference);
  document["evidence"] = evidence_json(engine, version, reference);
  document["warnings"] = offer.warnings;
  return document;
}

Result<std::string> adopt_reference(Engine& engine, const ReferenceWish& wish) {
  const auto version = wanted_version(engine, wish.model, wish.version);
  if (!version.ok()) return version.error();
  if (!wish.version && (*version)->retired)
    return Error{ErrorCode::not_found, "all versions of model '" + wish.model + "' are retired; name one"};
  engine.state().references.note_present(**version);
  const auto offer = adoption_offer(engine, **version, wish);
  if (!offer.ok()) return offer.error();
  Json document = adoption_document(engine, **version, *offer);
  document["adopted"] = !wish.preview;
  document["reference"]["number"] = nullptr;
  if (!wish.preview)
    if (const Status done = engine.adopt(**version, offer->reference); !done.ok()) return done.error();
  if (const KeptReference* kept = engine.state().references.find(wish.model, offer->reference.profile.digest))
    document["reference"]["number"] = kept->number;
  return written(document);
}

Result<std::string> references_document(Engine& engine, std::string_view model) {
  const Model* known = engine.state().registry.find(model);
  if (known == nullptr) return unknown_model(model);
  for (const auto& [name, version] : known->versions) engine.state().references.note_present(*version);
  Json list = Json::array();
  for (const KeptReference& kept : engine.state().references.of(model))
    list.push_back(kept_json(kept, *known));
  return written({{"model", known->name}, {"references", std::move(list)}});
}

}  // namespace driftd::app
