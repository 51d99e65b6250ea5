#include "detectors/json_item.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "detectors/base64.h"

namespace driftd::detectors {

Item::Item(const nlohmann::json& json, std::string path) : json_(&json), path_(std::move(path)) {}

Item Item::at(const std::string& key) const {
  if (!json_->is_object()) refuse("an object is wanted");
  const auto found = json_->find(key);
  const std::string path = path_.empty() ? key : path_ + "." + key;
  if (found == json_->end()) throw Wrong{path + ": missing"};
  return {*found, path};
}

bool Item::has(const std::string& key) const { return json_->is_object() && json_->contains(key); }

std::vector<Item> Item::list() const {
  if (!json_->is_array()) refuse("a list is wanted");
  std::vector<Item> items;
  for (std::size_t i = 0; i < json_->size(); ++i) {
    items.emplace_back((*json_)[i], path_ + "[" + std::to_string(i) + "]");
  }
  return items;
}

std::string Item::text() const {
  if (!json_->is_string()) refuse("a text is wanted");
  return json_->get<std::string>();
}

bool Item::flag() const {
  if (!json_->is_boolean()) refuse("true or false is wanted");
  return json_->get<bool>();
}

double Item::number() const {
  if (!json_->is_number()) refuse("a number is wanted");
  const auto value = json_->get<double>();
  if (!std::isfinite(value)) refuse("the number is out of range");
  return value;
}

std::int64_t Item::integer(std::int64_t least, std::int64_t most) const {
  if (!json_->is_number_integer()) refuse("an integer is wanted");
  const bool huge = json_->is_number_unsigned() && json_->get<std::uint64_t>() > INT64_MAX;
  const auto value = huge ? most : json_->get<std::int64_t>();
  if (huge || value < least || value > most) refuse("the number is out of range");
  return value;
}

std::uint64_t Item::hash() const {
  if (!json_->is_number_unsigned()) refuse("a whole number is wanted");
  return json_->get<std::uint64_t>();
}

Time Item::time() const {
  if (json_->is_null()) return kNoTime;
  const auto time = parse_rfc3339(text());
  if (!time) refuse("a time like 2026-11-20T08:00:00Z is wanted");
  return *time;
}

std::string Item::bytes() const {
  auto bytes = bytes_of_base64(text());
  if (!bytes) refuse("base64 is wanted");
  return *std::move(bytes);
}

std::vector<double> Item::numbers() const {
  std::vector<double> found;
  for (const Item& item : list()) found.push_back(item.number());
  return found;
}

std::vector<std::string> Item::texts() const {
  std::vector<std::string> found;
  for (const Item& item : list()) found.push_back(item.text());
  return found;
}

void Item::refuse(const std::string& what) const { throw Wrong{path_ + ": " + what}; }

}  // namespace driftd::detectors
