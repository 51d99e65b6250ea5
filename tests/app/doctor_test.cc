// The doctor over a store that an engine wrote: whole, and with one thing wrong at a time.
#include "app/doctor/survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/commands/command.h"
#include "app/doctor/copies.h"
#include "app/doctor/survey_page.h"
#include "app/pipeline/engine.h"
#include "app/pipeline/history_writer.h"
#include "storage/history.h"
#include "storage/keys.h"
#include "tests/app/pipeline_bench.h"
#include "tests/storage/temporary_directory.h"

namespace driftd::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Doctor : public ::testing::Test {
 protected:
  void SetUp() override {
    script_ = half_an_hour();
    script_[1].resize(500);  // the others wait for their labels
    for (int i = 0; i < 40; ++i)
      script_[0].push_back(prediction_text(5000 + i, kBegin + (1800 + i) * kSecond, "other"));
    run(700);
  }

  storage::Store open() {
    auto store = storage::Store::open(path_, {.add = &add_history, .written_by = "test"});
    if (!store.ok()) throw std::runtime_error(store.error().message);
    return std::move(*store);
  }

  // An engine reads up to so many records of each partition, and leaves a checkpoint.
  void run(std::size_t records) {
    storage::Store store = open();
    ScriptedSource source(script_);
    collector::MemoryDeadLetters letters;
    auto engine = Engine::open({.config = &config_,
                                .store = &store,
                                .source = &source,
                                .dead_letters = &letters,
                                .log = Logger(LogLevel::error, LogFormat::logfmt),
                                .replay = true,
                                .base_url = "http://test"});
    ASSERT_TRUE(engine.ok()) << engine.error().message;
    ASSERT_TRUE((*engine)->round(*source.poll(records, std::chrono::milliseconds(0)), 0).ok());
    ASSERT_TRUE((*engine)->checkpoint().ok());
    names_.clear();
    for (Version* version : (*engine)->state().registry.versions_by_name())
      names_.push_back(version->model->name + ' ' + version->name);
    predictions_ = 0;
    for (Version* version : (*engine)->state().registry.versions_by_name())
      predictions_ += version->counters.predictions;
  }

  Survey survey() {
    auto survey = survey_store(path_, {.config = &config_});
    if (!survey.ok()) throw std::runtime_error(survey.error().message);
    return std::move(*survey);
  }

  void put(const std::string& key, const std::string& value) {
    storage::Store store = open();
    storage::WriteBatch batch;
    batch.put(key, value);
    ASSERT_TRUE(store.write(batch).ok());
  }

  // The first key of a table, with its value.
  std::pair<std::string, std::string> first_of(storage::Table table) {
    std::pair<std::string, std::string> found;
    const storage::Store store = open();
    EXPECT_TRUE(store.for_each(storage::Key(table), [&](std::string_view key, std::string_view value) {
      found = {std::string(key), std::string(value)};
      return false;
    }));
    return found;
  }

  // One fault, told and mended; what is left is loaded and goes on.
  StoreFault only_fault_mended(const std::string& key, const std::string& value) {
    put(key, value);
    const Survey found = survey();
    EXPECT_EQ(found.faults.size(), 1U) << survey_text(found);
    auto mended = mend_store(path_, "", &config_);
    EXPECT_TRUE(mended.ok()) << mended.error().message;
    EXPECT_TRUE(survey().healthy()) << survey_text(survey());
    EXPECT_TRUE(fs::exists(mended->damaged));
    run(300);
    return found.faults.empty() ? StoreFault{} : found.faults.front();
  }

  static std::string flipped(std::string value) {
    value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 1);
    return value;
  }

  storage::TemporaryDirectory directory_;
  std::string path_ = directory_ / "store";
  Config config_ = config_that_learns(200);
  Script script_;
  std::vector<std::string> names_;
  std::uint64_t predictions_ = 0;
};

TEST_F(Doctor, FindsNothingWrongWithAWholeStoreAndSaysWhatIsInIt) {
  const Survey found = survey();
  EXPECT_TRUE(found.healthy()) << survey_text(found);
  EXPECT_EQ(found.slot, kMinute);
  EXPECT_EQ(found.formats, std::set<std::uint64_t>{kStateFormat});
  ASSERT_EQ(found.offsets.size(), 2U);
  EXPECT_EQ(found.offsets[0].topic, "topic0");
  EXPECT_EQ(found.offsets[0].next, 700);
  ASSERT_EQ(found.versions.size(), 1U);
  EXPECT_EQ(found.versions[0].name.model, "m");
  EXPECT_TRUE(found.versions[0].learnt);
  EXPECT_GT(found.versions[0].slots, 10U);
  const auto document = nlohmann::json::parse(survey_json(found));
  EXPECT_TRUE(document["healthy"]);
  EXPECT_EQ(document["offsets"][1]["next"], 500);
  EXPECT_THAT(survey_text(found), HasSubstr("healthy"));
}

TEST_F(Doctor, ReadsBesideTheProcessThatHoldsTheStore) {
  const storage::Store held = open();
  EXPECT_TRUE(survey().healthy());
  const auto mended = mend_store(path_, "", &config_);
  ASSERT_FALSE(mended.ok());
  EXPECT_EQ(mended.error().code, ErrorCode::unavailable);
}

TEST_F(Doctor, TakesOutOneWaitingPrediction) {
  const auto [key, value] = first_of(storage::Table::joins);
  const StoreFault fault = only_fault_mended(key, value.substr(0, value.size() / 2));
  EXPECT_THAT(fault.where, HasSubstr("the waiting prediction i"));
  EXPECT_THAT(fault.cost, HasSubstr("unmatched"));
  EXPECT_EQ(names_.front(), "m 1");
}

TEST_F(Doctor, TakesOutOneSlotOfTheHistory) {
  const auto [key, value] = first_of(storage::Table::history);
  const std::uint64_t slots = survey().versions[0].slots;
  const StoreFault fault = only_fault_mended(key, value.substr(0, value.size() - 1));
  EXPECT_THAT(fault.where, HasSubstr("the history of m version '1'"));
  EXPECT_GE(survey().versions[0].slots + 1, slots);
}

TEST_F(Doctor, LetsAVersionBeginAnewWhoseStateIsDamaged) {
  const std::string key = storage::state_key(0, "state");
  const std::string value = **open().get(key);
  const std::uint64_t before = predictions_;
  const StoreFault fault = only_fault_mended(key, flipped(value));
  EXPECT_THAT(fault.where, HasSubstr("the state of m version '1'"));
  EXPECT_THAT(fault.what, HasSubstr("checksum"));
  EXPECT_THAT(fault.cost, HasSubstr("m version '1' begins anew"));
  EXPECT_THAT(fault.cost, HasSubstr("waiting predictions"));
  EXPECT_LT(predictions_, before);  // its counters begin anew with what came since
}

TEST_F(Doctor, KeepsTheNumbersOfTheOthersWhereTheNameOfOneIsLost) {
  run(900);
  ASSERT_EQ(names_, (std::vector<std::string>{"m 1", "other 1"}));
  const std::string key = storage::registry_key(0);
  const std::string value = **open().get(key);
  const StoreFault fault = only_fault_mended(key, flipped(value));
  EXPECT_THAT(fault.where, HasSubstr("the name of series 0"));
  const Survey left = survey();
  ASSERT_EQ(left.versions.size(), 2U);
  EXPECT_EQ(left.versions[1].name.model, "other");
  EXPECT_EQ(names_, std::vector<std::string>{"other 1"});  // the lost one is not shown
}

TEST_F(Doctor, SaysWhatTheLossOfEachSingleRecordCosts) {
  for (const auto& [name, cost] : std::map<std::string, std::string>{{"clocks", "the clocks begin"},
                                                                     {"topics", "begin at 0"},
                                                                     {"open", "open have counted"},
                                                                     {"models", "waiting predictions"},
                                                                     {"slot", "nothing, if slot:"},
                                                                     {"model/m", "begin at 0"}}) {
    const std::string key = storage::meta_key(name);
    const auto value = *open().get(key);
    ASSERT_TRUE(value.has_value()) << name;
    EXPECT_THAT(only_fault_mended(key, flipped(*value)).cost, HasSubstr(cost)) << name;
  }
  const auto [key, value] = first_of(storage::Table::offsets);
  EXPECT_THAT(only_fault_mended(key, flipped(value)).cost, HasSubstr("kafka.start"));
}

TEST_F(Doctor, WritesAnIdentityAnew) {
  const std::string key = storage::meta_key("store");
  const std::string value = **open().get(key);
  EXPECT_EQ(only_fault_mended(key, flipped(value)).cost, "nothing");
}

TEST_F(Doctor, LeavesWhatANewerDriftdWroteToThatOne) {
  put(storage::state_key(0, "state"), seal("version", kStateFormat + 1, "of tomorrow"));
  const Survey found = survey();
  ASSERT_EQ(found.faults.size(), 1U);
  EXPECT_FALSE(found.faults[0].mendable);
  const auto mended = mend_store(path_, "", &config_);
  ASSERT_FALSE(mended.ok());
  EXPECT_EQ(mended.error().code, ErrorCode::refused);
  EXPECT_FALSE(survey().healthy());  // and nothing has changed
}

TEST_F(Doctor, DropsWhatBelongsToNobodyWithoutLoss) {
  const StoreFault fault = only_fault_mended(storage::to_bytes(storage::HistoryKey{.series = 77, .slot = 3}),
                                             first_of(storage::Table::history).second);
  EXPECT_THAT(fault.cost, HasSubstr("nothing"));
}

TEST_F(Doctor, SeesWhatAloneTheLoaderSees) {
  // Whole by its checksum, but not what a version's state is.
  const StoreFault fault =
      only_fault_mended(storage::state_key(0, "state"), seal("version", kStateFormat, "too short"));
  EXPECT_THAT(fault.what, HasSubstr("the state of series 0 is damaged"));
  EXPECT_THAT(fault.cost, HasSubstr("begins anew"));
}

// A flipped bit anywhere in the files of tables: the doctor finds it, mends it, and what is left is healthy.
TEST_F(Doctor, MendsWhateverBlockOfATableIsDamaged) {
  { open(); }  // what was in the log becomes a table
  std::string table;
  for (const auto& entry : fs::directory_iterator(path_))
    if (entry.path().extension() == ".sst" && (table.empty() || entry.file_size() > fs::file_size(table)))
      table = entry.path().string();
  const auto size = fs::file_size(table);
  for (int part = 0; part < 12; ++part) {
    const std::string copy = directory_ / ("copy" + std::to_string(part));
    fs::copy(path_, copy);
    {
      std::fstream file(copy + "/" + fs::path(table).filename().string(),
                        std::ios::in | std::ios::out | std::ios::binary);
      const auto at = static_cast<std::streamoff>(size * (2 * static_cast<unsigned>(part) + 1) / 24);
      file.seekg(at);
      const char byte = static_cast<char>(file.get() ^ 0x20);
      file.seekp(at);
      file.put(byte);
    }
    const auto found = survey_store(copy, {.config = &config_});
    ASSERT_TRUE(found.ok()) << found.error().message;
    ASSERT_FALSE(found->healthy()) << part;
    for (const StoreFault& fault : found->faults) EXPECT_FALSE(fault.cost.empty());
    const auto mended = mend_store(copy, "", &config_);
    ASSERT_TRUE(mended.ok()) << part << ": " << mended.error().message << survey_text(*found);
    EXPECT_TRUE(mended->survey.healthy());
  }
}

TEST_F(Doctor, GoesBackToTheCheckpointBeforeDamageOfTheLog) {
  run(100);
  run(100);
  std::string log;
  { storage::Store store = open(); }
  {
    storage::Store store = open();
    for (int i = 0; i < 5; ++i) {
      storage::WriteBatch batch;
      batch.put(storage::meta_key("model/m"), **store.get(storage::meta_key("model/m")));
      ASSERT_TRUE(store.write(batch).ok());
    }
  }
  for (const auto& entry : fs::directory_iterator(path_))  // an older one is no longer needed
    if (entry.path().extension() == ".log") log = std::max(log, entry.path().string());
  {
    std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(fs::file_size(log) / 2));
    file.put('\xA5').put('\x5A');
  }
  const Survey found = survey();
  ASSERT_EQ(found.faults.size(), 1U) << survey_text(found);
  EXPECT_EQ(found.faults[0].where, "the log of the store");
  EXPECT_THAT(found.faults[0].cost, HasSubstr("read from Kafka again"));
  ASSERT_TRUE(mend_store(path_, directory_ / "elsewhere", &config_).ok());
  EXPECT_FALSE(survey().healthy());  // it was asked for elsewhere
  path_ = directory_ / "elsewhere";
  EXPECT_TRUE(survey().healthy());
  run(100);
}

TEST_F(Doctor, RebuildsTheListOfFiles) {
  { open(); }
  for (const auto& entry : fs::directory_iterator(path_))
    if (entry.path().filename().string().starts_with("MANIFEST"))
      fs::resize_file(entry.path(), fs::file_size(entry.path()) / 2);
  const Survey found = survey();
  ASSERT_EQ(found.faults.size(), 1U);
  EXPECT_THAT(found.faults[0].what, HasSubstr("list of files"));
  const auto mended = mend_store(path_, "", &config_);
  ASSERT_TRUE(mended.ok()) << mended.error().message;
  EXPECT_EQ(mended->survey.offsets[0].next, 700);
  run(100);
}

TEST_F(Doctor, BacksUpAStoreThatIsHeldAndWritesOverNothing) {
  const storage::Store held = open();
  const auto made = back_up(path_, directory_ / "backup", &config_);
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_TRUE(made->healthy());
  EXPECT_EQ(made->offsets[0].next, 700);
  EXPECT_EQ(back_up(path_, directory_ / "backup", &config_).error().code, ErrorCode::refused);
  EXPECT_EQ(back_up(directory_ / "nowhere", directory_ / "b2", &config_).error().code, ErrorCode::not_found);
  EXPECT_FALSE(fs::exists(directory_ / "b2"));
}

TEST_F(Doctor, BacksUpNothingThatIsDamaged) {
  const auto [key, value] = first_of(storage::Table::joins);
  put(key, "damaged");
  const auto made = back_up(path_, directory_ / "backup", &config_);
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("driftd doctor"));
  EXPECT_FALSE(fs::exists(directory_ / "backup"));
}

TEST_F(Doctor, OfTheCommandLineEndsByWhatItFound) {
  const auto command = [&](std::vector<const char*> words) {
    std::istringstream in;
    std::ostringstream out, err;
    words.insert(words.begin(), "driftd");
    Streams streams{in, out, err};
    const ExitStatus status = run_program(static_cast<int>(words.size()), words.data(), streams);
    return std::pair(status, out.str() + err.str());
  };
  EXPECT_EQ(command({"doctor"}).first, ExitStatus::usage);
  EXPECT_EQ(command({"doctor", "--store", path_.c_str()}).first, ExitStatus::done);
  const auto [key, value] = first_of(storage::Table::joins);
  put(key, "damaged");
  const auto [status, said] = command({"doctor", "--store", path_.c_str()});
  EXPECT_EQ(status, ExitStatus::failed);
  EXPECT_THAT(said, HasSubstr("DAMAGED  the waiting prediction"));
  EXPECT_EQ(command({"doctor", "--store", path_.c_str(), "--mend"}).first, ExitStatus::done);
  EXPECT_EQ(command({"doctor", "--store", path_.c_str()}).first, ExitStatus::done);
  const std::string backup = directory_ / "backup";
  EXPECT_EQ(command({"backup", "--store", path_.c_str(), "-o", backup.c_str()}).first, ExitStatus::done);
}

}  // namespace
}  // namespace driftd::app
