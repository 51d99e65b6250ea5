#include "detectors/profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace driftd::detectors {
namespace {

constexpr std::array<std::string_view, 2> kTypes = {"numeric", "categorical"};
constexpr std::array<std::string_view, 6> kRoles = {"feature", "prediction", "score",
                                                    "derived", "label",      "loss"};
constexpr std::int64_t kLeastExpected = 5;  // rarer categories are `other` to the evidence

template <class Enum, std::size_t size>
std::optional<Enum> find_name(const std::array<std::string_view, size>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

// The bin of every cell over right-closed edges: below and above join the outer bins.
std::vector<std::uint8_t> bins_over(const ColumnProfile& column, const std::vector<double>& edges) {
  std::vector<std::uint8_t> bins(column.cells(), kNoBin);
  bins[kBelowCell] = 0;
  for (std::size_t i = 0; i < column.knots.size(); ++i) {
    const auto edge = std::lower_bound(edges.begin(), edges.end(), column.knots[i]);
    bins[kFirstBin + i] = static_cast<std::uint8_t>(edge - edges.begin());
  }
  bins.back() = static_cast<std::uint8_t>(edges.size());
  return bins;
}

std::vector<double> knots_of(const ColumnProfile& column) {
  std::vector<double> knots = column.shown_edges;
  knots.insert(knots.end(), column.evidence_edges.begin(), column.evidence_edges.end());
  std::erase_if(knots, [&column](double edge) { return !(edge < column.maximum); });
  knots.push_back(column.maximum);
  std::sort(knots.begin(), knots.end());
  knots.erase(std::unique(knots.begin(), knots.end()), knots.end());
  return knots;
}

bool derive_numeric(ColumnProfile& column) {
  const bool has_values = !column.shown_edges.empty() || !column.evidence_edges.empty();
  column.knots = has_values ? knots_of(column) : std::vector<double>{};
  if (column.knots.size() > kMaxBins) return false;
  column.shown_bin = bins_over(column, column.shown_edges);
  column.evidence_bin = bins_over(column, column.evidence_edges);
  column.shown_bins = column.shown_edges.size() + 1;
  column.evidence_bins = column.evidence_edges.size() + 1;
  return true;
}

// Categories have their bins in order, then come `other` and `new`.
bool derive_categorical(ColumnProfile& column) {
  const std::size_t size = column.categories.size();
  if (size > kMaxBins) return false;
  std::size_t kept = 0;  // counts fall, so the frequent ones come first
  while (kept < std::min(size, kEvidenceCategories) && kFirstBin + kept < column.reference.size() &&
         column.reference[kFirstBin + kept].count >= kLeastExpected) {
    ++kept;
  }
  column.shown_bin.assign(column.cells(), kNoBin);
  column.evidence_bin.assign(column.cells(), kNoBin);
  for (std::size_t i = 0; i < size; ++i) {
    column.shown_bin[kFirstBin + i] = static_cast<std::uint8_t>(i);
    column.evidence_bin[kFirstBin + i] = static_cast<std::uint8_t>(std::min(i, kept));
  }
  column.shown_bin[kOtherCell] = static_cast<std::uint8_t>(size);
  column.shown_bin[kNewCell] = static_cast<std::uint8_t>(size + 1);
  column.evidence_bin[kOtherCell] = static_cast<std::uint8_t>(kept);
  column.shown_bins = size + 2;
  column.evidence_bins = kept + 1;
  return true;
}

std::int64_t sum_where(const ColumnProfile& column, bool missing) {
  std::int64_t sum = 0;
  for (std::size_t cell = 0; cell < column.reference.size(); ++cell) {
    if (column.is_missing(cell) == missing) sum += column.reference[cell].count;
  }
  return sum;
}

}  // namespace

std::string_view name_of(ColumnType type) { return kTypes[static_cast<std::size_t>(type)]; }
std::string_view name_of(Role role) { return kRoles[static_cast<std::size_t>(role)]; }
std::optional<ColumnType> column_type_of(std::string_view name) {
  return find_name<ColumnType>(kTypes, name);
}
std::optional<Role> role_of(std::string_view name) { return find_name<Role>(kRoles, name); }

std::string embedding_category(std::uint32_t length) { return std::to_string(length) + " numbers"; }

bool is_reserved_column(std::string_view name) {
  const auto role = role_of(name);
  const bool a_name = role && *role != Role::feature && *role != Role::derived;
  return a_name || name.starts_with(derived::kNamePrefix);
}

bool ColumnProfile::derive() {
  return type == ColumnType::numeric ? derive_numeric(*this) : derive_categorical(*this);
}

double ColumnProfile::outer_range() const {
  const double range = maximum - minimum;
  if (range > 0) return std::min(range, std::numeric_limits<double>::max());
  return maximum != 0 ? std::abs(maximum) : 1;
}

std::int64_t ColumnProfile::present() const { return sum_where(*this, false); }
std::int64_t ColumnProfile::missing() const { return sum_where(*this, true); }

std::vector<const ColumnProfile*> Profile::side(Side wanted) const {
  std::vector<const ColumnProfile*> found;
  for (const ColumnProfile& column : columns) {
    if (side_of(column.role) == wanted) found.push_back(&column);
  }
  return found;
}

const ColumnProfile* Profile::find(Role role) const {
  for (const ColumnProfile& column : columns) {
    if (column.role == role) return &column;
  }
  return nullptr;
}

const ColumnProfile* Profile::find(std::string_view name) const {
  for (const ColumnProfile& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

}  // namespace driftd::detectors
