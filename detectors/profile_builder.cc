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

#include "detectors/binning.h"
#include "detectors/derived/embedding_binner.h"
#include "detectors/derived/reference.h"
#include "detectors/embedding_reference.h"
#include "detectors/labelled_rows.h"
#include "detectors/like_columns.h"
#include "detectors/profile_json.h"
#include "detectors/reference_columns.h"
#include "detectors/row_sample.h"
#include "detectors/segment_reference.h"
#include "detectors/tally.h"

namespace driftd::detectors {
namespace {

using Rows = RowIndexes;

Value text_value(const std::optional<std::string>& text) {
  return text ? Value{Value::Kind::text, 0, *text} : Value{};
}
Value number_value(std::optional<double> number) {
  return number ? Value{Value::Kind::number, *number, {}} : Value{};
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
    describe_embeddings();
    count(Side::predictions, all_rows_);
    add_derived();
    if (parts_ != ProfileParts::predictions) add_pair_columns();
    if (Status all = take_the_bins(Side::pairs); !all.ok()) return all.error();
    count(Side::pairs, pair_rows_);
    if (parts_ != ProfileParts::predictions) describe_labels();
    if (parts_ == ProfileParts::both && is_regression())
      profile_.expected_loss = expected_loss(profile_, table_, sources_, pair_rows_);
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
      if (has_verdict(table_, row)) {
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
    profile_.predicted_by_score =
        profile_.task.task == Task::binary &&
        std::any_of(table_.predicted.begin(), table_.predicted.end(), [](const Predicted& predicted) {
          return predicted.score && !predicted.label && !predicted.value;
        });
    profile_.rows = static_cast<std::int64_t>(table_.size());
    profile_.pairs = parts_ == ProfileParts::predictions ? 0 : static_cast<std::int64_t>(pair_rows_.size());
  }

  void resolve_outcomes() {
    outcomes_.predictions.resize(table_.size());
    outcomes_.losses.resize(table_.size());
    for (const std::uint32_t row : all_rows_) {
      outcomes_.predictions[row] = resolve(table_.predicted[row], profile_.task);
      if (parts_ == ProfileParts::predictions || !has_verdict(table_, row)) continue;
      const auto pair = resolve(table_.predicted[row], *table_.verdicts[row], profile_.task);
      if (!pair) continue;
      outcomes_.losses[row] = loss_of(*pair);
      profile_.performance.add(*pair);
    }
  }

  void add_column(ColumnSource source, const Rows& all, const Rows& edges, std::optional<ColumnType> type) {
    const auto found = options_.columns.find(source.name);
    const ColumnOptions given = found == options_.columns.end() ? ColumnOptions{} : found->second;
    if (given.ignore) return;
    profile_.columns.push_back(
        column_profile(source, {all, edges}, given.bins.value_or(options_.bins), type ? type : given.type));
    sources_.push_back(std::move(source));
  }

  Status take_the_bins(Side side) {
    return like_ == nullptr ? success() : take_bins_of(*like_, side, profile_.columns, sources_);
  }

  void add_prediction_columns() {
    const Rows edges = edge_rows(table_, all_rows_);
    for (const TableColumn& column : table_.features) {
      if (is_reserved_column(column.name())) continue;
      add_column({column.name(), Role::feature, [&column](std::size_t row) { return column.value(row); }},
                 all_rows_, edges, std::nullopt);
    }
    const bool predicted =
        std::any_of(outcomes_.predictions.begin(), outcomes_.predictions.end(),
                    [](const Resolved& outcome) { return outcome.label || outcome.value; });
    if (predicted) add_column(prediction_source(), all_rows_, edges, outcome_type());
    const bool scored = std::any_of(outcomes_.predictions.begin(), outcomes_.predictions.end(),
                                    [](const Resolved& outcome) { return outcome.score.has_value(); });
    if (!scored) return;
    add_column({"score", Role::score,
                [this](std::size_t row) { return number_value(outcomes_.predictions[row].score); }},
               all_rows_, edges, ColumnType::numeric);
  }

  void add_pair_columns() {
    if (pair_rows_.empty() || profile_.task.task == Task::none) return;
    const Rows edges = edge_rows(table_, pair_rows_);
    add_column(label_source(), pair_rows_, edges, outcome_type());
    add_column({"loss", Role::loss, [this](std::size_t row) { return number_value(outcomes_.losses[row]); }},
               pair_rows_, edges, ColumnType::numeric);
  }

  void describe_labels() {
    evidence::LabelSource source = label_source_of(table_, profile_.task, pair_rows_);
    if (source.pairs.empty()) return;
    // Rows are the predictions themselves, or pairs alone.
    const bool whole_rows = parts_ == ProfileParts::both && source.ages_known;
    source.predictions = whole_rows ? cohorts_of(table_, all_rows_) : table_.cohorts;
    profile_.labels = evidence::label_reference(source);
    for (auto& [label, segment] : segments_) {
      evidence::LabelSource part = label_source_of(table_, profile_.task, segment_rows_.at(label));
      if (part.pairs.empty()) continue;
      const auto known = table_.segment_cohorts.find(label);
      if (whole_rows)
        part.predictions = cohorts_of(table_, segment_rows_.at(label));
      else if (known != table_.segment_cohorts.end())
        part.predictions = known->second;
      segment.labels = evidence::label_reference(part, *profile_.labels);
    }
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

  // Before rows are counted, for the codes of their embeddings are kept with their cells.
  void describe_embeddings() {
    const derived::Definitions* kept = like_ != nullptr && like_->derived ? &*like_->derived : nullptr;
    if (kept != nullptr) derived_.embeddings = kept->embeddings;
    if (like_ == nullptr)
      derived_.embeddings = reference_embeddings(profile_, sources_, table_, all_rows_, options_.derived);
    embeddings_.emplace(profile_.side(Side::predictions), derived_.embeddings,
                        kept != nullptr ? kept->seed : options_.derived.seed);
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

  void keep_for_derived(std::uint32_t row, const std::vector<std::uint8_t>& cells) {
    std::vector<std::uint8_t>& kept = derived_.rows.cells;
    derived_.rows.columns = cells.size() + embeddings_->codes();
    kept.insert(kept.end(), cells.begin(), cells.end());
    kept.resize(kept.size() + embeddings_->codes());
    embeddings_->code([&](std::uint32_t column) { return sources_[column].value(row); },
                      std::span(kept).last(embeddings_->codes()), items_);
    derived_.blocks.push_back(block_of(table_, row).value_or(derived::kNoBlock));
    derived_.hashes.push_back(sampling_hash(table_, row));
  }

  // Counts the rows of one side, five minutes after five minutes, with the very bins that were made.
  void count(Side side, Rows rows) {
    const std::vector<std::size_t> numbers = derive_side(side);
    if (numbers.empty()) return;
    const bool derives =
        side == Side::predictions && (like_ != nullptr ? like_->derived.has_value() : options_.derived.any());
    const Binner binner(profile_, side);
    const auto layout = std::make_shared<const TallyLayout>(profile_, side);
    Tally total(layout);
    Tally block(layout);
    SegmentCounter segments(segment_rows_, table_.size(), side, layout);
    std::vector<std::uint8_t> cells(numbers.size());
    std::vector<std::uint8_t> places(numbers.size());
    std::stable_sort(rows.begin(), rows.end(), [this](std::uint32_t a, std::uint32_t b) {
      return block_of(table_, a) < block_of(table_, b);
    });
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        const Cell cell = binner.cell_of(static_cast<std::uint32_t>(k), sources_[numbers[k]].value(rows[i]));
        cells[k] = cell.cell;
        places[k] = cell.place;
      }
      block.add(cells, places);
      if (derives) keep_for_derived(rows[i], cells);
      segments.add(rows[i], cells, places, block_of(table_, rows[i]));
      if (i + 1 < rows.size() && block_of(table_, rows[i + 1]) == block_of(table_, rows[i])) continue;
      total.merge(block);
      if (const auto number = block_of(table_, rows[i])) keep_block(*number, side, block);
      block.clear();
    }
    std::move(segments).finish(segments_);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const auto counts = total.column(k);
      profile_.columns[numbers[k]].reference.assign(counts.begin(), counts.end());
      (void)profile_.columns[numbers[k]].derive();
    }
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
  std::optional<derived::EmbeddingBinner> embeddings_;
  std::vector<float> items_;  // of one value
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
