#include "detectors/window.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

class WindowTest : public ::testing::Test {
 protected:
  Tally random_tally() {
    Tally tally(layout_);
    const std::size_t rows = random_() % 4;
    for (std::size_t i = 0; i < rows; ++i) {
      const std::vector<std::uint8_t> cells = {static_cast<std::uint8_t>(random_() % layout_->cells(0))};
      const std::vector<std::uint8_t> places = {static_cast<std::uint8_t>(random_())};
      tally.add(cells, places);
      if (random_() % 2 == 0) tally.note_new(0, "c" + std::to_string(random_() % 9));
    }
    return tally;
  }

  Profile profile_ = profile_with({{"x", numbers({1, 2, 3, 4, 5})}});
  std::shared_ptr<const TallyLayout> layout_ =
      std::make_shared<const TallyLayout>(profile_, Side::predictions);
  std::mt19937_64 random_{5};
};

TEST_F(WindowTest, TotalEqualsTheSumOfTheSlotsItCovers) {
  constexpr std::int64_t kSlots = 10;
  Window window(layout_, kSlots);
  std::map<std::int64_t, Tally> all;
  std::int64_t slot = -40;
  for (int step = 0; step < 300; ++step) {
    slot += 1 + static_cast<std::int64_t>(random_() % (step % 50 == 0 ? 25 : 3));
    if (random_() % 5 == 0) {
      window.advance(slot);
    } else {
      const Tally tally = random_tally();
      window.push(slot, tally);
      all.emplace(slot, tally);
    }
    Tally expected(layout_);
    Tally recent(layout_);
    for (const auto& [number, tally] : all) {
      if (number > slot - kSlots) expected.merge(tally);
      if (number > slot - 4) recent.merge(tally);
    }
    EXPECT_EQ(window.with_new_categories(), expected);
    expected.clear_new_categories();
    recent.clear_new_categories();
    ASSERT_EQ(window.total(), expected) << step;
    EXPECT_EQ(window.last(4), recent);
    EXPECT_EQ(window.newest(), slot);
  }
}

TEST_F(WindowTest, RestoredStateContinuesIdentically) {
  Window window(layout_, 5);
  for (std::int64_t slot = 0; slot < 20; slot += 2) window.push(slot, random_tally());
  Encoder out;
  window.save(out);
  Decoder in(out.bytes());
  Result<Window> restored = Window::load(layout_, 5, in);
  ASSERT_TRUE(restored.ok());
  for (std::int64_t slot = 20; slot < 30; ++slot) {
    const Tally tally = random_tally();
    window.push(slot, tally);
    restored->push(slot, tally);
    EXPECT_EQ(window.total(), restored->total());
  }
  Encoder a;
  Encoder b;
  window.save(a);
  restored->save(b);
  EXPECT_EQ(a.bytes(), b.bytes());
}

TEST_F(WindowTest, AShorterWindowAfterARestartKeepsItsSlotsOnly) {
  Window window(layout_, 8);
  for (std::int64_t slot = 0; slot < 8; ++slot) window.push(slot, random_tally());
  Encoder out;
  window.save(out);
  Decoder in(out.bytes());
  EXPECT_EQ(Window::load(layout_, 3, in)->total(), window.last(3));
}

TEST_F(WindowTest, HostileBytesAreRefused) {
  Window window(layout_, 8);
  window.push(1, random_tally());
  window.push(2, random_tally());
  Encoder out;
  window.save(out);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    Decoder in(std::string_view(out.bytes()).substr(0, size));
    EXPECT_FALSE(Window::load(layout_, 8, in).ok()) << size;
  }
}

}  // namespace
}  // namespace driftd::detectors
