#include "detectors/profile_builder.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/hash.h"
#include "detectors/binning.h"
#include "detectors/derived/reference.h"
#include "detectors/performance/loss_model.h"
#include "detectors/performance/slice_columns.h"
#include "detectors/profile_json.h"
#include "detectors/reference_columns.h"
#include "detectors/segment_reference.h"
#include "detectors/tally.h"

namespace driftd::detectors {
namespace {

using Rows = std::vector<std::uint32_t>;

Value text_value(const std::optional<std::string>& text) {
  return text ? Value{Value::Kind::text, 0, *text} : Value{};
}
Value number_value(std::optional<double> number) {
  return number ? Value{Value::Kind::number, *number, {}} : Value{};
}

// Of the id, else of time and features; whatever the order of the features.
std::uint64_t sampling_hash(const Table& table, std::uint32_t row) {
  if (!table.ids[row].empty()) return hash64(table.ids[row]);
  auto sum = static_cast<std::uint64_t>(table.times[row]);
  for (const TableColumn& column : table.features) {
    const Value value = column.value(row);
    if (value.kind == Value::Kind::absent) continue;
    const std::uint64_t seed = hash64(column.name(), static_cast<std::uint64_t>(value.kind));
    sum += value.kind == Value::Kind::number ? hash64(value.number, seed) : hash64(value.text, seed);
  }
  return hash64(std::string_view(reinterpret_cast<const char*>(&sum), sizeof sum));
}

// What an event's prediction and verdict mean, by row.
struct Outcomes {
  std::vector<Resolved> predictions;
  std::vector<std::optional<double>> losses;
};

class Builder {
 public:
  Builder(const Table& table, const ProfileOptions& options, ProfileParts parts,
          const Profile* like = nullptr)
      : table_(table), options_(options), parts_(parts), like_(like) {}

  Result<Profile> build() {
    if (Status checked = check(); !checked.ok()) return checked.error();
    describe();
    resolve_outcomes();
    if (parts_ != ProfileParts::pairs) add_prediction_columns();
    if (Status all = take_the_bins(Side::predictions); !all.ok()) return all.error();
    segment_rows_ =
        segment_rows(table_, options_.segments, parts_ == ProfileParts::pairs ? pair_rows_ : all_rows_);
    count(Side::predictions, all_rows_);
    add_derived();
    if (parts_ != ProfileParts::predictions) add_pair_columns();
    if (Status all = take_the_bins(Side::pairs); !all.ok()) return all.error();
    count(Side::pairs, pair_rows_);
    if (parts_ != ProfileParts::predictions) describe_labels();
    if (parts_ == ProfileParts::both && is_regression()) profile_.expected_loss = expected_loss();
    for (auto& [block, counts] : blocks_) profile_.blocks.push_back(std::move(counts));
    for (auto& [label, segment] : segments_) profile_.segments.push_back(std::move(segment));
    profile_.digest = digest_of(profile_);
    return std::move(profile_);
  }

 private:
  [[nodiscard]] Status check() const {
    if (table_.size() == 0) return Error{ErrorCode::invalid, "a reference needs rows, and there is none"};
    const auto wrong = [](std::uint32_t bins) { return bins < 2 || bins > kMostShownBins; };
    const std::string range = "bins have to be 2 to " + std::to_string(kMostShownBins);
    if (wrong(options_.bins)) return Error{ErrorCode::invalid, range};
    for (const auto& [name, column] : options_.columns) {
      if (column.bins && wrong(*column.bins)) return Error{ErrorCode::invalid, name + ": " + range};
    }
    return success();
  }

  void describe() {
    all_rows_.resize(table_.size());
    std::iota(all_rows_.begin(), all_rows_.end(), 0U);
    TaskInference inference;
    for (const std::uint32_t row : all_rows_) {
      inference.add(table_.predicted[row]);
      if (has_verdict(row)) {
        inference.add(*table_.verdicts[row]);
        pair_rows_.push_back(row);
      }
      if (const Time time = table_.times[row]; time != kNoTime) {
        profile_.first = profile_.first == kNoTime ? time : std::min(profile_.first, time);
        profile_.last = std::max(profile_.last, time);
      }
    }
    profile_.model = options_.model;
    profile_.version = options_.version;
    profile_.task = like_ != nullptr ? like_->task : inference.finish(options_.task);
    profile_.rows = static_cast<std::int64_t>(table_.size());
    profile_.pairs = parts_ == ProfileParts::predictions ? 0 : static_cast<std::int64_t>(pair_rows_.size());
  }

  [[nodiscard]] bool has_verdict(std::uint32_t row) const {
    const auto& verdict = table_.verdicts[row];
    return verdict && (verdict->label || verdict->value);
  }

  void resolve_outcomes() {
    outcomes_.predictions.resize(table_.size());
    outcomes_.losses.resize(table_.size());
    for (const std::uint32_t row : all_rows_) {
      outcomes_.predictions[row] = resolve(table_.predicted[row], profile_.task);
      if (parts_ == ProfileParts::predictions || !has_verdict(row)) continue;
      const auto pair = resolve(table_.predicted[row], *table_.verdicts[row], profile_.task);
      if (!pair) continue;
      outcomes_.losses[row] = loss_of(*pair);
      profile_.performance.add(*pair);
    }
  }

  // The rows whose values give the edges: all, or those with the smallest hashes.
  [[nodiscard]] Rows edge_rows(const Rows& rows) const {
    if (rows.size() <= kMostEdgeRows) return rows;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> hashed;
    hashed.reserve(rows.size());
    for (const std::uint32_t row : rows) hashed.emplace_back(sampling_hash(table_, row), row);
    const auto by_content = [this](const auto& a, const auto& b) {
      if (a.first != b.first) return a.first < b.first;
      const auto key = [this](std::uint32_t row) {
        return std::pair(table_.times[row], table_.hashes.empty() ? 0 : table_.hashes[row]);
      };
      return key(a.second) < key(b.second);
    };
    std::nth_element(hashed.begin(), hashed.begin() + kMostEdgeRows, hashed.end(), by_content);
    Rows kept;
    for (std::size_t i = 0; i < kMostEdgeRows; ++i) kept.push_back(hashed[i].second);
    return kept;
  }

  void add_column(ColumnSource source, const Rows& all, const Rows& edges, std::optional<ColumnType> type) {
    const auto found = options_.columns.find(source.name);
    const ColumnOptions given = found == options_.columns.end() ? ColumnOptions{} : found->second;
    if (given.ignore) return;
    profile_.columns.push_back(
        column_profile(source, {all, edges}, given.bins.value_or(options_.bins), type ? type : given.type));
    sources_.push_back(std::move(source));
  }

  // Its columns in its order, over its bins; moments are those of the rows.
  Status take_the_bins(Side side) {
    if (like_ == nullptr) return success();
    std::vector<ColumnProfile> columns;
    std::vector<ColumnSource> sources;
    for (std::size_t i = 0; i < profile_.columns.size(); ++i) {
      if (side_of(profile_.columns[i].role) == side) continue;
      columns.push_back(profile_.columns[i]);
      sources.push_back(sources_[i]);
    }
    for (const ColumnProfile& column : like_->columns) {
      if (side_of(column.role) != side || column.role == Role::derived) continue;
      const auto known = std::find_if(profile_.columns.begin(), profile_.columns.end(),
                                      [&](const ColumnProfile& own) { return own.name == column.name; });
      if (known == profile_.columns.end() && side == Side::predictions)
        return Error{ErrorCode::invalid, "the rows have no column " + column.name +
                                             ", which the profile has that they are to be like"};
      ColumnProfile& made = columns.emplace_back(column);
      made.reference.assign(column.cells(), CellCount{});
      if (known == profile_.columns.end()) {
        sources.push_back({column.name, column.role, [](std::size_t) { return Value{}; }});
        continue;
      }
      if (column.type == ColumnType::numeric && known->type == column.type) {
        made.mean = known->mean;
        made.standard_deviation = known->standard_deviation;
      }
      sources.push_back(sources_[static_cast<std::size_t>(known - profile_.columns.begin())]);
    }
    profile_.columns = std::move(columns);
    sources_ = std::move(sources);
    return success();
  }

  void add_prediction_columns() {
    const Rows edges = edge_rows(all_rows_);
    for (const TableColumn& column : table_.features) {
      if (is_reserved_column(column.name())) continue;
      add_column({column.name(), Role::feature, [&column](std::size_t row) { return column.value(row); }},
                 all_rows_, edges, std::nullopt);
    }
    if (profile_.task.task != Task::none) add_column(prediction_source(), all_rows_, edges, outcome_type());
    const bool scored = std::any_of(outcomes_.predictions.begin(), outcomes_.predictions.end(),
                                    [](const Resolved& outcome) { return outcome.score.has_value(); });
    if (!scored) return;
    add_column({"score", Role::score,
                [this](std::size_t row) { return number_value(outcomes_.predictions[row].score); }},
               all_rows_, edges, ColumnType::numeric);
  }

  void add_pair_columns() {
    if (pair_rows_.empty() || profile_.task.task == Task::none) return;
    const Rows edges = edge_rows(pair_rows_);
    add_column(label_source(), pair_rows_, edges, outcome_type());
    add_column({"loss", Role::loss, [this](std::size_t row) { return number_value(outcomes_.losses[row]); }},
               pair_rows_, edges, ColumnType::numeric);
  }

  // Where feedback times are not known, the pairs' own are those of the rows.
  [[nodiscard]] evidence::LabelSource label_source_of(const Rows& rows) const {
    evidence::LabelSource source;
    source.task = profile_.task.task;
    source.slot = table_.slot;
    for (const std::uint32_t row : rows) {
      if (!has_verdict(row)) continue;
      const auto pair = resolve(table_.predicted[row], *table_.verdicts[row], profile_.task);
      if (!pair) continue;
      const PairTimes times = row < table_.pair_times.size() ? table_.pair_times[row] : PairTimes{};
      const bool known = times.prediction != kNoTime && times.feedback != kNoTime;
      source.ages_known = source.ages_known && known && table_.times[row] != kNoTime;
      source.pairs.push_back(
          known ? evidence::labelled_pair(*pair, times.prediction, times.feedback, table_.times[row])
                : evidence::labelled_pair(*pair, 0, 0, table_.times[row]));
    }
    return source;
  }

  void describe_labels() {
    evidence::LabelSource source = label_source_of(pair_rows_);
    source.predictions = table_.cohorts;
    if (source.pairs.empty()) return;
    profile_.labels = evidence::label_reference(source);
    for (auto& [label, segment] : segments_) {
      evidence::LabelSource part = label_source_of(segment_rows_.at(label));
      if (part.pairs.empty()) continue;
      if (const auto known = table_.segment_cohorts.find(label); known != table_.segment_cohorts.end())
        part.predictions = known->second;
      segment.labels = evidence::label_reference(part, *profile_.labels);
    }
  }

  // From the rows that give the edges; five-minute blocks, or rows where times are not known, make halves.
  [[nodiscard]] std::optional<LossModel> expected_loss() const {
    const SliceColumns columns(profile_);
    const Binner binner(profile_, Side::predictions);
    SlicedRows sliced;
    sliced.columns = columns.size();
    std::vector<std::uint8_t> cells(binner.columns()), odd, bins(columns.size());
    Rows rows = edge_rows(pair_rows_);
    std::sort(rows.begin(), rows.end());
    for (const std::uint32_t row : rows) {
      if (!outcomes_.losses[row] || !std::isfinite(*outcomes_.losses[row])) continue;
      for (std::uint32_t k = 0; k < cells.size(); ++k)
        cells[k] = binner.cell_of(k, sources_[k].value(row)).cell;
      if (!columns.bin(cells, bins)) return std::nullopt;
      sliced.bins.insert(sliced.bins.end(), bins.begin(), bins.end());
      sliced.losses.push_back(*outcomes_.losses[row]);
      sliced.labels.push_back(
          resolve(table_.predicted[row], *table_.verdicts[row], profile_.task)->actual_value);
      const auto block = block_of(row);
      odd.push_back(block ? LossModel::is_odd(*block) : sampling_hash(table_, row) % 2 != 0);
    }
    return LossModel::fit(columns.id(), columns.bins(), sliced, odd);
  }

  [[nodiscard]] bool is_regression() const { return profile_.task.task == Task::regression; }
  [[nodiscard]] ColumnType outcome_type() const {
    return is_regression() ? ColumnType::numeric : ColumnType::categorical;
  }
  [[nodiscard]] ColumnSource prediction_source() const {
    return {"prediction", Role::prediction, [this](std::size_t row) {
              const Resolved& outcome = outcomes_.predictions[row];
              return is_regression() ? number_value(outcome.value) : text_value(outcome.label);
            }};
  }
  [[nodiscard]] ColumnSource label_source() const {
    return {"label", Role::label, [this](std::size_t row) {
              const Verdict& verdict = *table_.verdicts[row];
              return is_regression() ? number_value(verdict.value) : text_value(verdict.label);
            }};
  }

  // Derives the bins of one side's columns; their numbers in profile_.columns.
  std::vector<std::size_t> derive_side(Side side) {
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < profile_.columns.size(); ++i) {
      if (side_of(profile_.columns[i].role) != side) continue;
      (void)profile_.columns[i].derive();  // kMostShownBins keeps it below kMaxBins
      numbers.push_back(i);
    }
    return numbers;
  }

  // From what count() has kept of the predictions' side.
  void add_derived() {
    const std::size_t before = profile_.columns.size();
    for (auto& [number, counts] : like_ != nullptr
                                      ? derived::add_derived_columns_of(*like_, profile_, derived_)
                                      : derived::add_derived_columns(profile_, derived_, options_.derived)) {
      std::string& kept = blocks_[number].predictions;
      kept = add_encoded_tallies(kept, counts);
    }
    sources_.resize(sources_.size() + profile_.columns.size() - before);  // theirs are other columns' cells
    derived_ = {};
  }

  [[nodiscard]] bool wants_derived() const {
    return like_ != nullptr ? like_->derived.has_value() : options_.derived.any();
  }

  void keep_for_derived(std::uint32_t row, const std::vector<std::uint8_t>& cells) {
    derived_.rows.columns = cells.size();
    derived_.rows.cells.insert(derived_.rows.cells.end(), cells.begin(), cells.end());
    derived_.blocks.push_back(block_of(row).value_or(derived::kNoBlock));
    derived_.hashes.push_back(sampling_hash(table_, row));
  }

  // Counts the rows of one side, five minutes after five minutes, with the very bins that were made.
  void count(Side side, Rows rows) {
    const std::vector<std::size_t> numbers = derive_side(side);
    if (numbers.empty()) return;
    const Binner binner(profile_, side);
    const auto layout = std::make_shared<const TallyLayout>(profile_, side);
    Tally total(layout);
    Tally block(layout);
    SegmentCounter segments(segment_rows_, table_.size(), side, layout);
    std::vector<std::uint8_t> cells(numbers.size());
    std::vector<std::uint8_t> places(numbers.size());
    std::stable_sort(rows.begin(), rows.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return block_of(a) < block_of(b); });
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        const Cell cell = binner.cell_of(static_cast<std::uint32_t>(k), sources_[numbers[k]].value(rows[i]));
        cells[k] = cell.cell;
        places[k] = cell.place;
      }
      block.add(cells, places);
      if (side == Side::predictions && wants_derived()) keep_for_derived(rows[i], cells);
      segments.add(rows[i], cells, places, block_of(rows[i]));
      if (i + 1 < rows.size() && block_of(rows[i + 1]) == block_of(rows[i])) continue;
      total.merge(block);
      if (const auto number = block_of(rows[i])) keep_block(*number, side, block);
      block.clear();
    }
    std::move(segments).finish(segments_);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const auto counts = total.column(k);
      profile_.columns[numbers[k]].reference.assign(counts.begin(), counts.end());
      (void)profile_.columns[numbers[k]].derive();
    }
  }

  // Empty where the row has no time.
  [[nodiscard]] std::optional<std::int64_t> block_of(std::uint32_t row) const {
    const Time time = table_.times[row];
    return time == kNoTime ? std::optional<std::int64_t>() : slot_of(time, kProfileBlock);
  }

  void keep_block(std::int64_t number, Side side, const Tally& counts) {
    ProfileBlock& block = blocks_[number];
    block.block = number;
    (side == Side::predictions ? block.predictions : block.pairs) = counts.encode();
  }

  const Table& table_;
  const ProfileOptions& options_;
  ProfileParts parts_;
  const Profile* like_;
  Profile profile_;
  Rows all_rows_;
  Rows pair_rows_;
  Outcomes outcomes_;
  std::vector<ColumnSource> sources_;  // of profile_.columns
  std::map<std::int64_t, ProfileBlock> blocks_;
  derived::DerivedReference derived_;  // the rows, while the columns of the predictions' side are made
  SegmentRows segment_rows_;
  std::map<std::string, SegmentReference> segments_;
};

}  // namespace

Result<Profile> build_profile(const Table& table, const ProfileOptions& options, ProfileParts parts) {
  return Builder(table, options, parts).build();
}

Result<Profile> build_profile_like(const Table& table, const ProfileOptions& options, const Profile& like) {
  return Builder(table, options, ProfileParts::both, &like).build();
}

}  // namespace driftd::detectors
