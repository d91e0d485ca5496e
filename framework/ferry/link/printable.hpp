// Texts that another node wrote, made fit for logs and terminals: nobody forges a line
// or moves a cursor by what he calls himself.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ferry {

inline constexpr auto longest_peer_name = std::size_t{128};
inline constexpr auto longest_peer_text = std::size_t{2048};

/// `text` with every byte that is no printable ASCII as `\x0a`, cut to at most `longest`
/// bytes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t longest = longest_peer_text);

/// The same for what is shown between quotes: quotes and backslashes are written as
/// bytes as well.
[[nodiscard]] std::string printable_name(std::string_view name,
                                         std::size_t longest = longest_peer_name);

} // namespace ferry
