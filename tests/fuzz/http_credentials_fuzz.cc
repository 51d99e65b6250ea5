// Credentials from outside: Authorization headers, answers with tokens, files of secrets, keys of signatures,
// hashes of passwords. Nothing that is taken begins another header, and no fault repeats a secret.
// An input is its kind, then the text.
#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "alerts/http_credentials.h"
#include "alerts/signature.h"
#include "app/http/credentials.h"
#include "app/http/password_hash.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using driftd::fuzz::require;

bool printable(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
}

// Whether eight bytes of the text are quoted.
bool quotes(std::string_view message, std::string_view text) {
  for (std::size_t at = 0; at + 8 <= text.size(); ++at)
    if (message.find(text.substr(at, 8)) != std::string_view::npos) return true;
  return false;
}

void check_header(std::string_view text) {
  const app::Authorization given = app::parse_authorization(text);
  require(!given.basic || !given.bearer, "a header is one of the two");
  if (given.basic && given.basic->user.find(':') == std::string::npos) {
    const auto again = app::parse_authorization(app::basic_authorization(*given.basic));
    if (app::basic_authorization(*given.basic).size() > 4096) return;
    require(again.basic && again.basic->user == given.basic->user &&
                again.basic->password == given.basic->password,
            "user and password read back");
  }
}

void check_file(std::string_view text) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("driftd-fuzz-secret-" + std::to_string(getpid()))).string();
  std::ofstream(path, std::ios::binary) << text;
  const auto secret = alerts::read_secret_file(path);
  alerts::HttpAccess access;
  access.authorization = {"Bearer", {}, path};
  const auto header = alerts::authorization_header(access);
  std::filesystem::remove(path);
  require(secret.ok() == header.ok(), "a secret that is read can be sent");
  if (header.ok()) require(printable(**header), "a secret is one line");
  if (secret.ok()) require(text.find(*secret) != std::string_view::npos, "a secret stands in its file");
  if (!secret.ok()) require(!quotes(secret.error().message.substr(path.size()), text), "no fault repeats it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  switch (driftd::fuzz::choose(bytes, 5)) {
    case 0:
      check_header(bytes);
      break;
    case 1:
      if (const auto token = alerts::read_token(bytes); token.ok()) {
        require(!token->text.empty() && printable(token->text), "a token can stand in a header");
        require(!token->lifetime || (*token->lifetime >= 0 && *token->lifetime <= 1'000'000 * kSecond),
                "a lifetime is bounded");
      } else {
        require(!token.error().message.empty(), "a refusal says why");
      }
      break;
    case 2:
      check_file(bytes);
      break;
    case 3:
      if (const auto key = alerts::key_of(Secret(std::string(bytes))); key.ok())
        require(key->size() >= 24 && key->size() <= 64, "a key has 24 to 64 bytes");
      else
        require(bytes.starts_with("whsec_") || !quotes(key.error().message, bytes), "no fault repeats a key");
      break;
    default:
      if (const auto fault = app::password_hash_fault(std::string(bytes)))
        require(!quotes(*fault, bytes) || bytes.size() < 24, "no fault repeats a hash");
  }
  return 0;
}
