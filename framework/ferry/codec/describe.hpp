// How a struct says what it is called and which fields it has. Knows no format:
// a codec walks the fields and decides what they look like as bytes.
//
//   struct order { std::uint64_t id = 0; std::string item; };
//   FERRY_DESCRIBE(order, id, item)

#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace ferry {

/// One field: its name as others see it, and where it is kept.
template <class Owner, class Value>
struct field {
  std::string_view name;
  Value Owner::*member;
};

template <class Owner, class Value>
[[nodiscard]] constexpr field<Owner, Value> field_of(std::string_view name, Value Owner::*member) {
  return {name, member};
}

/// A type's name as others see it, and its fields in the order of their naming.
template <class... Fields>
struct type_description {
  std::string_view name;
  std::tuple<Fields...> fields;

  static constexpr std::size_t field_count = sizeof...(Fields);
};

inline constexpr std::size_t most_fields = 32;

template <class... Fields>
[[nodiscard]] constexpr type_description<Fields...> describe(std::string_view name,
                                                             Fields... fields) {
  static_assert(sizeof...(Fields) <= most_fields,
                "ferry: a struct can have 32 described fields; put some into a nested struct");
  return {name, {fields...}};
}

/// A type for which FERRY_DESCRIBE was written, in the type's own namespace.
template <class T>
concept described = requires {
  ferry_description(std::type_identity<T>{});
};

/// What FERRY_DESCRIBE said about `T`.
template <described T>
inline constexpr auto description = ferry_description(std::type_identity<T>{});

} // namespace ferry

// -- macros -------------------------------------------------------------------

/// Describes `Type` and up to 32 of its fields, under the name that it has here.
/// Where    in the namespace of `Type`, after its definition; fields left out
///          are not published
#define FERRY_DESCRIBE(Type, ...) FERRY_DESCRIBE_AS(#Type, Type __VA_OPT__(, ) __VA_ARGS__)

/// The same under a name of its own, which survives a rename of the C++ type.
#define FERRY_DESCRIBE_AS(wire_name, Type, ...)                                                    \
  constexpr auto ferry_description(std::type_identity<Type>) noexcept {                            \
    return ::ferry::describe(wire_name __VA_OPT__(FERRY_EXPAND(FERRY_FIELDS(Type, __VA_ARGS__)))); \
  }

// A macro cannot call itself, but it can name itself for the next scan:
// FERRY_EXPAND scans more often than there can be fields.
#define FERRY_FIELDS(Type, name, ...)                                                              \
  , ::ferry::field_of(#name, &Type::name)                                                          \
      __VA_OPT__(FERRY_FIELDS_AGAIN FERRY_PARENTHESES(Type, __VA_ARGS__))
#define FERRY_FIELDS_AGAIN() FERRY_FIELDS
#define FERRY_PARENTHESES ()

#define FERRY_EXPAND(...) FERRY_EXPAND_3(FERRY_EXPAND_3(FERRY_EXPAND_3(__VA_ARGS__)))
#define FERRY_EXPAND_3(...) FERRY_EXPAND_2(FERRY_EXPAND_2(FERRY_EXPAND_2(__VA_ARGS__)))
#define FERRY_EXPAND_2(...) FERRY_EXPAND_1(FERRY_EXPAND_1(FERRY_EXPAND_1(__VA_ARGS__)))
#define FERRY_EXPAND_1(...) __VA_ARGS__
