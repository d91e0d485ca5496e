#include "ferry/persistence/headers_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

namespace ferry::persistence {

namespace {

constexpr auto escape = '\x10';

constexpr unsigned char byte_at(std::string_view text, std::size_t place) {
  return static_cast<unsigned char>(text[place]);
}

// One shape of a UTF-8 sequence: what the lead and the second byte may be.
struct utf8_shape {
  unsigned char lead_first, lead_last, second_first, second_last;
  std::size_t length;
};

// Overlong forms, surrogates and everything above U+10FFFF fit no line.
constexpr auto utf8_shapes = std::array{
  utf8_shape{0xc2, 0xdf, 0x80, 0xbf, 2}, utf8_shape{0xe0, 0xe0, 0xa0, 0xbf, 3},
  utf8_shape{0xe1, 0xec, 0x80, 0xbf, 3}, utf8_shape{0xed, 0xed, 0x80, 0x9f, 3},
  utf8_shape{0xee, 0xef, 0x80, 0xbf, 3}, utf8_shape{0xf0, 0xf0, 0x90, 0xbf, 4},
  utf8_shape{0xf1, 0xf3, 0x80, 0xbf, 4}, utf8_shape{0xf4, 0xf4, 0x80, 0x8f, 4},
};

constexpr bool fits(std::string_view text, const utf8_shape& shape) {
  auto between = [&](std::size_t place, unsigned char first, unsigned char last) {
    return byte_at(text, place) >= first && byte_at(text, place) <= last;
  };
  if (text.size() < shape.length || !between(0, shape.lead_first, shape.lead_last)
      || !between(1, shape.second_first, shape.second_last))
    return false;
  for (auto place = std::size_t{2}; place < shape.length; ++place)
    if (!between(place, 0x80, 0xbf))
      return false;
  return true;
}

// The bytes of the character at the front of `text`; 0 when it is not UTF-8.
std::size_t character_length(std::string_view text) {
  if (byte_at(text, 0) < 0x80)
    return 1;
  for (const auto& shape : utf8_shapes)
    if (fits(text, shape))
      return shape.length;
  return 0;
}

void append_escaped(std::string& out, unsigned char byte) {
  constexpr auto digits = std::string_view{"0123456789abcdef"};
  out += escape;
  out += digits[byte >> 4];
  out += digits[byte & 0xf];
}

std::string escaped(std::string_view text) {
  auto out = std::string{};
  out.reserve(text.size());
  while (!text.empty()) {
    auto length = text[0] == escape ? 0 : character_length(text);
    if (length == 0)
      append_escaped(out, byte_at(text, 0));
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::optional<char> escaped_byte(std::string_view digits) {
  auto byte = 0U;
  auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
  if (failure != std::errc{} || digits.size() != 2 || end != digits.data() + 2)
    return std::nullopt;
  return static_cast<char>(byte);
}

std::optional<std::string> unescaped(std::string_view text) {
  auto out = std::string{};
  out.reserve(text.size());
  for (auto place = std::size_t{0}; place < text.size(); ++place) {
    if (text[place] != escape) {
      out += text[place];
      continue;
    }
    auto byte = escaped_byte(text.substr(place + 1, 2));
    if (!byte)
      return std::nullopt;
    out += *byte;
    place += 2;
  }
  return out;
}

error unreadable(std::string_view text) {
  return {errc::journal_failed,
          "stored headers are not a JSON object of texts: " + std::string{text.substr(0, 200)}
            + "; the row was changed by hand or is damaged"};
}

} // namespace

std::string to_json(const header_map& headers) {
  auto object = nlohmann::json::object();
  for (const auto& [name, text] : headers)
    object[escaped(name)] = escaped(text);
  return object.dump();
}

result<header_map> headers_from_json(std::string_view text) {
  auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object())
    return unreadable(text);
  auto headers = header_map{};
  for (const auto& [name, value] : object.items()) {
    auto plain_name = unescaped(name);
    auto plain_text =
      value.is_string() ? unescaped(value.get_ref<const std::string&>()) : std::nullopt;
    if (!plain_name || !plain_text)
      return unreadable(text);
    headers.emplace(std::move(*plain_name), std::move(*plain_text));
  }
  return headers;
}

} // namespace ferry::persistence
