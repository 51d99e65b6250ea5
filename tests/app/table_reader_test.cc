#include "app/table_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace driftd::app {
namespace {

using detectors::Table;
using detectors::TableColumn;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class TableReader : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& content) {
    const auto path = std::filesystem::path(::testing::TempDir()) / ("table_reader_" + name);
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  static Table read(const std::vector<std::string>& files, const TableReaderOptions& options = {}) {
    auto table = read_tables(files, options);
    EXPECT_TRUE(table.ok()) << table.error().message;
    return table.ok() ? std::move(table).value() : Table{};
  }
  static std::string error(const std::vector<std::string>& files, const TableReaderOptions& options = {}) {
    const auto table = read_tables(files, options);
    return table.ok() ? "no error" : table.error().message;
  }
  static std::vector<std::string> names(const Table& table) {
    std::vector<std::string> found;
    for (const TableColumn& column : table.features) found.push_back(column.name());
    return found;
  }
};

TEST_F(TableReader, ReadsCsvWithQuotesCrlfAndEmptyCells) {
  const Table table = read({file("a.csv",
                                 "\xEF\xBB\xBFid,time,x,\"a, b\",flag\r\n"
                                 "1,2026-01-01T00:00:00Z,1.5,\"say \"\"hi\"\"\nthere\",true\r\n"
                                 "\r\n"
                                 "2,1767225600000,,\"\",false\r\n"
                                 "3,,-2e3,z")});
  EXPECT_THAT(names(table), ElementsAre("x", "a, b", "flag"));
  ASSERT_EQ(table.size(), 3U);
  EXPECT_EQ(table.ids[0], "1");
  EXPECT_EQ(table.times[0], table.times[1]);
  EXPECT_EQ(table.times[2], kNoTime);
  EXPECT_EQ(table.features[0].value(0).number, 1.5);
  EXPECT_EQ(table.features[0].value(1).kind, Value::Kind::null);
  EXPECT_EQ(table.features[0].value(2).number, -2000);
  EXPECT_EQ(table.features[1].value(0).text, "say \"hi\"\nthere");
  EXPECT_EQ(table.features[1].value(1).kind, Value::Kind::null);
  EXPECT_EQ(table.features[2].value(0).kind, Value::Kind::boolean);
  EXPECT_EQ(table.features[2].value(2).kind, Value::Kind::absent);
}

TEST_F(TableReader, CellsAreNumbersOnlyIfJsonCouldSaySo) {
  const Table table = read({file("b.csv", "x\n007\n1e999\nnan\n0x10\n+1\n-0.5\n0\n1 2\n1e-999\n")});
  const TableColumn& x = table.features[0];
  EXPECT_EQ(x.value(0).text, "007");
  EXPECT_EQ(x.value(1).kind, Value::Kind::not_finite);
  EXPECT_EQ(x.value(2).kind, Value::Kind::null);
  EXPECT_EQ(x.value(3).kind, Value::Kind::text);
  EXPECT_EQ(x.value(4).kind, Value::Kind::text);
  EXPECT_EQ(x.value(5).number, -0.5);
  EXPECT_EQ(x.value(6).kind, Value::Kind::number);
  EXPECT_EQ(x.value(7).kind, Value::Kind::text);
  EXPECT_EQ(x.value(8).kind, Value::Kind::number);
}

TEST_F(TableReader, OutcomesAreLabelsByTheirShortestText) {
  const Table table = read({file("c.csv", "x,prediction,score,label\n1,1,0.9,1.0\n2,no,0.2,yes\n3,,,\n")});
  EXPECT_EQ(table.predicted[0].value, 1);
  EXPECT_EQ(table.predicted[0].score, 0.9);
  EXPECT_EQ(table.verdicts[0]->label, "1");
  EXPECT_EQ(table.verdicts[0]->value, 1);
  EXPECT_EQ(table.predicted[1].label, "no");
  EXPECT_EQ(table.verdicts[1]->label, "yes");
  EXPECT_FALSE(table.verdicts[1]->value);
  EXPECT_FALSE(table.verdicts[2]);
}

TEST_F(TableReader, RolesCanBeGivenToOtherColumns) {
  TableReaderOptions options;
  options.roles.label = "truth";
  options.roles.score = "";
  options.roles.ignore = {"row"};
  const Table table = read({file("d.csv", "row,truth,score,label,version\n1,a,0.5,q,7\n")}, options);
  EXPECT_THAT(names(table), ElementsAre("score", "label"));
  EXPECT_EQ(table.verdicts[0]->label, "a");
  options.roles.label = "verdict";
  EXPECT_THAT(error({file("d.csv", "row,truth\n1,a\n")}, options), HasSubstr("\"verdict\""));
}

TEST_F(TableReader, JoinsEventsByIdWhateverTheirOrder) {
  const std::string predictions =
      "{\"type\":\"prediction\",\"id\":\"a\",\"model\":\"m\",\"time\":\"2026-01-01T00:00:00Z\","
      "\"features\":{\"x\":1,\"c\":\"u\",\"t\":true,\"n\":null},\"prediction\":{\"label\":\"p\",\"score\":0."
      "7}}\n"
      "{\"type\":\"prediction\",\"id\":\"b\",\"model\":\"m\",\"features\":{\"c\":\"v\"},\"prediction\":3}\n"
      "{\"type\":\"prediction\",\"id\":\"c\",\"model\":\"m\",\"status\":\"error\",\"features\":{}}\n";
  const std::string feedback =
      "{\"type\":\"feedback\",\"id\":\"b\",\"model\":\"m\",\"time\":\"2026-01-02T00:00:00Z\",\"value\":9}\n"
      "{\"type\":\"feedback\",\"id\":\"b\",\"model\":\"m\",\"time\":\"2026-01-01T00:00:00Z\",\"value\":4}\n"
      "{\"type\":\"model\",\"event\":\"deployed\",\"model\":\"m\",\"version\":\"2\"}";
  const Table table = read({file("f.jsonl", feedback), file("p.jsonl", predictions)});
  ASSERT_EQ(table.size(), 2U);
  EXPECT_THAT(names(table), ElementsAre("x", "c", "t", "n"));
  EXPECT_EQ(table.features[0].value(1).kind, Value::Kind::absent);
  EXPECT_EQ(table.features[3].value(0).kind, Value::Kind::null);
  EXPECT_EQ(table.predicted[0].label, "p");
  EXPECT_FALSE(table.verdicts[0]);
  EXPECT_EQ(table.verdicts[1]->value, 4);
  EXPECT_EQ(table.times[1], kNoTime);
}

TEST_F(TableReader, ReadsFlatObjects) {
  const Table table = read({file("g.jsonl",
                                 "{\"id\":1,\"x\":2.5,\"ok\":true,\"v\":[1,2],\"label\":\"a\"}\n"
                                 "{\"y\":\"t\",\"x\":null}\n")});
  EXPECT_THAT(names(table), ElementsAre("x", "ok", "v", "y"));
  EXPECT_EQ(table.ids[0], "1");
  EXPECT_EQ(table.features[1].value(0).text, "true");
  EXPECT_EQ(table.features[2].value(0).kind, Value::Kind::array);
  EXPECT_EQ(table.features[2].value(0).text, pack_items("[1,2]"));
  EXPECT_EQ(table.features[0].value(1).kind, Value::Kind::null);
  EXPECT_EQ(table.features[3].value(0).kind, Value::Kind::absent);
  EXPECT_EQ(table.verdicts[0]->label, "a");
}

TEST_F(TableReader, ReadsListsHoweverDeepTheyNest) {
  const std::string deep = std::string(500'000, '[') + std::string(500'000, ']');
  const Table table = read({file("deep.json", "{\"a\":1,\"b\":[1,2]}\n{\"a\":2,\"b\":" + deep + "}\n")});
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table.features[1].kind(1), Value::Kind::array);
}

TEST_F(TableReader, KnowsGzipByItsContent) {
  const std::string path = file("h.csv", "");
  gzFile out = gzopen(path.c_str(), "wb");
  std::string text = "x\n";
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + "\n";
  gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
  gzclose(out);
  const Table table = read({path});
  ASSERT_EQ(table.size(), 200'000U);
  EXPECT_EQ(table.features[0].value(199'999).number, 199'999);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_THAT(error({path}), HasSubstr(path));
}

TEST_F(TableReader, SeveralFilesAreOneDataSet) {
  const Table table = read({file("i.csv", "a,b\n1,2\n"), file("j.csv", "b,c\n3,4\n")});
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table.features[0].value(1).kind, Value::Kind::absent);
  EXPECT_EQ(table.features[1].value(1).number, 3);
  EXPECT_EQ(table.features[2].value(0).kind, Value::Kind::absent);
}

TEST_F(TableReader, ErrorsNameFileAndLine) {
  EXPECT_THAT(error({file("k.csv", "a,b\n\"x\ny\",2\n1,2,3\n")}), HasSubstr("k.csv:4: more cells"));
  EXPECT_THAT(error({file("l.csv", "a,a\n1,2\n")}), HasSubstr("l.csv:1: two columns"));
  EXPECT_THAT(error({file("m.csv", "time,x\nyesterday,2\n")}), HasSubstr("m.csv:2: the time \"yesterday\""));
  EXPECT_THAT(error({file("n.csv", "score,x\nhigh,2\n")}), HasSubstr("n.csv:2: the score"));
  EXPECT_THAT(error({file("o.csv", "x\n\"open\n")}), HasSubstr("o.csv:"));
  EXPECT_THAT(error({file("p.jsonl", "{\"x\":1}\n{\"x\":\n")}), HasSubstr("p.jsonl:2:"));
  EXPECT_THAT(
      error({file("q.jsonl",
                  "{\"type\":\"feedback\",\"id\":\"a\",\"model\":\"m\",\"label\":\"x\"}\nnonsense\n")}),
      HasSubstr("q.jsonl:2:"));
  EXPECT_THAT(error({file("r.csv", "")}), HasSubstr("empty"));
  EXPECT_THAT(error({file("s.csv", "a,b\n")}), EndsWith("there is no row"));
  EXPECT_THAT(error({"/nowhere/t.csv"}), HasSubstr("/nowhere/t.csv: No such file"));
  EXPECT_THAT(error({::testing::TempDir()}), HasSubstr("directory"));
}

TEST_F(TableReader, EventsOfOtherModelsArePassedOverWhenOneIsNamed) {
  const std::string events =
      "{\"type\":\"prediction\",\"model\":\"m\",\"features\":{\"x\":1},\"prediction\":1}\n"
      "{\"type\":\"prediction\",\"model\":\"other\",\"features\":{\"x\":2},\"prediction\":1}\n";
  const std::string path = file("u.jsonl", events);
  EXPECT_THAT(error({path}), HasSubstr("--model"));
  TableReaderOptions options;
  options.model = "other";
  EXPECT_EQ(read({path}, options).features[0].value(0).number, 2);
  options.model = "third";
  EXPECT_THAT(error({path}, options), HasSubstr("no prediction of model third"));
}

}  // namespace
}  // namespace driftd::app
