#include "ferry/link/printable.hpp"

namespace ferry {

namespace {

constexpr auto digits = std::string_view{"0123456789abcdef"};

std::string as_byte(char c) {
  auto value = static_cast<unsigned char>(c);
  return {'\\', 'x', digits[value >> 4], digits[value & 0xf]};
}

std::string escaped(std::string_view text, std::size_t longest, std::string_view also) {
  auto out = std::string{};
  for (auto c : text) {
    auto is_plain = c >= ' ' && c <= '~' && also.find(c) == std::string_view::npos;
    auto next = is_plain ? std::string{c} : as_byte(c);
    if (out.size() + next.size() > longest)
      break;
    out += next;
  }
  return out;
}

} // namespace

std::string printable(std::string_view text, std::size_t longest) {
  return escaped(text, longest, {});
}

std::string printable_name(std::string_view name, std::size_t longest) {
  return escaped(name, longest, "\"\\");
}

} // namespace ferry
