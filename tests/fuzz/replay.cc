// tests_fuzz NAME DIRECTORY: gives one fuzz target every file of a directory, and some inputs that
// trouble most parsers. What goes wrong ends the program: by abort, or by a sanitizer.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/targets.h"

namespace {

std::vector<std::string> troublesome() {
  std::vector<std::string> inputs = {"",        "\n",     "null", "{}",       "[]",   "\"",
                                     "{\"a\":", "1e999",  "-0.0", "\xff\xfe", "0x1p", "9223372036854775808",
                                     "a: b: c", "---\n:", "%",    "\xc3\x28", "{{",   "2026-02-30T25:61:00Z"};
  inputs.emplace_back(10000, '[');
  inputs.emplace_back(1000, '\0');
  inputs.emplace_back(1000, '\xff');
  std::string counted;
  for (int i = 0; i < 1024; ++i) counted.push_back(static_cast<char>(i));
  inputs.push_back(counted);
  return inputs;
}

std::string content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || !fuzz_targets().contains(argv[1])) {
    std::fprintf(stderr, "usage: tests_fuzz NAME DIRECTORY\n");
    return 2;
  }
  const FuzzTarget target = fuzz_targets().at(argv[1]);
  std::vector<std::string> inputs = troublesome();
  const std::filesystem::path corpus = argv[2];
  if (std::filesystem::is_directory(corpus)) {
    for (const auto& entry : std::filesystem::directory_iterator(corpus))
      inputs.push_back(content(entry.path()));
  }
  for (const std::string& input : inputs)
    target(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  std::printf("%zu inputs\n", inputs.size());
  return 0;
}
