// The engine's list of its files (MANIFEST): it grows when one comes or goes, and the engine takes a shorter
// one for an older state, whose later files it then does away with. How long it has been is therefore noted
// beside it, in the file FILES, after every change; a list that is shorter has lost its end.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"

namespace driftd::storage {

struct FileList {
  std::string name;        // empty: there is none
  std::uint64_t size = 0;  // bytes
  friend bool operator==(const FileList&, const FileList&) = default;
};
FileList file_list(const std::string& path);

// Never more than there is; a note that cannot be written is one that says less. Any thread, one at a time.
void note_file_list(const std::string& path);
// `corrupt` where the list does not begin with what was noted. A store without a note passes.
Status check_file_list(const std::string& path);

}  // namespace driftd::storage
