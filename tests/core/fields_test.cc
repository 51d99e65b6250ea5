#include "core/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/nearest.h"

namespace driftd {
namespace {

using testing::ElementsAre;

enum class Mode { slow, fast };

struct Inner {
  std::string name;
  double above = 0.25;
  friend bool operator==(const Inner&, const Inner&) = default;
};
const Fields<Inner>& fields_of_inner() {
  static const Fields<Inner> table = Fields<Inner>()
                                         .text("name", &Inner::name, "its name")
                                         .required()
                                         .number("above", &Inner::above, {}, "", "limit");
  return table;
}

struct Outer {
  double delta = 0.002;
  std::uint32_t clock = 32;
  Duration slot = kMinute;
  std::int64_t memory = 8 << 20;
  bool on = true;
  Mode mode = Mode::fast;
  Secret token;
  std::optional<double> limit;
  std::vector<std::string> names = {"a", "b"};
  std::vector<Inner> rules;
  std::map<std::string, Inner> by_name;
  Inner inner;
  std::optional<Time> from;
};
const Fields<Outer>& fields_of_outer() {
  static const Fields<Outer> table =
      Fields<Outer>()
          .number("delta", &Outer::delta, open_range(0.0, 1.0), "", "confidence")
          .integer("clock", &Outer::clock, {1, 1000}, "values", "rhythm")
          .duration("slot", &Outer::slot, {kSecond, kDay}, "length")
          .size("memory", &Outer::memory, at_least<std::int64_t>(1024), "bound")
          .flag("on", &Outer::on, "switch")
          .choice("mode", &Outer::mode, {{"slow", Mode::slow}, {"fast", Mode::fast}}, "how")
          .secret("token", &Outer::token, "secret")
          .number("limit", &Outer::limit, {}, "", "perhaps")
          .list("names", &Outer::names, text_type(), "names")
          .list("rules", &Outer::rules, object_of(fields_of_inner()), "rules")
          .map("by_name", &Outer::by_name, object_of(fields_of_inner()), "map")
          .object("inner", &Outer::inner, fields_of_inner(), "one")
          .time("from", &Outer::from, "start")
          .later({"season"})
          .check([](const Outer& outer, const Node& node, const std::string& path, Faults& faults) {
            if (outer.limit && *outer.limit > outer.delta) add_fault(faults, node, path, "limit above delta");
          });
  return table;
}

Faults read(const Node& node, Outer& out) {
  Faults faults;
  fields_of_outer().read(node, out, "top", faults);
  return faults;
}

Node with(const std::string& key, const std::string& text) {
  Node node = Node::map();
  node.set(key, Node::scalar(text, 7));
  return node;
}

TEST(Fields, ReadEachTypeFromAssignments) {
  Outer out;
  const Faults faults =
      read(from_assignments({"delta=0.5", "clock=7", "slot=1h30m", "memory=8MB", "on=false", "mode=slow",
                             "token=x=y", "limit=0.125", "from=2026-11-20T08:00:00Z"}),
           out);
  // inner, absent, is not looked into: only what is given is read.
  EXPECT_THAT(faults, ElementsAre());
  EXPECT_EQ(out.delta, 0.5);
  EXPECT_EQ(out.clock, 7U);
  EXPECT_EQ(out.slot, 90 * kMinute);
  EXPECT_EQ(out.memory, 8388608);
  EXPECT_FALSE(out.on);
  EXPECT_EQ(out.mode, Mode::slow);
  EXPECT_EQ(out.token.reveal(), "x=y");
  EXPECT_EQ(out.limit, 0.125);
  EXPECT_EQ(out.from, 1795161600 * kSecond);
}

struct Refused {
  const char* key;
  const char* text;
  const char* message;
};
class FieldsRefuse : public testing::TestWithParam<Refused> {};

TEST_P(FieldsRefuse, WithWordsAndKeepTheDefault) {
  Outer out;
  const Faults faults = read(with(GetParam().key, GetParam().text), out);
  EXPECT_THAT(faults, ElementsAre(Fault{"", 7, std::string("top.") + GetParam().key, GetParam().message}));
  EXPECT_EQ(one_line(fields_of_outer().show(out)), one_line(fields_of_outer().show(Outer{})));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, FieldsRefuse,
    testing::Values(Refused{"delta", "1", "\"1\" is out of range: (0, 1)"},
                    Refused{"delta", "abc", "expected a number, not \"abc\""},
                    Refused{"delta", "nan", "expected a number, not \"nan\""},
                    Refused{"delta", "1e999", "expected a number, not \"1e999\""},
                    Refused{"clock", "0", "\"0\" is out of range: [1, 1000]"},
                    Refused{"clock", "1.5", "expected an integer, not \"1.5\""},
                    Refused{"slot", "60", "expected a duration such as 90s, 5m or 14d, not \"60\""},
                    Refused{"slot", "2d", "\"2d\" is out of range: [1s, 1d]"},
                    Refused{"memory", "8XB", "expected a size such as 8MB, not \"8XB\""},
                    Refused{"memory", "99999999999TB", "expected a size such as 8MB, not \"99999999999TB\""},
                    Refused{"memory", "1", "\"1\" is out of range: >= 1KB"},
                    Refused{"on", "yes", "expected true or false, not \"yes\""},
                    Refused{"mode", "slwo", "expected one of slow, fast, not \"slwo\"; did you mean slow?"},
                    Refused{"names", "a", "expected a list, not \"a\""},
                    Refused{"inner", "a", "expected keys with values, not \"a\""},
                    Refused{"dleta", "1", "unknown key dleta; did you mean delta?"},
                    Refused{"season", "1", "not supported by this version"},
                    Refused{"from", "2026-11-20",
                            "expected a time such as 2026-11-20T08:00:00Z, not \"2026-11-20\""}));

TEST(Fields, FindAllFaultsInOnePassWithTheirPaths) {
  Node rule = Node::map();
  rule.set("above", Node::scalar("x", 3));
  Node node = Node::map();
  node.set("rules", Node::list({rule}));
  node.set("nonsense_nobody_meant", Node::scalar("1", 4));
  Node models = Node::map();
  models.set("credit", Node::map());
  node.set("by_name", models);
  node.set("inner", Node::list());
  Outer out;
  std::vector<std::string> texts;
  for (const Fault& fault : read(node, out)) texts.push_back(to_text(fault));
  EXPECT_THAT(
      texts, ElementsAre(
                 "line 3: top.rules[0].above: expected a number, not \"x\"", "top.rules[0].name: is required",
                 "line 4: top.nonsense_nobody_meant: unknown key nonsense_nobody_meant; known "
                 "keys: delta, clock, slot, memory, on, mode, token, limit, names, rules, "
                 "by_name, inner, from",
                 "top.by_name.credit.name: is required", "top.inner: expected keys with values, not a list"));
}

TEST(Fields, NeverShowASecret) {
  Outer out;
  Node node = Node::map();
  node.set("token", Node::scalar("hunter2"));
  Node limit = Node::scalar("hunter2");
  limit.secret = true;
  node.set("limit", limit);
  node.set("mode", limit);
  std::string told;
  for (const Fault& fault : read(node, out)) told += to_text(fault) + "\n";
  EXPECT_THAT(told, testing::HasSubstr("<secret>"));
  EXPECT_THAT(told + one_line(fields_of_outer().show(out)), testing::Not(testing::HasSubstr("hunter2")));
}

TEST(Fields, ShowWhatTheyReadBack) {
  Outer out;
  out.delta = 1.0 / 3;
  out.slot = 90 * kSecond;
  out.names = {"null", "a, b", ""};
  out.names.pop_back();
  out.by_name["x"] = {"n", -1e300};
  out.limit = 1e-9;
  out.inner.name = "i";
  const Node shown = fields_of_outer().show(out);
  Outer again;
  again.inner.name = "other";
  const Faults faults = read(shown, again);
  EXPECT_THAT(faults, ElementsAre());
  EXPECT_EQ(one_line(fields_of_outer().show(again)), one_line(shown));
}

TEST(Fields, DocumentDefaultsRangesAndNestedPaths) {
  const auto docs = fields_of_outer().docs("top");
  const auto row = [&](const std::string& name) {
    for (const FieldDoc& doc : docs) {
      if (doc.name == name) return doc;
    }
    return FieldDoc{};
  };
  EXPECT_EQ(row("top.delta").standard, "0.002");
  EXPECT_EQ(row("top.delta").range, "(0, 1)");
  EXPECT_EQ(row("top.clock").unit, "values");
  EXPECT_EQ(row("top.memory").standard, "8MB");
  EXPECT_EQ(row("top.names").standard, "[a, b]");
  EXPECT_EQ(row("top.mode").type, "one of slow, fast");
  EXPECT_EQ(row("top.by_name.NAME.above").standard, "0.25");
  EXPECT_TRUE(row("top.rules[].name").required);
  EXPECT_TRUE(row("top.token").secret);
}

TEST(Node, MergesKeyByKey) {
  Node base = Node::map();
  base.set("a", Node::scalar("1"));
  Node inner = Node::map();
  inner.set("x", Node::scalar("1"));
  inner.set("y", Node::scalar("2"));
  base.set("m", inner);
  Node over = Node::map();
  Node inner_over = Node::map();
  inner_over.set("y", Node::scalar("3"));
  over.set("m", inner_over);
  over.set("b", Node::list({Node::scalar("1")}));
  EXPECT_EQ(one_line(merged(base, over)), "{m: {y: 3, x: 1}, b: [1], a: 1}");
  EXPECT_EQ(one_line(merged(base, Node{})), one_line(base));
}

TEST(Nearest, IsSymmetricAndFindsSwaps) {
  EXPECT_EQ(edit_distance("slot", "slto"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("max-skew", "max_skew"), 0U);
  for (const char* a : {"kitten", "brokers", ""}) {
    for (const char* b : {"sitting", "broker", "x"}) EXPECT_EQ(edit_distance(a, b), edit_distance(b, a));
  }
  const std::vector<std::string> words = {"threshold", "task"};
  EXPECT_EQ(nearest("treshold", words), &words[0]);
  EXPECT_EQ(nearest("zzz", words), nullptr);
}

}  // namespace
}  // namespace driftd
