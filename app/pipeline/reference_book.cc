#include "app/pipeline/reference_book.h"

#include <algorithm>
#include <array>

#include "app/pipeline/state_keys.h"
#include "detectors/profile_json.h"
#include "storage/keys.h"

namespace driftd::app {

namespace {

constexpr std::array kOrigins = {"learnt", "renewed", "file", "profile", "recent"};
constexpr const char* kList = "references/";

std::string list_key(std::string_view model) { return storage::meta_key(kList + std::string(model)); }

std::string profile_key(std::string_view model, std::int64_t number) {
  return storage::meta_key("reference/" + std::to_string(number) + "/" + std::string(model));
}

void save(Encoder& out, const KeptReference& one) {
  out.put_i64(one.number);
  out.put_text(one.digest);
  out.put_u8(static_cast<std::uint8_t>(one.origin));
  out.put_text(one.version);
  out.put_i64(one.since);
  out.put_bool(one.predictions);
  out.put_bool(one.labels);
  for (const std::int64_t value : {one.rows, one.pairs, one.first, one.last}) out.put_i64(value);
}

KeptReference load_one(Decoder& in) {
  KeptReference one;
  one.number = in.get_amount();
  one.digest = std::string(in.get_text());
  const std::uint8_t origin = in.get_u8();
  if (origin >= kOrigins.size()) in.fail();
  one.origin = static_cast<ReferenceOrigin>(origin);
  one.version = std::string(in.get_text());
  one.since = in.get_time_or_none();
  one.predictions = in.get_bool();
  one.labels = in.get_bool();
  for (std::int64_t* count : {&one.rows, &one.pairs}) *count = in.get_amount();
  for (Time* time : {&one.first, &one.last}) *time = in.get_time_or_none();
  return one;
}

std::set<std::string> digests_in_use(const Model& model) {
  std::set<std::string> used;
  const auto add = [&](const std::shared_ptr<const Plan>& plan) {
    if (plan) used.insert(plan->profile.digest);
  };
  add(model.inherited);
  add(model.inherited_pairs);
  for (const auto& [name, version] : model.versions) {
    add(version->plan);
    add(version->pairs);
  }
  return used;
}

// The configuration names it, and the version has it from there.
bool is_of_file(const Version& version) {
  const Model& model = *version.model;
  return model.first_learnt == nullptr && model.inherited &&
         model.inherited->profile.digest == version.plan->profile.digest;
}

constexpr std::size_t kShortestDigest = 8;  // of which a beginning is taken for a name

std::string_view hex_of(std::string_view digest) {
  constexpr std::string_view kScheme = "sha256:";
  if (digest.starts_with(kScheme)) digest.remove_prefix(kScheme.size());
  return digest;
}

}  // namespace

std::string_view name_of(ReferenceOrigin origin) { return kOrigins[static_cast<std::size_t>(origin)]; }

void ReferenceBook::note(const Version& version, ReferenceOrigin origin, Time since) {
  OfModel& book = models_[version.model->name];
  note(book, version, version.plan, origin, since);
  note(book, version, version.pairs, origin, since);
  prune(book, *version.model);
}

void ReferenceBook::note_present(const Version& version) {
  // What is learnt is of a version; `driftd profile` says none unless it is told to.
  const bool of_file = version.plan && (version.plan->profile.version.empty() || is_of_file(version));
  note(version, of_file ? ReferenceOrigin::file : ReferenceOrigin::learnt, kNoTime);
}

void ReferenceBook::note(OfModel& book, const Version& version, const std::shared_ptr<const Plan>& plan,
                         ReferenceOrigin origin, Time since) {
  if (!plan) return;
  const detectors::Profile& profile = plan->profile;
  auto known = std::find_if(book.kept.begin(), book.kept.end(),
                            [&](const KeptReference& one) { return one.digest == profile.digest; });
  if (known == book.kept.end()) {
    const Time from = since == kEndOfTime ? profile.last : since;  // all of a replay's input had been read
    known = book.kept.insert(known, {book.next++, profile.digest, origin, version.name, from, false, false,
                                     profile.rows, profile.pairs, profile.first, profile.last});
    unwritten_[{version.model->name, known->number}] =
        std::shared_ptr<const detectors::Profile>(plan, &plan->profile);
    book.changed = true;
  }
  bool& side = plan->side == detectors::Side::predictions ? known->predictions : known->labels;
  book.changed |= !std::exchange(side, true);
}

// The oldest leave first.
void ReferenceBook::prune(OfModel& book, const Model& model) {
  if (book.kept.size() <= kKeptReferences) return;
  const std::set<std::string> used = digests_in_use(model);
  for (auto it = book.kept.begin(); it != book.kept.end() && book.kept.size() > kKeptReferences;) {
    if (used.contains(it->digest)) {
      ++it;
      continue;
    }
    unwritten_.erase({model.name, it->number});
    gone_.push_back(profile_key(model.name, it->number));
    it = book.kept.erase(it);
    book.changed = true;
  }
}

std::span<const KeptReference> ReferenceBook::of(std::string_view model) const {
  const auto found = models_.find(model);
  return found == models_.end() ? std::span<const KeptReference>() : std::span(found->second.kept);
}

const KeptReference* ReferenceBook::find(std::string_view model, std::int64_t number) const {
  for (const KeptReference& one : of(model))
    if (one.number == number) return &one;
  return nullptr;
}

const KeptReference* ReferenceBook::find(std::string_view model, std::string_view digest) const {
  const std::string_view wanted = hex_of(digest);
  if (wanted.size() < kShortestDigest) return nullptr;
  const KeptReference* found = nullptr;
  for (const KeptReference& one : of(model)) {
    if (!hex_of(one.digest).starts_with(wanted)) continue;
    if (found != nullptr) return nullptr;
    found = &one;
  }
  return found;
}

Result<detectors::Profile> ReferenceBook::profile(const storage::Store& store, std::string_view model,
                                                  std::int64_t number) const {
  const auto fresh = unwritten_.find({std::string(model), number});
  if (fresh != unwritten_.end()) return *fresh->second;
  std::optional<Result<detectors::Profile>> found;
  const Status done = read_state(store, profile_key(model, number), "profile", [&](Decoder& in) {
    found = detectors::profile_from_json(in.rest());
    return success();
  });
  if (!done.ok()) return done.error();
  if (!found) return Error{ErrorCode::corrupt, store.path() + ": the profile of a kept reference is gone"};
  return *std::move(found);
}

void ReferenceBook::stand_in(const Version& version, detectors::Side side,
                             std::optional<std::string> digest) {
  if (!digest && !models_.contains(version.model->name)) return;
  OfModel& book = models_[version.model->name];
  if (!digest && !book.choices.contains(version.name)) return;
  std::optional<std::string>& held = book.choices[version.name].of_side[static_cast<std::size_t>(side)];
  if (held == digest) return;
  held = std::move(digest);
  book.changed = true;
}

bool ReferenceBook::stands(const Version& version, detectors::Side side, std::string_view digest) const {
  const auto book = models_.find(version.model->name);
  if (book == models_.end()) return false;
  const auto choice = book->second.choices.find(version.name);
  return choice != book->second.choices.end() &&
         choice->second.of_side[static_cast<std::size_t>(side)] == digest;
}

void ReferenceBook::forget(std::string_view model) {
  const auto found = models_.find(model);
  if (found == models_.end()) return;
  for (const KeptReference& one : found->second.kept) {
    unwritten_.erase({found->first, one.number});
    gone_.push_back(profile_key(model, one.number));
  }
  gone_.push_back(list_key(model));
  models_.erase(found);
}

void ReferenceBook::put(storage::WriteBatch& batch) {
  for (const std::string& key : std::exchange(gone_, {})) batch.erase(key);
  for (const auto& [place, profile] : unwritten_)
    batch.put(profile_key(place.first, place.second),
              seal("profile", kStateFormat, detectors::to_json(*profile)));
  for (auto& [model, book] : models_) {
    if (!std::exchange(book.changed, false)) continue;
    Encoder out;
    save(out, book);
    batch.put(list_key(model), seal("references", kStateFormat, out.bytes()));
  }
}

void ReferenceBook::save(Encoder& out, const OfModel& book) {
  out.put_i64(book.next);
  out.put_u64(book.kept.size());
  for (const KeptReference& one : book.kept) app::save(out, one);
  out.put_u64(book.choices.size());
  for (const auto& [version, choice] : book.choices) {
    out.put_text(version);
    for (const std::optional<std::string>& digest : choice.of_side) {
      out.put_bool(digest.has_value());
      out.put_text(digest.value_or(""));
    }
  }
}

Result<ReferenceBook::OfModel> ReferenceBook::load(Decoder& in) {
  OfModel book;
  book.changed = false;
  book.next = in.get_amount();
  for (std::size_t n = in.get_count(10); n > 0 && in.ok(); --n) book.kept.push_back(load_one(in));
  for (std::size_t n = in.get_count(5); n > 0 && in.ok(); --n) {
    StandIn& choice = book.choices[std::string(in.get_text())];
    for (std::optional<std::string>& digest : choice.of_side) {
      const bool given = in.get_bool();
      std::string text(in.get_text());
      if (given) digest = std::move(text);
    }
  }
  if (!in.ok() || !in.at_end())
    return Error{ErrorCode::corrupt, "the list of kept references does not end where it should"};
  return book;
}

Status ReferenceBook::load(const storage::Store& store) {
  Status fault = success();
  const std::string prefix = storage::meta_key(kList);
  const Status done = store.for_each(prefix, [&](std::string_view key, std::string_view value) {
    const auto unsealed = unseal("references", kStateFormat, value);
    if (!unsealed.ok()) {
      fault = unsealed.error();
      return false;
    }
    Decoder in(*unsealed);
    auto book = load(in);
    if (book.ok())
      models_[std::string(key.substr(prefix.size()))] = *std::move(book);
    else
      fault = book.error();
    return fault.ok();
  });
  return done.ok() ? fault : done;
}

}  // namespace driftd::app
