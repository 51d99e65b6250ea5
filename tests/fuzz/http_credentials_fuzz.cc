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

// Whether eight bytes of the text are quoted that do not stand in what is said of other texts too.
bool quotes(std::string_view message, std::string_view text, std::string_view of_others) {
  for (std::size_t at = 0; at + 8 <= text.size(); ++at) {
    const std::string_view part = text.substr(at, 8);
    if (message.find(part) != std::string_view::npos && of_others.find(part) == std::string_view::npos)
      return true;
  }
  return false;
}

// What is said of texts that hold no secret.
template <class Fault>
std::string said_of_others(Fault&& fault_of) {
  std::string said;
  const std::string salt_and_hash(53, '.');
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("a\nb"), std::string("whsec_"), std::string("whsec_="),
        std::string("whsec_AAAA"), "$2y$31$" + salt_and_hash, std::string("$2y$10$"), std::string("$6$"),
        std::string("$6$rounds=1$")})
    said += fault_of(text) + "\n";
  return said;
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

Result<std::string> read_secret(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
  return alerts::read_secret_file(path);
}

void check_file(std::string_view text) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("driftd-fuzz-secret-" + std::to_string(getpid()))).string();
  static const std::string of_others = said_of_others([](const std::string& other) {
    const auto secret = read_secret(path, other);
    return secret.ok() ? "" : secret.error().message;
  });
  const auto secret = read_secret(path, text);
  alerts::HttpAccess access;
  access.authorization = {"Bearer", {}, path};
  const auto header = alerts::authorization_header(access);
  std::filesystem::remove(path);
  require(secret.ok() == header.ok(), "a secret that is read can be sent");
  if (header.ok()) require(printable(**header), "a secret is one line");
  if (secret.ok()) require(text.find(*secret) != std::string_view::npos, "a secret stands in its file");
  if (!secret.ok()) require(!quotes(secret.error().message, text, of_others), "no fault repeats it");
}

void check_key(std::string_view text) {
  static const std::string of_others = said_of_others([](const std::string& other) {
    const auto key = alerts::key_of(Secret(other));
    return key.ok() ? "" : key.error().message;
  });
  const auto key = alerts::key_of(Secret(std::string(text)));
  if (key.ok()) return require(key->size() >= 24 && key->size() <= 64, "a key has 24 to 64 bytes");
  require(!quotes(key.error().message, text, of_others), "no fault repeats a key");
}

void check_hash(std::string_view text) {
  static const std::string of_others =
      said_of_others([](const std::string& other) { return app::password_hash_fault(other).value_or(""); });
  if (const auto fault = app::password_hash_fault(std::string(text)))
    require(!quotes(*fault, text, of_others), "no fault repeats a hash");
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
      check_key(bytes);
      break;
    default:
      check_hash(bytes);
  }
  return 0;
}
