// How each type of field is written as MessagePack and read back: one
// specialisation per kind of type. Knows no envelope and no content type.

#pragma once

#include "ferry/codec/describe.hpp"
#include "ferry/codec/msgpack_reader.hpp"
#include "ferry/codec/msgpack_writer.hpp"
#include "ferry/time.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace ferry {

/// Writes and reads a field of type `T`. Specialise it for a value type of your
/// own, with the two functions that each specialisation below has:
///
///   write   appends exactly one value, or returns false with the problem reported
///   read    replaces a default-made value, or returns false, likewise
template <class T>
struct field_codec {
  static_assert(sizeof(T) == 0,
                "ferry: a field of this type cannot be encoded; describe it with FERRY_DESCRIBE, "
                "specialise ferry::field_codec, or use a type that docs/messages.md lists");
};

// -- numbers ------------------------------------------------------------------

template <>
struct field_codec<bool> {
  static bool write(msgpack_writer& out, bool value) {
    out.write_bool(value);
    return true;
  }

  static bool read(msgpack_reader& in, bool& value) {
    auto found = in.read_bool();
    value = found.value_or(false);
    return found.has_value();
  }
};

template <std::integral T>
  requires(sizeof(T) <= sizeof(std::uint64_t))
struct field_codec<T> {
  using wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;

  static bool write(msgpack_writer& out, T value) {
    out.write_integer(static_cast<wide>(value));
    return true;
  }

  static bool read(msgpack_reader& in, T& value) {
    auto found = read_wide(in);
    value = static_cast<T>(found.value_or(0));
    return found.has_value();
  }

private:
  using range = std::numeric_limits<T>;

  static std::optional<wide> read_wide(msgpack_reader& in) {
    if constexpr (std::is_signed_v<T>)
      return in.read_integer(range::min(), range::max());
    else
      return in.read_integer(range::max());
  }
};

/// Read from any number, as the nearest value. A finite number beyond the range
/// is an error.
template <class T>
  requires(std::same_as<T, float> || std::same_as<T, double>)
struct field_codec<T> {
  static bool write(msgpack_writer& out, T value) {
    out.write_float(value);
    return true;
  }

  static bool read(msgpack_reader& in, T& value) {
    auto found = in.read_float();
    if (!found)
      return false;
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    auto is_finite = *found > -infinity && *found < infinity;
    constexpr auto largest = static_cast<double>(std::numeric_limits<T>::max());
    if (is_finite && (*found > largest || *found < -largest))
      return in.problem().report("expected 32-bit float, found a number beyond its range");
    value = static_cast<T>(*found);
    return true;
  }
};

/// By their integer, of which only the range is checked: an enumerator that a
/// later version adds arrives as an unnamed value.
template <class T>
  requires std::is_enum_v<T>
struct field_codec<T> {
  using integer = std::underlying_type_t<T>;

  static bool write(msgpack_writer& out, T value) {
    return field_codec<integer>::write(out, static_cast<integer>(value));
  }

  static bool read(msgpack_reader& in, T& value) {
    auto found = integer{};
    if (!field_codec<integer>::read(in, found))
      return false;
    value = static_cast<T>(found);
    return true;
  }
};

// -- time ---------------------------------------------------------------------

/// As the count of its own unit.
template <std::integral Rep, class Period>
struct field_codec<std::chrono::duration<Rep, Period>> {
  using duration = std::chrono::duration<Rep, Period>;

  static bool write(msgpack_writer& out, duration value) {
    return field_codec<Rep>::write(out, value.count());
  }

  static bool read(msgpack_reader& in, duration& value) {
    auto count = Rep{};
    if (!field_codec<Rep>::read(in, count))
      return false;
    value = duration{count};
    return true;
  }
};

/// As nanoseconds since the Unix epoch, cut to the unit of the reader's clock.
template <class T>
  requires(std::same_as<T, std::chrono::system_clock::time_point> || std::same_as<T, time_point>)
struct field_codec<T> {
  using nanoseconds = std::chrono::nanoseconds;

  static bool write(msgpack_writer& out, T value) {
    auto since_epoch = std::chrono::duration_cast<nanoseconds>(value.time_since_epoch());
    return field_codec<nanoseconds>::write(out, since_epoch);
  }

  static bool read(msgpack_reader& in, T& value) {
    auto since_epoch = nanoseconds{};
    if (!field_codec<nanoseconds>::read(in, since_epoch))
      return false;
    value = T{std::chrono::duration_cast<typename T::duration>(since_epoch)};
    return true;
  }
};

// -- text and bytes -----------------------------------------------------------

/// As text, which should be UTF-8 for the sake of other languages; not checked.
template <>
struct field_codec<std::string> {
  static bool write(msgpack_writer& out, const std::string& value) {
    return out.write_text(value);
  }

  static bool read(msgpack_reader& in, std::string& value) {
    auto found = in.read_text();
    if (found)
      value = *found;
    return found.has_value();
  }
};

template <class T>
concept byte_like = std::same_as<T, std::byte> || std::same_as<T, std::uint8_t>;

template <byte_like Byte>
struct field_codec<std::vector<Byte>> {
  static bool write(msgpack_writer& out, const std::vector<Byte>& value) {
    return out.write_bytes(std::as_bytes(std::span{value}));
  }

  static bool read(msgpack_reader& in, std::vector<Byte>& value) {
    auto found = in.read_bytes();
    if (!found)
      return false;
    auto begin = reinterpret_cast<const Byte*>(found->data());
    value.assign(begin, begin + found->size());
    return true;
  }
};

template <byte_like Byte, std::size_t Size>
struct field_codec<std::array<Byte, Size>> {
  static bool write(msgpack_writer& out, const std::array<Byte, Size>& value) {
    return out.write_bytes(std::as_bytes(std::span{value}));
  }

  static bool read(msgpack_reader& in, std::array<Byte, Size>& value) {
    auto found = in.read_bytes();
    if (!found)
      return false;
    if (found->size() != Size)
      return in.problem().report("expected " + std::to_string(Size) + " bytes, found "
                                 + std::to_string(found->size()));
    std::ranges::copy(*found, std::as_writable_bytes(std::span{value}).begin());
    return true;
  }
};

// -- collections --------------------------------------------------------------

template <class T>
struct field_codec<std::optional<T>> {
  static bool write(msgpack_writer& out, const std::optional<T>& value) {
    if (value)
      return field_codec<T>::write(out, *value);
    out.write_nil();
    return true;
  }

  static bool read(msgpack_reader& in, std::optional<T>& value) {
    value.reset();
    return in.take_nil() || field_codec<T>::read(in, value.emplace());
  }
};

template <class T>
struct field_codec<std::optional<std::optional<T>>> {
  static_assert(sizeof(T) == 0, "ferry: an optional of an optional cannot be told from nil");
};

template <class T>
struct field_codec<std::vector<T>> {
  static bool write(msgpack_writer& out, const std::vector<T>& value) {
    if (!out.enter_array(value.size()))
      return false;
    for (auto i = std::size_t{0}; i < value.size(); ++i)
      if (!field_codec<T>::write(out, value[i]))
        return out.problem().inside_element(i);
    out.leave();
    return true;
  }

  static bool read(msgpack_reader& in, std::vector<T>& value) {
    auto count = in.enter_array();
    if (!count)
      return false;
    value.clear();
    value.reserve(*count);
    for (auto i = std::size_t{0}; i < *count; ++i) {
      auto element = T{};
      if (!field_codec<T>::read(in, element))
        return in.problem().inside_element(i);
      value.push_back(std::move(element));
    }
    in.leave();
    return true;
  }
};

template <class T, std::size_t Size>
struct field_codec<std::array<T, Size>> {
  static bool write(msgpack_writer& out, const std::array<T, Size>& value) {
    if (!out.enter_array(Size))
      return false;
    for (auto i = std::size_t{0}; i < Size; ++i)
      if (!field_codec<T>::write(out, value[i]))
        return out.problem().inside_element(i);
    out.leave();
    return true;
  }

  static bool read(msgpack_reader& in, std::array<T, Size>& value) {
    auto count = in.enter_array();
    if (!count)
      return false;
    if (*count != Size)
      return in.problem().report("expected " + std::to_string(Size) + " elements, found "
                                 + std::to_string(*count));
    for (auto i = std::size_t{0}; i < Size; ++i)
      if (!field_codec<T>::read(in, value[i]))
        return in.problem().inside_element(i);
    in.leave();
    return true;
  }
};

template <class T>
concept map_key = std::same_as<T, std::string> ||(
  std::integral<T> && !std::same_as<T, bool> && sizeof(T) <= sizeof(std::uint64_t));

template <map_key Key, class T>
struct field_codec<std::map<Key, T>> {
  static bool write(msgpack_writer& out, const std::map<Key, T>& value) {
    if (!out.enter_map(value.size()))
      return false;
    for (const auto& [key, mapped] : value)
      if (!field_codec<Key>::write(out, key) || !field_codec<T>::write(out, mapped))
        return out.problem().inside_key(shown(key));
    out.leave();
    return true;
  }

  static bool read(msgpack_reader& in, std::map<Key, T>& value) {
    auto count = in.enter_map();
    if (!count)
      return false;
    value.clear();
    for (auto i = std::size_t{0}; i < *count; ++i)
      if (!read_pair(in, value))
        return false;
    in.leave();
    return true;
  }

private:
  static bool read_pair(msgpack_reader& in, std::map<Key, T>& value) {
    auto key = Key{};
    if (!field_codec<Key>::read(in, key))
      return false;
    auto [place, is_new] = value.try_emplace(std::move(key));
    if (!is_new)
      in.problem().report("expected each key once, found it again");
    return (is_new && field_codec<T>::read(in, place->second))
           || in.problem().inside_key(shown(place->first));
  }

  static auto shown(const Key& key) {
    if constexpr (std::integral<Key>)
      return static_cast<typename field_codec<Key>::wide>(key);
    else
      return std::string_view{key};
  }
};

// -- described structs --------------------------------------------------------

/// A field whose struct was forgotten, so that one loop reads all structs.
struct readable_field {
  std::string_view name;
  bool (*read)(msgpack_reader& in, void* object);
};

/// Reads a map from field names to values into `object`. Names that are not
/// among `fields` are skipped; fields without a value stay as they are.
[[nodiscard]] bool read_fields(msgpack_reader& in, void* object,
                               std::span<const readable_field> fields);

template <described T>
struct field_codec<T> {
  static bool write(msgpack_writer& out, const T& value) {
    if (!out.enter_map(described_as.field_count))
      return false;
    auto written = [&](const auto&... fields) { return (write_field(out, value, fields) && ...); };
    if (!std::apply(written, described_as.fields))
      return false;
    out.leave();
    return true;
  }

  static bool read(msgpack_reader& in, T& value) {
    return read_fields(in, &value, readable);
  }

private:
  static constexpr auto described_as = description<T>;

  template <class Owner, class Value>
  static bool write_field(msgpack_writer& out, const T& value, const field<Owner, Value>& part) {
    return (out.write_text(part.name) && field_codec<Value>::write(out, value.*part.member))
           || out.problem().inside_field(part.name);
  }

  template <std::size_t Index>
  static bool read_field(msgpack_reader& in, void* object) {
    constexpr auto part = std::get<Index>(described_as.fields);
    auto& place = static_cast<T*>(object)->*part.member;
    return field_codec<std::remove_reference_t<decltype(place)>>::read(in, place);
  }

  template <std::size_t... Index>
  static constexpr auto list_fields(std::index_sequence<Index...>) {
    return std::array<readable_field, sizeof...(Index)>{
      {{std::get<Index>(described_as.fields).name, &read_field<Index>}...}};
  }

  static constexpr auto readable =
    list_fields(std::make_index_sequence<described_as.field_count>{});
};

} // namespace ferry
