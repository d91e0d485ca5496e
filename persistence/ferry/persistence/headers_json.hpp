// Headers as text in a row: a JSON object of texts, readable with any tool.
//
// JSON holds UTF-8 only, headers hold any bytes. A byte that is not part of
// UTF-8 text is written as U+0010 (data link escape) and its two hex digits, and
// so is U+0010 itself. Ordinary text stays as it is.

#pragma once

#include "ferry/message.hpp"
#include "ferry/result.hpp"

#include <string>
#include <string_view>

namespace ferry::persistence {

[[nodiscard]] std::string to_json(const header_map& headers);

/// Reads what `to_json` wrote.
/// Errors   errc::journal_failed for a text that is no JSON object of texts
[[nodiscard]] result<header_map> headers_from_json(std::string_view text);

} // namespace ferry::persistence
