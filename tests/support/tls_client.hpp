// Ends of TLS that do what neither a gate nor its caller would: show no certificate or
// a bad one, speak an old version, or stop in the middle.

#pragma once

#include "ferry/net/tls_files.hpp"

#include "support/sockets.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>

namespace ferry::testing {

/// How the client behaves.
struct client_manners {
  net::tls_files files = {};       // without a certificate's path: it shows none
  int newest_version = 0;          // of TLS, as OpenSSL numbers it; 0: any
  std::string ciphers = "DEFAULT"; // of TLS 1.2
};

/// Trusts everybody. Works in memory, so each byte is sent by the test's will.
class tls_stranger {
public:
  /// Goes on with the handshake after `bytes` came; what is to be sent next.
  [[nodiscard]] std::string answer(const std::string& bytes) {
    BIO_write(SSL_get_rbio(session_.get()), bytes.data(), static_cast<int>(bytes.size()));
    SSL_do_handshake(session_.get());
    return outgoing();
  }

  /// Shakes hands through `socket` as far as it goes, then reads to the end of the
  /// connection.
  void shake_hands(int socket) {
    write_all(socket, answer({}));
    for (auto bytes = read_some(socket); !bytes.empty(); bytes = read_some(socket))
      write_all(socket, answer(bytes));
    ERR_clear_error();
  }

  [[nodiscard]] bool has_finished() const {
    return SSL_is_init_finished(session_.get()) == 1;
  }

  [[nodiscard]] std::string version() const {
    return SSL_get_version(session_.get());
  }

protected:
  tls_stranger(const SSL_METHOD* method, const client_manners& manners)
    : context_(SSL_CTX_new(method), SSL_CTX_free) {
    SSL_CTX_set_max_proto_version(context_.get(), manners.newest_version);
    SSL_CTX_set_cipher_list(context_.get(), manners.ciphers.c_str());
    if (!manners.files.certificate.empty()) {
      SSL_CTX_use_certificate_chain_file(context_.get(), manners.files.certificate.c_str());
      SSL_CTX_use_PrivateKey_file(context_.get(), manners.files.key.c_str(), SSL_FILETYPE_PEM);
    }
    session_ = {SSL_new(context_.get()), SSL_free};
    SSL_set_bio(session_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  }

  [[nodiscard]] SSL* session() const {
    return session_.get();
  }

private:
  [[nodiscard]] std::string outgoing() {
    auto* bytes = static_cast<char*>(nullptr);
    auto size = BIO_get_mem_data(SSL_get_wbio(session_.get()), &bytes);
    auto text = std::string{bytes, static_cast<std::size_t>(size)};
    (void)BIO_reset(SSL_get_wbio(session_.get()));
    return text;
  }

  std::shared_ptr<SSL_CTX> context_;
  std::shared_ptr<SSL> session_;
};

class tls_client : public tls_stranger {
public:
  explicit tls_client(const client_manners& manners = {})
    : tls_stranger(TLS_client_method(), manners) {
    SSL_set_connect_state(session());
  }

  /// The first message.
  [[nodiscard]] std::string hello() {
    return answer({});
  }
};

class tls_server : public tls_stranger {
public:
  explicit tls_server(const net::tls_files& files) : tls_stranger(TLS_server_method(), {files}) {
    SSL_set_accept_state(session());
  }
};

} // namespace ferry::testing
