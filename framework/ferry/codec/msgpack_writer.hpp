// Writes values as MessagePack. What a struct looks like is decided in
// field_codec; this is one value after the other.

#pragma once

#include "ferry/codec/codec_problem.hpp"
#include "ferry/message.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace ferry {

/// Arrays, maps and structs lie at most this deep in each other, so that nobody
/// can overflow the reader's stack.
inline constexpr std::size_t deepest_nesting = 64;

/// Appends values to a buffer that the thread keeps from one message to the next.
///
/// Errors   What has a length or a depth can fail: 2^32 bytes or elements, or
///          nesting beyond `deepest_nesting`. It returns false then, and
///          `problem()` says why.
/// Cost     No allocation once the buffer has grown; a buffer above 1 MiB is not
///          kept. `finish` allocates the payload.
/// Threads  One owner; writers may lie in each other.
class msgpack_writer {
public:
  msgpack_writer() noexcept;
  ~msgpack_writer();

  msgpack_writer(const msgpack_writer&) = delete;
  msgpack_writer& operator=(const msgpack_writer&) = delete;

  // -- values -----------------------------------------------------------------

  void write_nil();
  void write_bool(bool value);
  void write_integer(std::int64_t value);
  void write_integer(std::uint64_t value);
  void write_float(float value);
  void write_float(double value);
  [[nodiscard]] bool write_text(std::string_view value);
  [[nodiscard]] bool write_bytes(std::span<const std::byte> value);

  // -- nesting ----------------------------------------------------------------

  /// Begins an array; `count` values follow, then `leave`.
  [[nodiscard]] bool enter_array(std::size_t count);

  /// Begins a map; `count` times a key and a value follow, then `leave`.
  [[nodiscard]] bool enter_map(std::size_t count);

  void leave() noexcept {
    --depth_;
  }

  // -- outcome ----------------------------------------------------------------

  [[nodiscard]] codec_problem& problem() noexcept {
    return problem_;
  }

  /// A copy of all that was written.
  [[nodiscard]] payload finish() const;

private:
  // The stream of msgpack-cxx's packer.
  struct buffer {
    std::unique_ptr<char[]> data;
    std::size_t size = 0;
    std::size_t capacity = 0;

    void write(const char* bytes, std::size_t count);
    void grow(std::size_t needed);
  };

  static buffer& spare() noexcept;
  [[nodiscard]] bool may_hold(std::size_t count, const char* unit);
  [[nodiscard]] bool may_enter(std::size_t count);

  buffer buffer_;
  std::size_t depth_ = 0;
  codec_problem problem_;
};

} // namespace ferry
