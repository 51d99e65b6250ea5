#include "storage/file_list.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/codec.h"
#include "core/hash.h"

namespace driftd::storage {
namespace {

constexpr std::string_view kKind = "files";
constexpr std::uint64_t kVersion = 1;

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// What has been read of it is there after a power failure too.
bool keep(const std::string& name) {
  const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool kept = fsync(file) == 0;
  close(file);
  return kept;
}

}  // namespace

FileList file_list(const std::string& path) {
  FileList list;
  std::ifstream current(path + "/CURRENT");
  std::getline(current, list.name);
  std::error_code error;
  const auto size = std::filesystem::file_size(std::filesystem::path(path) / list.name, error);
  if (!error) list.size = size;
  return list;
}

void note_file_list(const std::string& path) {
  const FileList list = file_list(path);
  const std::string bytes = read_file(path + "/" + list.name);
  if (!keep(path + "/" + list.name)) return;
  Encoder out;
  out.put_text(list.name);
  out.put_u64(bytes.size());
  out.put_u64(hash64(bytes));
  const std::string fresh = path + "/FILES.new";
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << seal(kKind, kVersion, out.bytes());
    if (!file.flush()) return;
  }
  std::error_code ignored;
  std::filesystem::rename(fresh, path + "/FILES", ignored);
}

Status check_file_list(const std::string& path) {
  const std::string note = read_file(path + "/FILES");
  const auto record = unseal(kKind, kVersion, note);
  if (!record) return success();
  Decoder in(record->payload);
  const std::string name(in.get_text());
  const std::uint64_t size = in.get_u64();
  const std::uint64_t checksum = in.get_u64();
  if (!in.ok() || file_list(path).name != name) return success();
  const std::string bytes = read_file(path + "/" + name);
  if (bytes.size() >= size && hash64(std::string_view(bytes).substr(0, size)) == checksum) return success();
  return Error{ErrorCode::corrupt,
               "the list of files " + path + "/" + name + " is damaged: its first " + std::to_string(size) +
                   " bytes are not what they were, or there are fewer; `driftd doctor --store " + path +
                   "` says what is lost and mends it; or restore a backup"};
}

}  // namespace driftd::storage
