#include "alerts/http_access.h"

#include "alerts/http_token.h"
#include "alerts/url.h"

namespace driftd::alerts {

namespace {

// One of a value and the file that holds it.
void check_secret(const Secret& value, const std::string& file, const std::string& key, const Node& node,
                  const std::string& path, Faults& faults) {
  const std::string file_key = key + "_file";
  const bool given = node.find(key) != nullptr, filed = node.find(file_key) != nullptr;
  if (given && filed)
    add_fault(faults, node, join_path(path, file_key), "stands instead of `" + key + "`, not beside it");
  else if (value.empty() && file.empty())
    add_fault(faults, node, join_path(path, given ? key : file_key), "is required, or `" + key + "`");
}

}  // namespace

const Fields<AuthorizationConfig>& fields_of_authorization() {
  using A = AuthorizationConfig;
  static const Fields<A> table =
      Fields<A>()
          .text("type", &A::type, "the scheme: Bearer, Token, ...")
          .secret("credentials", &A::credentials, "what follows the scheme")
          .text("credentials_file", &A::credentials_file, "a file that holds it, read anew at each attempt")
          .check([](const A& value, const Node& node, const std::string& path, Faults& faults) {
            if (!is_http_token(value.type))
              add_fault(faults, node, join_path(path, "type"), "is no name of an authentication scheme");
            else if (value.type == "Basic" || value.type == "basic")
              add_fault(faults, node, join_path(path, "type"), "for Basic there is `basic_auth`");
            check_secret(value.credentials, value.credentials_file, "credentials", node, path, faults);
          });
  return table;
}

const Fields<BasicAuthConfig>& fields_of_basic_auth() {
  using B = BasicAuthConfig;
  static const Fields<B> table =
      Fields<B>()
          .text("username", &B::username, "who calls")
          .required()
          .secret("password", &B::password, "the password, or an API token")
          .text("password_file", &B::password_file, "a file that holds it, read anew at each attempt")
          .check([](const B& value, const Node& node, const std::string& path, Faults& faults) {
            if (value.username.find(':') != std::string::npos)
              add_fault(faults, node, join_path(path, "username"), "may hold no colon");
            check_secret(value.password, value.password_file, "password", node, path, faults);
          });
  return table;
}

const Fields<OAuth2Config>& fields_of_oauth2() {
  using O = OAuth2Config;
  static const Fields<O> table =
      Fields<O>()
          .text("client_id", &O::client_id, "who calls")
          .required()
          .secret("client_secret", &O::client_secret, "its secret")
          .text("client_secret_file", &O::client_secret_file,
                "a file that holds it, read anew at each attempt")
          .list("scopes", &O::scopes, text_type(), "what is asked for")
          .text("token_url", &O::token_url, "where a token is fetched; http or https")
          .required()
          .map("endpoint_params", &O::endpoint_params, text_type(), "further fields of that request")
          .check([](const O& value, const Node& node, const std::string& path, Faults& faults) {
            check_secret(value.client_secret, value.client_secret_file, "client_secret", node, path, faults);
            if (value.token_url.empty()) return;
            if (const auto url = parse_url(value.token_url); !url)
              add_fault(faults, node, join_path(path, "token_url"), url.error().message);
          });
  return table;
}

const Fields<TlsFiles>& fields_of_tls_files() {
  using T = TlsFiles;
  static const Fields<T> table =
      Fields<T>()
          .text("ca_file", &T::ca_file, "authorities in PEM, instead of the system's")
          .text("cert_file", &T::cert_file, "the client's certificate in PEM")
          .text("key_file", &T::key_file, "its key in PEM")
          .text("server_name", &T::server_name, "the name that the receiver's certificate is for")
          .shown_default("the URL's host")
          .check([](const T& value, const Node& node, const std::string& path, Faults& faults) {
            if (value.cert_file.empty() != value.key_file.empty())
              add_fault(faults, node, join_path(path, value.key_file.empty() ? "key_file" : "cert_file"),
                        "is required beside the other");
          });
  return table;
}

void check_access(const HttpAccess& access, const Node& node, const std::string& path, Faults& faults) {
  std::string first;
  for (const char* key : {"authorization", "basic_auth", "oauth2"}) {
    const Node* given = node.find(key);
    if (given == nullptr) continue;
    if (first.empty())
      first = key;
    else
      add_fault(faults, *given, join_path(path, key), "stands instead of `" + first + "`, not beside it");
  }
  if (access.proxy_url.empty()) return;
  const auto url = parse_url(access.proxy_url);
  const Node* given = node.find("proxy_url");
  const Node& at = given == nullptr ? node : *given;
  if (!url)
    add_fault(faults, at, join_path(path, "proxy_url"), url.error().message);
  else if (url->tls)
    add_fault(faults, at, join_path(path, "proxy_url"), "a proxy is spoken to over http");
}

}  // namespace driftd::alerts
