#include "sha256.hpp"

#include <openssl/err.h>

#include <stdexcept>

namespace find_duplicates {

namespace {

void check(bool succeeded) {
  if (succeeded)
    return;
  auto text = std::array<char, 256>{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  throw std::runtime_error{std::string{"SHA-256: "} + text.data()};
}

} // namespace

sha256::sha256() : context_(EVP_MD_CTX_new()) {
  check(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
}

void sha256::add(std::span<const std::byte> piece) {
  check(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1);
}

sha256_digest sha256::finish() {
  auto digest = sha256_digest{};
  auto bytes = reinterpret_cast<unsigned char*>(digest.data());
  check(EVP_DigestFinal_ex(context_.get(), bytes, nullptr) == 1);
  return digest;
}

std::string to_hex(const sha256_digest& digest) {
  constexpr auto digits = "0123456789abcdef";
  auto text = std::string{};
  for (auto byte : digest) {
    text += digits[std::to_integer<std::size_t>(byte >> 4)];
    text += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return text;
}

} // namespace find_duplicates
