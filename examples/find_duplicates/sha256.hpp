// SHA-256, as OpenSSL computes it.

#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace find_duplicates {

using sha256_digest = std::array<std::byte, 32>;

/// Computes one digest, piece by piece.
/// Errors   std::runtime_error with OpenSSL's text
class sha256 {
public:
  sha256();

  void add(std::span<const std::byte> piece);

  /// The digest of all pieces; the object is used up.
  [[nodiscard]] sha256_digest finish();

private:
  struct deleter {
    void operator()(EVP_MD_CTX* context) const noexcept {
      EVP_MD_CTX_free(context);
    }
  };

  std::unique_ptr<EVP_MD_CTX, deleter> context_;
};

/// The digest in lower-case hexadecimal, 64 characters.
[[nodiscard]] std::string to_hex(const sha256_digest& digest);

} // namespace find_duplicates
