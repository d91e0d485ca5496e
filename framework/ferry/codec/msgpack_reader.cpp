// The reader pulls, value by value, as the type asks for it. msgpack-cxx only
// pushes: each nested type would become a state machine, and each message would
// cost an allocation for the parser's stack. Its packer and this reader are
// held against each other, and against a third implementation, in the tests.
//
//   00..7f integer   80..8f map      90..9f array    a0..bf text    e0..ff integer
//   c0 nil           c1 -            c2 false        c3 true
//   c4 c5 c6 bytes of 8, 16, 32-bit length           c7 c8 c9 extension, likewise
//   ca cb float, double              cc..cf unsigned integer of 8, 16, 32, 64 bits
//   d0..d3 integer, likewise         d4..d8 extension of 1, 2, 4, 8, 16 bytes
//   d9 da db text of 8, 16, 32-bit length            dc dd array, de df map of 16, 32

#include "ferry/codec/msgpack_reader.hpp"

#include "ferry/codec/msgpack_writer.hpp"

#include <array>
#include <bit>
#include <string>

namespace ferry {

// -- formats ------------------------------------------------------------------

// What the first byte says: the kind, how many bytes of number follow it, and
// what has to be added to that number.
struct msgpack_reader::format {
  kind what;
  std::uint8_t width;
  std::uint8_t plus;
};

inline msgpack_reader::format msgpack_reader::format_of(unsigned first_byte) noexcept {
  using enum kind;
  static constexpr auto from_c0 = std::array<format, 32>{{
    {nil, 0, 0},       {invalid, 0, 0},   {boolean, 0, 0},   {boolean, 0, 1},   {bytes, 1, 0},
    {bytes, 2, 0},     {bytes, 4, 0},     {extension, 1, 1}, {extension, 2, 1}, {extension, 4, 1},
    {floating, 4, 0},  {floating, 8, 0},  {positive, 1, 0},  {positive, 2, 0},  {positive, 4, 0},
    {positive, 8, 0},  {negative, 1, 0},  {negative, 2, 0},  {negative, 4, 0},  {negative, 8, 0},
    {extension, 0, 2}, {extension, 0, 3}, {extension, 0, 5}, {extension, 0, 9}, {extension, 0, 17},
    {text, 1, 0},      {text, 2, 0},      {text, 4, 0},      {array, 2, 0},     {array, 4, 0},
    {map, 2, 0},       {map, 4, 0},
  }};
  auto low = [&](unsigned mask) { return static_cast<std::uint8_t>(first_byte & mask); };
  if (first_byte < 0x80)
    return {positive, 0, low(0x7f)};
  if (first_byte < 0x90)
    return {map, 0, low(0x0f)};
  if (first_byte < 0xa0)
    return {array, 0, low(0x0f)};
  if (first_byte < 0xc0)
    return {text, 0, low(0x1f)};
  if (first_byte < 0xe0)
    return from_c0[first_byte - 0xc0];
  return {negative, 0, low(0xff)};
}

namespace {

std::uint64_t sign_extended(std::uint64_t bits, std::size_t width) noexcept {
  auto unused = 64 - 8 * width;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(bits << unused) >> unused);
}

std::uint64_t as_double(std::uint64_t bits, std::size_t width) noexcept {
  if (width == 8)
    return bits;
  auto narrow = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  return std::bit_cast<std::uint64_t>(static_cast<double>(narrow));
}

} // namespace

inline std::span<const std::byte> msgpack_reader::take(std::uint64_t count) noexcept {
  auto taken = rest_.first(static_cast<std::size_t>(count));
  rest_ = rest_.subspan(taken.size());
  return taken;
}

inline std::uint64_t msgpack_reader::take_big_endian(std::size_t width) noexcept {
  auto number = std::uint64_t{0};
  for (auto byte : take(width))
    number = number << 8 | std::to_integer<std::uint64_t>(byte);
  return number;
}

// A value takes at least one byte, a pair of key and value two.
inline msgpack_reader::head msgpack_reader::checked(head found) const noexcept {
  auto is_long = found.what == kind::text || found.what == kind::bytes
                 || found.what == kind::extension || found.what == kind::array;
  auto needed = found.what == kind::map ? 2 * found.bits : is_long ? found.bits : 0;
  return needed <= rest_.size() ? found : head{kind::cut_short, 0};
}

inline msgpack_reader::head msgpack_reader::read_head() noexcept {
  if (rest_.empty())
    return {kind::cut_short, 0};
  auto first_byte = std::to_integer<unsigned>(take(1)[0]);
  auto [what, width, plus] = format_of(first_byte);
  if (width > rest_.size())
    return {kind::cut_short, 0};
  auto bits = take_big_endian(width) + plus;
  if (what == kind::negative) {
    bits = sign_extended(bits, width == 0 ? 1 : width);
    return {static_cast<std::int64_t>(bits) < 0 ? kind::negative : kind::positive, bits};
  }
  if (what == kind::floating)
    return {what, as_double(bits, width)};
  return checked({what, bits});
}

// -- values -------------------------------------------------------------------

bool msgpack_reader::take_nil() noexcept {
  if (rest_.empty() || rest_.front() != std::byte{0xc0})
    return false;
  (void)take(1);
  return true;
}

std::optional<bool> msgpack_reader::read_bool() {
  auto found = read_head();
  if (found.what != kind::boolean)
    return expected("bool", found);
  return found.bits != 0;
}

std::optional<std::int64_t> msgpack_reader::read_integer(std::int64_t lowest,
                                                         std::int64_t highest) {
  auto found = read_head();
  if (found.what != kind::positive && found.what != kind::negative)
    return expected("integer", found);
  auto value = static_cast<std::int64_t>(found.bits);
  auto fits = found.what == kind::negative ? value >= lowest
                                           : found.bits <= static_cast<std::uint64_t>(highest);
  if (!fits)
    return out_of_range(std::to_string(lowest), std::to_string(highest), found);
  return value;
}

std::optional<std::uint64_t> msgpack_reader::read_integer(std::uint64_t highest) {
  auto found = read_head();
  if (found.what != kind::positive && found.what != kind::negative)
    return expected("integer", found);
  if (found.what == kind::negative || found.bits > highest)
    return out_of_range("0", std::to_string(highest), found);
  return found.bits;
}

std::optional<double> msgpack_reader::read_float() {
  auto found = read_head();
  if (found.what == kind::positive)
    return static_cast<double>(found.bits);
  if (found.what == kind::negative)
    return static_cast<double>(static_cast<std::int64_t>(found.bits));
  if (found.what != kind::floating)
    return expected("float", found);
  return std::bit_cast<double>(found.bits);
}

std::optional<std::string_view> msgpack_reader::read_text() {
  auto found = read_head();
  if (found.what != kind::text)
    return expected("text", found);
  auto content = take(found.bits);
  return std::string_view{reinterpret_cast<const char*>(content.data()), content.size()};
}

std::optional<std::span<const std::byte>> msgpack_reader::read_bytes() {
  auto found = read_head();
  if (found.what != kind::bytes)
    return expected("bytes", found);
  return take(found.bits);
}

// Counts what is still to pass instead of calling itself: depth costs nothing.
bool msgpack_reader::skip() {
  for (auto values = std::uint64_t{1}; values > 0; --values) {
    auto found = read_head();
    switch (found.what) {
    case kind::text:
    case kind::bytes:
    case kind::extension: (void)take(found.bits); break;
    case kind::array: values += found.bits; break;
    case kind::map: values += 2 * found.bits; break;
    case kind::invalid:
    case kind::cut_short: (void)expected("a value", found); return false;
    default: break;
    }
  }
  return true;
}

// -- nesting ------------------------------------------------------------------

std::optional<std::size_t> msgpack_reader::enter_array() {
  auto found = read_head();
  if (found.what != kind::array)
    return expected("array", found);
  return entered(found);
}

std::optional<std::size_t> msgpack_reader::enter_map() {
  auto found = read_head();
  if (found.what != kind::map)
    return expected("map", found);
  return entered(found);
}

std::optional<std::size_t> msgpack_reader::entered(head found) {
  if (depth_ == deepest_nesting) {
    problem_.report("nested deeper than " + std::to_string(deepest_nesting) + " levels");
    return std::nullopt;
  }
  ++depth_;
  return static_cast<std::size_t>(found.bits);
}

// -- outcome ------------------------------------------------------------------

bool msgpack_reader::finish() {
  return rest_.empty()
         || problem_.report("expected the end, found " + std::to_string(rest_.size())
                            + " more bytes");
}

std::nullopt_t msgpack_reader::expected(std::string_view wanted, head found) {
  static constexpr auto names = std::array<std::string_view, 12>{
    "nil",   "bool",      "integer",         "integer",
    "float", "text",      "bytes",           "array",
    "map",   "extension", "an invalid byte", "data that ends before the value does"};
  problem_.report("expected " + std::string{wanted} + ", found "
                  + std::string{names[static_cast<std::size_t>(found.what)]});
  return std::nullopt;
}

std::nullopt_t msgpack_reader::out_of_range(std::string lowest, std::string highest, head found) {
  auto value = found.what == kind::negative ? std::to_string(static_cast<std::int64_t>(found.bits))
                                            : std::to_string(found.bits);
  problem_.report("expected integer from " + lowest + " to " + highest + ", found " + value);
  return std::nullopt;
}

} // namespace ferry
