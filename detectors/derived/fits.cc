#include "detectors/derived/fits.h"

#include <vector>

namespace driftd::detectors::derived {
namespace {

// Features that are there, with a rank and a score for each of their cells.
bool has_features(const Definitions& definitions, const std::vector<const ColumnProfile*>& columns) {
  for (const Feature& feature : definitions.features) {
    if (feature.column >= columns.size()) return false;
    const ColumnProfile& column = *columns[feature.column];
    if (column.role != Role::feature || feature.scores.size() != column.cells()) return false;
  }
  return true;
}

bool has_embeddings(const Definitions& definitions, const std::vector<const ColumnProfile*>& columns) {
  for (const Embedding& embedding : definitions.embeddings)
    if (embedding.column >= columns.size() || columns[embedding.column]->length != embedding.length)
      return false;
  return true;
}

}  // namespace

std::string misfit(const Profile& profile) {
  std::vector<const ColumnProfile*> others, made;
  std::vector<std::string> names;
  for (const ColumnProfile* column : profile.side(Side::predictions)) {
    (column->role == Role::derived ? made : others).push_back(column);
    if (column->role != Role::derived) names.push_back(column->name);
  }
  if (!profile.derived) return made.empty() ? "" : "there are derived columns, and nothing says of what";
  if (!has_features(*profile.derived, others) || !has_embeddings(*profile.derived, others))
    return "it does not fit the columns";
  const std::vector<std::string> wanted = names_of(*profile.derived, names);
  if (wanted.size() != made.size()) return std::to_string(wanted.size()) + " derived columns are wanted";
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool is_pattern = profile.derived->missing_pattern && i == profile.derived->pattern_column();
    if (made[i]->name != wanted[i]) return "a derived column has to be called " + wanted[i];
    if (made[i]->type != (is_pattern ? ColumnType::categorical : ColumnType::numeric))
      return wanted[i] + " has the wrong type";
  }
  return "";
}

}  // namespace driftd::detectors::derived
