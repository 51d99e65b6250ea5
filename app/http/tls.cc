#include "app/http/tls.h"

#include <openssl/ssl.h>

#include <filesystem>
#include <system_error>

namespace driftd::app {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using Context = std::shared_ptr<ssl::context>;

Error unusable(const std::string& what, const std::string& file, const error_code& code) {
  // OpenSSL has no words for what the system says.
  std::error_code missing;
  const bool there = std::filesystem::exists(file, missing);
  const std::string why = there ? code.message() : missing ? missing.message() : "No such file or directory";
  return {ErrorCode::invalid, what + " " + file + " cannot be used: " + why};
}

// A key with a passphrase would otherwise be asked for on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

void set_limits(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");  // of 1.2; those of 1.3 are all sound
  SSL_CTX_set_options(context,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_default_passwd_cb(context, &no_passphrase);
  constexpr unsigned char kName[] = "driftd";
  SSL_CTX_set_session_id_context(context, kName, sizeof kName - 1);
}

}  // namespace

Result<Context> server_tls(const HttpTlsConfig& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  set_limits(context->native_handle());
  error_code code;
  context->use_certificate_chain_file(files.cert_file, code);
  if (code) return unusable("the certificate", files.cert_file, code);
  context->use_private_key_file(files.key_file, ssl::context::pem, code);
  if (code) return unusable("the key", files.key_file, code);
  if (SSL_CTX_check_private_key(context->native_handle()) != 1)
    return Error{ErrorCode::invalid, "the key " + files.key_file + " is not that of the certificate"};
  if (files.client_ca_file.empty()) return context;
  context->load_verify_file(files.client_ca_file, code);
  if (code) return unusable("the authorities", files.client_ca_file, code);
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, code);
  return context;
}

Result<Context> client_tls(const std::string& ca_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  error_code code;
  if (ca_file.empty()) {
    context->set_default_verify_paths(code);
  } else {
    context->load_verify_file(ca_file, code);
  }
  if (code) return unusable("the authorities", ca_file.empty() ? "of the system" : ca_file, code);
  context->set_verify_mode(ssl::verify_peer, code);
  return context;
}

}  // namespace driftd::app
