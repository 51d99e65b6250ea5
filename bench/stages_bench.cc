// What each stage of the pipeline takes of a file's events, one after the other on one thread.
//
//   build/release/bench/bench_stages EVENTS.jsonl PROFILE.json
//
// Joining and storing concern events with an id alone. Here every event is given one, to show what they
// would add; storing writes what waits, every ten rounds, as checkpoints do.
#include <ctime>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "app/pipeline/plan.h"
#include "app/pipeline/predicted.h"
#include "app/pipeline/reference_shelf.h"
#include "app/pipeline/row_binning.h"
#include "collector/content_hash.h"
#include "collector/decoder.h"
#include "collector/file_source.h"
#include "collector/join.h"
#include "storage/keys.h"
#include "storage/store.h"

namespace {

using namespace driftd;

constexpr std::size_t kRound = 20'000;
constexpr std::size_t kRoundsPerCheckpoint = 10;

enum Stage : std::uint8_t { kRead, kDecode, kBin, kCount, kDerive, kJoin, kStore };
constexpr std::array<const char*, 7> kNames = {
    "reading the file", "decoding",          "binning",           "counting",
    "derived columns",  "joining (with id)", "storing (with id)",
};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// A record decoded and binned: what the later stages start from.
struct Binned {
  std::vector<std::uint8_t> cells;
  Predicted predicted;
  Time time = 0;
  std::uint64_t hash = 0;
  std::string id;
};

class Stages {
 public:
  Stages(const app::Plan& plan, storage::Store& store)
      : plan_(plan), store_(store), tally_(plan.layout), rows_(kRound) {}

  void round(const std::vector<collector::Record>& records) {
    spend(kDecode, [&] {
      for (const collector::Record& record : records)
        (void)decoder_.decode(record, static_cast<unsigned>(collector::TopicRole::predictions));
    });
    // Events live until the next one is decoded: binning is what both together take beyond decoding.
    const double decoding = last_;
    spend(kBin, [&] { bin(records); });
    spent_[kBin] -= decoding;
    std::size_t number = events_;
    for (std::size_t i = 0; i < records.size(); ++i) rows_[i].id = "e" + std::to_string(number++);
    const std::size_t columns = plan_.binner.columns();
    spend(kCount, [&] {
      for (std::size_t i = 0; i < records.size(); ++i)
        tally_.add(std::span(rows_[i].cells).first(columns), std::span(rows_[i].cells).last(columns));
    });
    spend(kDerive, [&] {
      cells_.clear();
      for (std::size_t i = 0; i < records.size(); ++i) cells_.push_back(rows_[i].cells.data());
      plan_.deriver.count(cells_, tally_, derived_);
    });
    spend(kJoin, [&] { join(records.size()); });
    events_ += records.size();
    if (++rounds_ % kRoundsPerCheckpoint == 0) spend(kStore, [&] { store(); });
  }

  template <class Work>
  void spend(Stage stage, Work&& work) {
    const double begin = cpu_seconds();
    work();
    last_ = cpu_seconds() - begin;
    spent_[stage] += last_;
  }

  void print() const {
    const double million = static_cast<double>(events_) / 1e6;
    double without_ids = 0;
    for (const Stage stage : {kRead, kDecode, kBin, kCount, kDerive}) without_ids += spent_[stage];
    for (std::size_t stage = 0; stage < kNames.size(); ++stage)
      std::printf("  %-42s %8.2f   %3.0f %% of an event without id\n", kNames[stage], spent_[stage] / million,
                  100 * spent_[stage] / without_ids);
  }

 private:
  void bin(const std::vector<collector::Record>& records) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto decoded =
          decoder_.decode(records[i], static_cast<unsigned>(collector::TopicRole::predictions));
      const auto& event = std::get<PredictionEvent>(decoded.events.front());
      Binned& row = rows_[i];
      row.predicted = app::predicted_of(event);
      app::bin_row(plan_, event.features, row.predicted, hints_, binned_);
      row.cells = binned_.cells;
      row.time = event.time;
      row.hash = event.features.size() + i;
    }
  }

  void join(std::size_t count) {
    static constexpr std::array<std::uint32_t, 1> kWhole = {0};
    collector::ShardOutput out;
    for (std::size_t i = 0; i < count; ++i) {
      const Binned& row = rows_[i];
      collector::JoinPrediction prediction;
      prediction.id = row.id;
      prediction.time = row.time;
      prediction.content_hash = row.hash;
      prediction.predicted = &row.predicted;
      prediction.segments = kWhole;
      prediction.cells = {reinterpret_cast<const char*>(row.cells.data()), row.cells.size()};
      (void)shards_[collector::shard_of(0, row.id)].predict(prediction, {}, out);
    }
  }

  void store() {
    storage::WriteBatch batch;
    for (std::uint32_t s = 0; s < shards_.size(); ++s)
      shards_[s].for_each_dirty([&](std::string_view key, std::optional<std::string_view> value) {
        if (value) batch.put(storage::join_key(s, key), *value);
      });
    if (!store_.write(batch).ok()) std::fprintf(stderr, "the store refused a write\n");
  }

  const app::Plan& plan_;
  storage::Store& store_;
  detectors::Tally tally_;
  collector::EventDecoder decoder_;
  detectors::BinnerHints hints_;
  app::BinnedRow binned_;
  std::vector<Binned> rows_;
  std::vector<const std::uint8_t*> cells_;
  detectors::derived::DerivedRows derived_;
  std::array<collector::IdShard, collector::kShards> shards_;
  std::array<double, kNames.size()> spent_{};
  double last_ = 0;
  std::size_t events_ = 0;
  std::size_t rounds_ = 0;
};

int run(const char* events, const char* profile) {
  auto reference = app::read_profile(profile);
  auto source = collector::FileSource::open({.paths = {events}});
  auto store = storage::Store::open_temporary({.written_by = "bench_stages"});
  if (!reference.ok() || !source.ok() || !store.ok()) return 1;
  const app::Plan plan(std::move(*reference), detectors::Side::predictions, app::ModelConfig{});
  Stages stages(plan, *store);
  while (!(*source)->end_of(0).finished) {
    bool ok = true;
    collector::Batch batch;
    stages.spend(kRead, [&] {
      auto polled = (*source)->poll(kRound, std::chrono::milliseconds(0));
      ok = polled.ok();
      if (ok) batch = std::move(*polled);
    });
    if (!ok) return 1;
    for (const collector::PartitionBatch& part : batch.parts) stages.round(part.records);
  }
  stages.print();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3) return run(argv[1], argv[2]);
  std::fprintf(stderr, "usage: bench_stages EVENTS.jsonl PROFILE.json\n");
  return 2;
}
