#include "ferry/codec/msgpack_writer.hpp"

#include <algorithm>
#include <limits>
#include <msgpack/pack.hpp>
#include <string>
#include <utility>

namespace ferry {

namespace {

constexpr std::size_t first_capacity = 512;
constexpr std::size_t largest_kept = std::size_t{1} << 20;
constexpr std::size_t longest = std::numeric_limits<std::uint32_t>::max();

} // namespace

// -- buffer -------------------------------------------------------------------

inline void msgpack_writer::buffer::write(const char* bytes, std::size_t count) {
  if (count > capacity - size)
    grow(size + count);
  std::copy_n(bytes, count, data.get() + size);
  size += count;
}

inline void msgpack_writer::buffer::grow(std::size_t needed) {
  auto larger = std::max({needed, capacity * 2, first_capacity});
  auto moved = std::make_unique_for_overwrite<char[]>(larger);
  std::copy_n(data.get(), size, moved.get());
  data = std::move(moved);
  capacity = larger;
}

// The buffer of this thread while no writer uses it. A writer takes it away, so
// that a second one below it gets its own.
inline msgpack_writer::buffer& msgpack_writer::spare() noexcept {
  thread_local auto kept = buffer{};
  return kept;
}

msgpack_writer::msgpack_writer() noexcept : buffer_(std::exchange(spare(), {})) {
}

msgpack_writer::~msgpack_writer() {
  if (buffer_.capacity > largest_kept)
    return;
  buffer_.size = 0;
  spare() = std::move(buffer_);
}

// -- limits -------------------------------------------------------------------

inline bool msgpack_writer::may_hold(std::size_t count, const char* unit) {
  if (count <= longest)
    return true;
  return problem_.report("holds " + std::to_string(count) + " " + unit + ", MessagePack allows "
                         + std::to_string(longest));
}

inline bool msgpack_writer::may_enter(std::size_t count) {
  if (depth_ == deepest_nesting)
    return problem_.report("nested deeper than " + std::to_string(deepest_nesting) + " levels");
  ++depth_;
  return may_hold(count, "elements");
}

// -- values -------------------------------------------------------------------

void msgpack_writer::write_nil() {
  msgpack::packer{buffer_}.pack_nil();
}

void msgpack_writer::write_bool(bool value) {
  auto pack = msgpack::packer{buffer_};
  value ? pack.pack_true() : pack.pack_false();
}

void msgpack_writer::write_integer(std::int64_t value) {
  msgpack::packer{buffer_}.pack_int64(value);
}

void msgpack_writer::write_integer(std::uint64_t value) {
  msgpack::packer{buffer_}.pack_uint64(value);
}

void msgpack_writer::write_float(float value) {
  msgpack::packer{buffer_}.pack_float(value);
}

void msgpack_writer::write_float(double value) {
  msgpack::packer{buffer_}.pack_double(value);
}

bool msgpack_writer::write_text(std::string_view value) {
  if (!may_hold(value.size(), "bytes"))
    return false;
  auto size = static_cast<std::uint32_t>(value.size());
  msgpack::packer{buffer_}.pack_str(size).pack_str_body(value.data(), size);
  return true;
}

bool msgpack_writer::write_bytes(std::span<const std::byte> value) {
  if (!may_hold(value.size(), "bytes"))
    return false;
  auto size = static_cast<std::uint32_t>(value.size());
  auto bytes = reinterpret_cast<const char*>(value.data());
  msgpack::packer{buffer_}.pack_bin(size).pack_bin_body(bytes, size);
  return true;
}

// -- nesting ------------------------------------------------------------------

bool msgpack_writer::enter_array(std::size_t count) {
  if (!may_enter(count))
    return false;
  msgpack::packer{buffer_}.pack_array(static_cast<std::uint32_t>(count));
  return true;
}

bool msgpack_writer::enter_map(std::size_t count) {
  if (!may_enter(count))
    return false;
  msgpack::packer{buffer_}.pack_map(static_cast<std::uint32_t>(count));
  return true;
}

// -- outcome ------------------------------------------------------------------

payload msgpack_writer::finish() const {
  return payload{std::as_bytes(std::span{buffer_.data.get(), buffer_.size})};
}

} // namespace ferry
