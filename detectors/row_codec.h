// Rows of one slot as compact bytes, in a canonical order, so that the same rows have the same bytes
// however they were brought together. Behind the Learner's door. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "detectors/rows.h"

namespace driftd::detectors {

// Names sorted; rows by (time, id, hash, bytes).
std::string encode_rows(const RowTable& table);

using RowVisit = std::function<void(const std::vector<std::string>& names, const RawRow& row)>;
// Fails (`corrupt`) at bytes that encode_rows() does not write; rows before the fault were visited.
Status decode_rows(std::string_view bytes, const RowVisit& visit);

// How many rows the bytes say there are; 0 where they are none of ours.
std::size_t encoded_row_count(std::string_view bytes);

}  // namespace driftd::detectors
