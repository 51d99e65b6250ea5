#include "bench/guarantee/recorded_month.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "detectors/cells.h"

namespace driftd::guarantee {
namespace {

template <class Value>
void write_array(const std::string& path, const std::vector<Value>& values) {
  std::ofstream out(path, std::ios::binary);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the file is the array
  out.write(reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(Value)));
  if (!out) throw std::runtime_error(path + " cannot be written");
}

std::size_t cell_of(const detectors::ColumnProfile& bins, double value) {
  if (value < bins.minimum) return detectors::kBelowCell;
  const auto knot = std::lower_bound(bins.knots.begin(), bins.knots.end(), value);
  return detectors::kFirstBin + static_cast<std::size_t>(knot - bins.knots.begin());
}

}  // namespace

RecordedMonth::RecordedMonth(const MonthOptions& options, std::uint64_t seed) : Month(options, seed) {
  for (std::size_t column = 0; column < columns(); ++column) {
    Draws draws(seed_of(seed, 1000 + column));
    Record& record = records_.emplace_back();
    for (std::int64_t slot = first(); slot < end(); ++slot) {
      record.begins.push_back(record.values.size());
      for (std::int64_t n = draws.poisson(events(slot)); n > 0; --n) {
        record.values.push_back(static_cast<float>(mean(column, slot) + draws.normal()));
      }
    }
    record.begins.push_back(record.values.size());
  }
}

std::span<const float> RecordedMonth::values(std::size_t column, std::int64_t slot) const {
  const Record& record = records_[column];
  const auto place = static_cast<std::size_t>(slot - first());
  return std::span(record.values)
      .subspan(record.begins[place], record.begins[place + 1] - record.begins[place]);
}

std::vector<detectors::CellCount> RecordedMonth::draw(const detectors::ColumnProfile& bins,
                                                      std::size_t column, std::int64_t slot, Change change,
                                                      Draws& /*draws*/) const {
  std::vector<detectors::CellCount> cells(bins.cells());
  const double center = mean(column, slot);
  for (const float value : values(column, slot)) {
    ++cells[cell_of(bins, center + change.scale * (value - center) + change.shift)].count;
  }
  return cells;
}

void RecordedMonth::write(const std::string& prefix) const {
  for (std::size_t column = 0; column < columns(); ++column) {
    const std::string path = prefix + "-column_" + std::to_string(100 + column).substr(1);
    write_array(path + ".f32", records_[column].values);
    std::vector<std::int32_t> counts;
    for (std::int64_t slot = first(); slot < end(); ++slot) {
      counts.push_back(static_cast<std::int32_t>(values(column, slot).size()));
    }
    write_array(path + ".i32", counts);
  }
}

}  // namespace driftd::guarantee
