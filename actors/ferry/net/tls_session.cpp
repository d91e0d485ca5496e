#include "ferry/net/tls_session.hpp"

#include "ferry/link/printable.hpp"
#include "ferry/net/tls_failure.hpp"

#include <openssl/err.h>

#include <cerrno>
#include <utility>

namespace ferry::net {

namespace {

// TLS 1.2's with forward secrecy; those of 1.3 all have it.
constexpr auto ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

// One read of the socket takes several small records.
constexpr auto read_buffer_bytes = std::size_t{64} * 1024;

void restrict(SSL_CTX& context) {
  SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(&context, ciphers);
  SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET
                                  | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(&context, 0);
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
}

void fit_to_sockets(SSL_CTX& context) {
  SSL_CTX_set_mode(&context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                               | SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_read_ahead(&context, 1);
  SSL_CTX_set_default_read_buffer_len(&context, read_buffer_bytes);
}

/// Of steps before, which would be taken for those of the next one.
void forget_errors() {
  ERR_clear_error();
  errno = 0;
}

bool use(SSL_CTX& context, const tls_files& files) {
  return SSL_CTX_use_certificate_chain_file(&context, files.certificate.c_str()) == 1
         && SSL_CTX_use_PrivateKey_file(&context, files.key.c_str(), SSL_FILETYPE_PEM) == 1
         && SSL_CTX_load_verify_file(&context, files.authority.c_str()) == 1;
}

} // namespace

// -- context ------------------------------------------------------------------

tls_context::tls_context(tls_context_handle context, tls_role role)
  : context_(std::move(context)),
    role_(role) {
}

result<tls_context> tls_context::load(const tls_files& files, tls_role role) {
  if (auto checked = check(files); !checked)
    return checked.why();
  auto context = tls_context_handle{SSL_CTX_new(TLS_method())};
  restrict(*context);
  fit_to_sockets(*context);
  if (!use(*context, files)) {
    auto why = last_openssl_error();
    return file_error("certificate", files.certificate,
                      "cannot be used (" + why + "); issue it with a key of today's size");
  }
  return tls_context{std::move(context), role};
}

// -- session ------------------------------------------------------------------

tls_session::tls_session(const tls_context& context, int socket, std::string expected_name)
  : session_(SSL_new(&context.native())),
    role_(context.role()),
    expected_name_(std::move(expected_name)) {
  SSL_set_fd(session_.get(), socket);
  SSL_set_app_data(session_.get(), this);
  SSL_set_verify(session_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, judge);
  if (role_ == tls_role::server)
    SSL_set_accept_state(session_.get());
  else
    SSL_set_connect_state(session_.get());
}

tls_step tls_session::handshake() {
  forget_errors();
  return judge_step(SSL_do_handshake(session_.get()));
}

tls_step tls_session::read(std::span<std::byte> into) {
  auto bytes = std::size_t{0};
  forget_errors();
  auto step = judge_step(SSL_read_ex(session_.get(), into.data(), into.size(), &bytes));
  step.bytes = bytes;
  return step;
}

tls_step tls_session::write(std::span<const std::byte> bytes) {
  auto written = std::size_t{0};
  forget_errors();
  auto step = judge_step(SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &written));
  step.bytes = written;
  return step;
}

tls_step tls_session::close_writing() {
  forget_errors();
  auto returned = SSL_shutdown(session_.get());
  if (returned >= 0)
    return {}; // 0: sent, and the peer has not said the same yet
  return judge_step(returned);
}

certificate_names tls_session::peer() const {
  auto* certificate = SSL_get0_peer_certificate(session_.get());
  return certificate ? names_of(*certificate) : certificate_names{};
}

tls_step tls_session::judge_step(int returned) {
  auto system_error = errno;
  switch (auto kind = SSL_get_error(session_.get(), returned)) {
  case SSL_ERROR_NONE: return {tls_outcome::done};
  case SSL_ERROR_WANT_READ: return {tls_outcome::wants_read};
  case SSL_ERROR_WANT_WRITE: return {tls_outcome::wants_write};
  case SSL_ERROR_ZERO_RETURN: failure_ = lost_connection(0); return {tls_outcome::closed};
  default:
    failure_ = !verdict_.empty()           ? error{errc::not_trusted, verdict_}
               : kind == SSL_ERROR_SYSCALL ? lost_connection(system_error)
                                           : tls_failure();
    ERR_clear_error();
    return {tls_outcome::failed};
  }
}

// -- trust --------------------------------------------------------------------

int tls_session::judge(int verified, X509_STORE_CTX* chain) {
  auto* session =
    static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* self = static_cast<tls_session*>(SSL_get_app_data(session));
  return self->accepts(*chain, verified == 1) ? 1 : 0;
}

bool tls_session::accepts(X509_STORE_CTX& chain, bool verified) {
  auto names = names_of(*X509_STORE_CTX_get0_cert(&chain)); // the peer's own
  if (!verified) {
    verdict_ = describe_refused_certificate(names, X509_STORE_CTX_get_error(&chain));
    return false;
  }
  if (X509_STORE_CTX_get_error_depth(&chain) > 0)
    return true; // an authority; only the peer itself has to have a name
  if (names.common_name.empty())
    verdict_ = "showed a certificate without a common name; issue it with one, by which others "
               "know the node";
  else if (!expected_name_.empty() && !carries(names, expected_name_))
    verdict_ = "is \"" + printable_name(names.common_name) + "\" by its certificate, not \""
               + expected_name_ + "\"; call another address, or expect that name";
  if (!verdict_.empty())
    X509_STORE_CTX_set_error(&chain, X509_V_ERR_APPLICATION_VERIFICATION);
  return verdict_.empty();
}

} // namespace ferry::net
