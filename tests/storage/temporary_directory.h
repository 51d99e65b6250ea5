// A directory for one test, removed with everything in it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/codec.h"
#include "storage/store.h"

namespace driftd::storage {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "driftd-test-XXXXXX";
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Values of the tests' add_counts: one varint.
inline std::string number(std::int64_t value) {
  Encoder out;
  out.put_i64(value);
  return out.take();
}
inline std::int64_t number_of(std::string_view bytes) { return Decoder(bytes).get_i64(); }
inline std::string add_numbers(std::string_view a, std::string_view b) {
  return number(number_of(a) + number_of(b));
}

inline StoreOptions test_options() { return {&add_numbers, "driftd test"}; }

}  // namespace driftd::storage
