// How a user's type becomes a payload and comes back: MessagePack for described
// structs, raw bytes for strings and byte vectors, anything else by
// specialisation. The formats themselves are elsewhere.
//
//   struct order { std::uint64_t id = 0; std::string item; };
//   FERRY_DESCRIBE(order, id, item)
//
//   auto body = codec<order>::encode({7, "tea"});    {"id": 7, "item": "tea"}

#pragma once

#include "ferry/codec/describe.hpp"
#include "ferry/codec/field_codec.hpp"
#include "ferry/message.hpp"
#include "ferry/result.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry {

using shared_content = std::shared_ptr<const content_type>;

/// A content type that all messages of a type can share.
[[nodiscard]] shared_content make_content(std::string_view type, std::string_view format);

/// Turns a `T` into a payload and back. For a described struct: a MessagePack
/// map from field name to value. Specialise it, with the same three functions,
/// for types that want JSON, Protobuf or something else.
///
/// Errors   encode: `invalid_argument` for what MessagePack cannot hold, that is
///          2^32 bytes or elements in one field, or nesting deeper than 64.
///          decode: `undecodable`, with the path to the value, what was expected
///          there, and what was found. Nothing is thrown but `std::bad_alloc`.
/// Cost     encode allocates the payload only; decode what the value needs,
///          which is in proportion to the bytes that came.
/// Threads  any
template <class T>
struct codec {
  static_assert(described<T>, "ferry: this type is not described; write FERRY_DESCRIBE in its "
                              "namespace, or specialise ferry::codec");

  /// What envelopes say about payloads of this codec; always the same object.
  [[nodiscard]] static const shared_content& content() {
    static const auto shared = make_content(description<T>.name, "msgpack");
    return shared;
  }

  [[nodiscard]] static result<payload> encode(const T& value) {
    auto out = msgpack_writer{};
    if (!field_codec<T>::write(out, value))
      return error{errc::invalid_argument, out.problem().text(description<T>.name)};
    return out.finish();
  }

  [[nodiscard]] static result<T> decode(std::span<const std::byte> data) {
    auto in = msgpack_reader{data};
    auto value = T{};
    if (!field_codec<T>::read(in, value) || !in.finish())
      return error{errc::undecodable, in.problem().text(description<T>.name)};
    return value;
  }
};

// -- raw bytes ----------------------------------------------------------------

/// What raw payloads say about themselves: no type, format "raw".
[[nodiscard]] const shared_content& raw_content();

/// Publishes bytes as they are. Cannot fail.
template <class Bytes>
struct raw_codec {
  [[nodiscard]] static const shared_content& content() {
    return raw_content();
  }

  [[nodiscard]] static result<payload> encode(const Bytes& value) {
    return payload{std::as_bytes(std::span{value})};
  }

  [[nodiscard]] static result<Bytes> decode(std::span<const std::byte> data) {
    auto begin = reinterpret_cast<const typename Bytes::value_type*>(data.data());
    return Bytes(begin, begin + data.size());
  }
};

template <>
struct codec<std::string> : raw_codec<std::string> {};

template <>
struct codec<std::vector<std::byte>> : raw_codec<std::vector<std::byte>> {};

// -- envelopes ----------------------------------------------------------------

/// Explains why a payload of `found` is not one of `expected`, or `errc::none`.
/// Null   stands for raw bytes.
[[nodiscard]] error check_content(const shared_content& expected, const shared_content& found);

/// The message in `carrier`, unless its content type names another type or
/// format than the codec of `T`. An envelope without one holds raw bytes.
template <class T>
[[nodiscard]] result<T> decode_as(const envelope& carrier) {
  if (auto other = check_content(codec<T>::content(), carrier.content); other.code != errc::none)
    return other;
  return codec<T>::decode(carrier.body.bytes());
}

} // namespace ferry
