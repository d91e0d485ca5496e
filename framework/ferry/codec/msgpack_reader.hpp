// Reads values from MessagePack, each as the type that is expected. What a
// struct looks like is decided in field_codec; this is one value after the other.

#pragma once

#include "ferry/codec/codec_problem.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace ferry {

/// Walks over bytes of unknown origin and copies nothing.
///
/// Invariants  Never reads outside the bytes. A length is believed only when as
///             many bytes are left, so that what is allocated for an answer is
///             in proportion to the bytes that came.
/// Errors      `nullopt` or false; `problem()` says what was expected and what
///             was found. After the first one nothing more may be read.
/// Cost        O(1) per call, `skip` and `text` O(bytes); allocates on errors only.
class msgpack_reader {
public:
  explicit msgpack_reader(std::span<const std::byte> data) noexcept : rest_(data) {
  }

  // -- values -----------------------------------------------------------------

  /// Takes a nil if that is what comes next. Anything else is no error.
  [[nodiscard]] bool take_nil() noexcept;

  [[nodiscard]] std::optional<bool> read_bool();

  /// An integer from `lowest` to `highest`, however wide it was written.
  [[nodiscard]] std::optional<std::int64_t> read_integer(std::int64_t lowest, std::int64_t highest);
  [[nodiscard]] std::optional<std::uint64_t> read_integer(std::uint64_t highest);

  /// Any number, rounded to the nearest double: others write 1.0 as 1.
  [[nodiscard]] std::optional<double> read_float();

  /// Text, valid as long as the data.
  [[nodiscard]] std::optional<std::string_view> read_text();

  /// Bytes, valid as long as the data.
  [[nodiscard]] std::optional<std::span<const std::byte>> read_bytes();

  /// Passes over one value of any kind and depth.
  [[nodiscard]] bool skip();

  // -- nesting ----------------------------------------------------------------

  /// Begins an array and returns how many values follow; then call `leave`.
  [[nodiscard]] std::optional<std::size_t> enter_array();

  /// Begins a map and returns how many keys with values follow; then `leave`.
  [[nodiscard]] std::optional<std::size_t> enter_map();

  void leave() noexcept {
    --depth_;
  }

  // -- outcome ----------------------------------------------------------------

  /// Expects that nothing is left.
  [[nodiscard]] bool finish();

  [[nodiscard]] codec_problem& problem() noexcept {
    return problem_;
  }

private:
  enum class kind : std::uint8_t {
    nil,
    boolean,
    positive,
    negative,
    floating,
    text,
    bytes,
    array,
    map,
    extension,
    invalid,   // a byte with which no value begins
    cut_short, // the data ends inside the value
  };

  // One value without its content. `bits` is the value of a boolean, an integer
  // (two's complement) or a double; else the number of bytes, elements or pairs.
  struct head {
    kind what;
    std::uint64_t bits;
  };

  struct format;
  static format format_of(unsigned first_byte) noexcept;

  head read_head() noexcept;
  head checked(head found) const noexcept;
  std::uint64_t take_big_endian(std::size_t width) noexcept;
  std::span<const std::byte> take(std::uint64_t count) noexcept;
  std::optional<std::size_t> entered(head found);

  std::nullopt_t expected(std::string_view wanted, head found);
  std::nullopt_t out_of_range(std::string lowest, std::string highest, head found);

  std::span<const std::byte> rest_;
  std::size_t depth_ = 0;
  codec_problem problem_;
};

} // namespace ferry
