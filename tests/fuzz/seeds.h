// Seeds of the fuzz targets whose inputs are bytes that driftd writes: one of each form. They are what is
// written today, else the search begins at what is refused. Each room's fuzz_seeds_test.cc has its own:
// DRIFTD_WRITE_SEEDS=1 build/release/tests/tests_ROOM --gtest_filter='FuzzSeeds.*'
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "core/codec.h"

namespace driftd::fuzz {

using Seeds = std::map<std::string, std::string>;  // by TARGET/NAME

template <class... T>
std::string saved_seed(const T&... values) {
  Encoder out;
  (values.save(out), ...);
  return out.take();
}

// With the byte before it by which the target chooses what it is.
template <class... T>
std::string chosen_seed(std::size_t which, const T&... values) {
  return static_cast<char>(which) + saved_seed(values...);
}

inline void expect_seeds(const Seeds& seeds, const std::filesystem::path& corpus) {
  for (const auto& [name, bytes] : seeds) {
    const std::filesystem::path file = corpus / name;
    if (std::getenv("DRIFTD_WRITE_SEEDS") != nullptr) {
      std::filesystem::create_directories(file.parent_path());
      std::ofstream(file, std::ios::binary) << bytes;
    }
    std::ifstream in(file, std::ios::binary);
    const std::string kept{std::istreambuf_iterator<char>(in), {}};
    EXPECT_TRUE(kept == bytes) << name << ": write it anew (tests/fuzz/seeds.h)";
    EXPECT_LT(bytes.size(), 64U * 1024) << name;
  }
}

}  // namespace driftd::fuzz
