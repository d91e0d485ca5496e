// What is read out of certificates and their files.

#pragma once

#include "ferry/net/openssl_handles.hpp"
#include "ferry/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ferry::net {

/// Whom a certificate names.
struct certificate_names {
  std::string common_name;            // empty: none, more than one, or not plain text
  std::vector<std::string> dns_names; // of the subject's alternative names
};

[[nodiscard]] certificate_names names_of(const X509& certificate);

/// Whether `name` is the common name or one of the alternative names, as it is written.
[[nodiscard]] bool carries(const certificate_names& names, std::string_view name);

/// Every certificate of a file in PEM form, at least one.
/// Errors  errc::not_trusted, about "`role` file `path`"
[[nodiscard]] result<std::vector<certificate_handle>> read_certificates(const std::string& role,
                                                                        const std::string& path);

/// The private key of a file in PEM form.
/// Errors  errc::not_trusted
[[nodiscard]] result<key_handle> read_key(const std::string& path);

/// An error about a file: which, what is wrong with it, and what to do.
[[nodiscard]] error file_error(const std::string& role, const std::string& path,
                               const std::string& problem);

} // namespace ferry::net
