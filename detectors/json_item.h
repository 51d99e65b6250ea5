// A JSON value from outside, read by what is wanted: what is missing, of another kind or out of range throws
// Wrong with the path of keys that leads to it. Refers to the document, which has to live longer. Any thread.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/time.h"

namespace driftd::detectors {

// The first thing that is wrong; whoever reads a document catches it.
struct Wrong {
  std::string message;
};

class Item {
 public:
  Item(const nlohmann::json& json, std::string path);

  [[nodiscard]] Item at(const std::string& key) const;
  [[nodiscard]] bool has(const std::string& key) const;
  [[nodiscard]] std::vector<Item> list() const;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool flag() const;
  [[nodiscard]] double number() const;  // finite
  [[nodiscard]] std::int64_t integer(std::int64_t least, std::int64_t most) const;
  [[nodiscard]] std::uint64_t hash() const;
  [[nodiscard]] Time time() const;          // RFC 3339; null: kNoTime
  [[nodiscard]] std::string bytes() const;  // base64
  [[nodiscard]] std::vector<double> numbers() const;
  [[nodiscard]] std::vector<std::string> texts() const;
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  const nlohmann::json* json_;
  std::string path_;
};

}  // namespace driftd::detectors
