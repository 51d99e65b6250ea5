#include <algorithm>
#include <set>

#include "app/config/fields.h"
#include "app/http/password_hash.h"

namespace driftd::app {
namespace {

const Fields<HttpTlsConfig>& fields_of_tls() {
  static const Fields<HttpTlsConfig> table =
      Fields<HttpTlsConfig>()
          .text("cert_file", &HttpTlsConfig::cert_file,
                "certificate in PEM, followed by those between it and its root; read anew at each reload")
          .required()
          .text("key_file", &HttpTlsConfig::key_file, "its key in PEM, without a passphrase")
          .required()
          .text("client_ca_file", &HttpTlsConfig::client_ca_file,
                "authorities of the certificates that clients must show; they are credentials then")
          .shown_default("clients need none");
  return table;
}

bool is_visible(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

// Hash by user.
FieldType<std::map<std::string, Secret>> users_type() {
  using Users = std::map<std::string, Secret>;
  FieldType<Users> type;
  type.name = "map of hash";
  type.secret = true;
  type.read = [](const Node& node, Users& out, const std::string& path, Faults& faults) {
    if (!expect_map(node, path, faults)) return;
    for (const Node::Entry& entry : node.entries) {
      const std::string key = join_path(path, entry.key);
      Secret hash;
      secret_type().read(entry.value, hash, key, faults);
      if (entry.value.kind != Node::Kind::scalar) continue;
      if (entry.key.empty() || entry.key.find(':') != std::string::npos) {
        add_fault(faults, entry.value, key, "a user's name is not empty and holds no colon");
      } else if (const auto fault = password_hash_fault(hash.reveal())) {
        add_fault(faults, entry.value, key, *fault);
      } else {
        out[entry.key] = std::move(hash);
      }
    }
  };
  type.show = [](const Users& users) {
    if (users.empty()) return Node{};
    Node node = Node::map();
    for (const auto& [user, hash] : users) node.set(user, secret_type().show(hash));
    return node;
  };
  return type;
}

// An empty one (its variable is not set) would leave the door open that was meant to be shut.
FieldType<std::vector<Secret>> tokens_type() {
  FieldType<std::vector<Secret>> type = one_or_list_of(secret_type());
  type.read = [read = type.read](const Node& node, std::vector<Secret>& out, const std::string& path,
                                 Faults& faults) {
    std::vector<Secret> tokens;
    read(node, tokens, path, faults);
    const auto is_usable = [](const Secret& token) { return !token.empty() && is_visible(token.reveal()); };
    if (!std::ranges::all_of(tokens, is_usable))
      return add_fault(faults, node, path, "must not be empty, nor hold spaces or control characters");
    out = std::move(tokens);
  };
  return type;
}

}  // namespace

const Fields<HttpConfig>& fields_of_http() {
  static const Fields<HttpConfig> table =
      Fields<HttpConfig>()
          .add("listen", &HttpConfig::listen, listen_type(),
               "address and port; without credentials, POST and DELETE are answered to this machine only")
          .add("tls", &HttpConfig::tls, object_of(fields_of_tls()), "HTTPS instead of HTTP, TLS 1.2 or newer")
          .add("basic_auth", &HttpConfig::basic_auth, users_type(),
               "users with the hash of their password: bcrypt (as Prometheus' `basic_auth_users`), SHA-crypt "
               "or "
               "yescrypt")
          .shown_default("no user")
          .add("bearer_token", &HttpConfig::bearer_tokens, tokens_type(),
               "a token that lets in; a list while it is being changed")
          .shown_default("none")
          .integer("max_connections", &HttpConfig::max_connections, {1, 65536}, "connections",
                   "at a time; beyond, the one that has waited longest for its client is closed; read at the "
                   "start")
          .size("max_memory", &HttpConfig::max_memory, {1024 * 1024, std::int64_t{1} << 36},
                "of bodies of requests and of answers that are not read yet, of all connections together; "
                "beyond, those that have waited longest for their client are closed; read at the start");
  return table;
}

const Fields<ServiceConfig>& fields_of_service() {
  static const Fields<ServiceConfig> table =
      Fields<ServiceConfig>()
          .duration("stalled_after", &ServiceConfig::stalled_after, {kSecond, kDay},
                    "without a turn of the loop: then /-/healthy is 503, and the log says so; wall time")
          .duration("stop_within", &ServiceConfig::stop_within, {kSecond, kHour},
                    "from SIGTERM to the end, which is forced then; wall time");
  return table;
}

}  // namespace driftd::app
