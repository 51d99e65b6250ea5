#include "app/gzip_lines.h"

#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace driftd::app {

Status each_line(const std::string& path, const std::function<Status(std::string_view)>& take) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) return Error{ErrorCode::not_found, path + ": " + std::strerror(errno)};
  std::string rest;
  std::array<char, 65536> buffer{};
  int count = 0;
  while ((count = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
    std::string_view chunk(buffer.data(), static_cast<std::size_t>(count));
    for (std::size_t end = 0; (end = chunk.find('\n')) != std::string_view::npos;
         chunk.remove_prefix(end + 1)) {
      rest.append(chunk.substr(0, end));
      if (auto status = take(rest); !status) return status;
      rest.clear();
    }
    rest.append(chunk);
  }
  if (count < 0) {
    int code = Z_OK;
    return Error{ErrorCode::io, path + ": " + gzerror(file.get(), &code)};
  }
  return rest.empty() ? success() : take(rest);
}

}  // namespace driftd::app
