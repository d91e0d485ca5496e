// One spelling for CAF 0.17.6 and CAF 1.x. Every difference between the two that
// ferry meets is in this file and nowhere else.
//
// What it cannot hide, and what the shells therefore do not lean on: 0.17 never
// reports a dropped promise, weighs urgent messages 6 : 3 instead of preferring
// them, and has one down handler per actor.

#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/response_promise.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// CAF_VERSION cannot be compared: 1.0 and 1.1 drop its major number.
#if defined(CAF_VERSION_MAJOR) && CAF_VERSION_MAJOR >= 1
#  define FERRY_CAF_LEGACY 0
#  include <caf/actor_from_state.hpp>
#  include <caf/anon_mail.hpp>
#  include <caf/init_global_meta_objects.hpp>
#else
#  define FERRY_CAF_LEGACY 1
#  include <caf/atom.hpp>
#  include <caf/meta/type_name.hpp>
#  include <caf/replies_to.hpp>
#endif

namespace ferry::compat {

// -- types on the wire --------------------------------------------------------

/// Makes `Block`'s messages known to the process. CAF 1.x wants it before any
/// configuration object exists, 0.17 has `announce` instead.
template <class Block>
void announce_globally() {
#if !FERRY_CAF_LEGACY
  caf::init_global_meta_objects<Block>();
  caf::core::init_global_meta_objects();
#endif
}

/// The same for what `Module`, such as the middleman, brings with it.
template <class Module>
void announce_module() {
#if !FERRY_CAF_LEGACY
  Module::init_global_meta_objects();
#endif
}

/// Makes `Block`'s messages known to the systems made from `config`.
template <class Block>
void announce([[maybe_unused]] caf::actor_system_config& config) {
#if FERRY_CAF_LEGACY
  config.template add_message_types<Block>();
#endif
}

/// Sets `key`, which is written without CAF 1.x's prefix "caf.".
template <class T>
void set_option(caf::actor_system_config& config, std::string key, T value) {
#if FERRY_CAF_LEGACY
  if constexpr (std::is_convertible_v<T, std::string_view>) {
    auto text = std::string_view{value}; // what 1.x calls by a string is an atom here
    config.set(key, caf::atom_from_string({text.data(), text.size()}));
  } else {
    config.set(key, value);
  }
#else
  if constexpr (std::is_convertible_v<T, std::string_view>)
    config.set("caf." + key, std::string{value});
  else
    config.set("caf." + key, value);
#endif
}

// -- inspection ---------------------------------------------------------------

/// A named field of an inspected struct.
template <class T>
struct named {
  named(std::string_view field_name, T& value) : name(field_name), ref(value) {
  }

  std::string_view name;
  T& ref;
};

template <class Inspector, class Object, class... Ts>
auto fields(Inspector& f, [[maybe_unused]] Object& object, const char* type, named<Ts>... items) {
#if FERRY_CAF_LEGACY
  return f(caf::meta::type_name(type), items.ref...);
#else
  return f.object(object).pretty_name(type).fields(f.field(items.name, items.ref)...);
#endif
}

/// Whether `Inspector` fills objects rather than reading them.
template <class Inspector>
constexpr bool is_loading() {
#if FERRY_CAF_LEGACY
  return Inspector::writes_state;
#else
  return Inspector::is_loading;
#endif
}

/// Runs `inspection` and, where it filled what it inspected, `afterwards`.
template <class Inspector, class Inspection, class Afterwards>
auto then_on_loading(Inspection inspection, Afterwards afterwards) {
  if constexpr (is_loading<Inspector>()) {
    auto outcome = inspection();
    afterwards();
    return outcome;
  } else {
    return inspection();
  }
}

/// Reads or writes a single value, for types that travel in disguise.
template <class Inspector, class Value>
auto plain(Inspector& f, Value& value) {
#if FERRY_CAF_LEGACY
  return f(value);
#else
  return f.apply(value);
#endif
}

// -- bytes --------------------------------------------------------------------

/// How `append_bytes` writes: nodes that name different encodings cannot read each
/// other.
#if FERRY_CAF_LEGACY
inline constexpr auto encoding = std::string_view{"caf-0.17"};
#else
inline constexpr auto encoding = std::string_view{"caf-1"};
#endif

/// Appends `value`, as its inspection says, to `out`. Values without actor handles
/// need no actor system.
template <class T>
void append_bytes(std::vector<char>& out, const T& value) {
  auto& readable = const_cast<T&>(value); // inspections take what they only read by reference
#if FERRY_CAF_LEGACY
  auto sink = caf::binary_serializer{nullptr, out};
  (void)sink(readable); // a vector takes everything
#else
  auto bytes = caf::byte_buffer{};
  auto sink = caf::binary_serializer{bytes};
  (void)sink.apply(readable);
  auto* begin = reinterpret_cast<const char*>(bytes.data());
  out.insert(out.end(), begin, begin + bytes.size());
#endif
}

/// Fills `value` from `bytes`; false where they do not hold one, or hold more.
template <class T>
[[nodiscard]] bool read_bytes(std::span<const char> bytes, T& value) {
#if FERRY_CAF_LEGACY
  auto source = caf::binary_deserializer{nullptr, bytes.data(), bytes.size()};
  return !source(value) && source.remaining() == 0;
#else
  auto source = caf::binary_deserializer{std::as_bytes(bytes)};
  return source.apply(value) && source.remaining() == 0;
#endif
}

// -- typed interfaces ---------------------------------------------------------

namespace detail {

template <class Signature>
struct signature;

template <class Answer, class... Inputs>
struct signature<Answer(Inputs...)> {
#if FERRY_CAF_LEGACY
  using type = typename caf::replies_to<Inputs...>::template with<Answer>;
#else
  using type = caf::result<Answer>(Inputs...);
#endif
};

template <class... Inputs>
struct signature<void(Inputs...)> {
#if FERRY_CAF_LEGACY
  using type = caf::reacts_to<Inputs...>;
#else
  using type = caf::result<void>(Inputs...);
#endif
};

} // namespace detail

template <class... Signatures>
using typed_actor = caf::typed_actor<typename detail::signature<Signatures>::type...>;

template <class Self>
decltype(auto) state(Self* self) {
#if FERRY_CAF_LEGACY
  return (self->state);
#else
  return self->state();
#endif
}

// -- sending ------------------------------------------------------------------

template <class Self, class Receiver, class Message>
void send(Self&& self, const Receiver& receiver, Message&& message) {
#if FERRY_CAF_LEGACY
  self->send(receiver, std::forward<Message>(message));
#else
  self->mail(std::forward<Message>(message)).send(receiver);
#endif
}

template <class Self, class Receiver, class Message>
void send_after(Self&& self, caf::timespan wait, const Receiver& receiver, Message&& message) {
#if FERRY_CAF_LEGACY
  self->delayed_send(receiver, wait, std::forward<Message>(message));
#else
  self->mail(std::forward<Message>(message)).delay(wait).send(receiver);
#endif
}

template <class Self, class Receiver, class Message>
auto request(Self&& self, const Receiver& receiver, caf::timespan timeout, Message&& message) {
#if FERRY_CAF_LEGACY
  return self->request(receiver, timeout, std::forward<Message>(message));
#else
  return self->mail(std::forward<Message>(message)).request(receiver, timeout);
#endif
}

/// Waits as long as the receiver lives: costs no timer, which CAF 0.17 pays with
/// two switches of threads.
template <class Self, class Receiver, class Message>
auto request(Self&& self, const Receiver& receiver, Message&& message) {
#if FERRY_CAF_LEGACY
  return self->request(receiver, caf::infinite, std::forward<Message>(message));
#else
  return self->mail(std::forward<Message>(message)).request(receiver, caf::infinite);
#endif
}

template <class Receiver, class Message>
void send_anonymously(const Receiver& receiver, Message&& message) {
#if FERRY_CAF_LEGACY
  caf::anon_send(receiver, std::forward<Message>(message));
#else
  caf::anon_mail(std::forward<Message>(message)).send(receiver);
#endif
}

/// Hands the question that is being answered over to `receiver`, which answers it.
template <class Self, class Receiver, class Message>
auto delegate(Self&& self, const Receiver& receiver, Message&& message) {
#if FERRY_CAF_LEGACY
  return self->delegate(receiver, std::forward<Message>(message));
#else
  return self->mail(std::forward<Message>(message)).delegate(receiver);
#endif
}

/// Who sent the request that `promise` is to answer; null: nobody who can be told.
template <class Promise>
caf::strong_actor_ptr source_of(Promise& promise) {
#if FERRY_CAF_LEGACY
  return static_cast<caf::response_promise&>(promise).source();
#else
  return promise.source();
#endif
}

// -- exceptions ---------------------------------------------------------------

/// What `thrown` says.
inline std::string what_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "an exception of an unknown type";
  }
}

// -- life cycle ---------------------------------------------------------------

/// Calls `react(address, reason)` when `watched` ends. All calls of one actor pass
/// an equivalent `react`, because 0.17 keeps only the last.
template <class Self, class Handle, class Reaction>
void monitor(Self* self, const Handle& watched, Reaction react) {
#if FERRY_CAF_LEGACY
  self->set_down_handler([react](caf::down_msg& down) { react(down.source, down.reason); });
  self->monitor(watched);
#else
  auto address = caf::actor_cast<caf::actor_addr>(watched);
  self->monitor(watched, [react, address](const caf::error& reason) { react(address, reason); });
#endif
}

#if !FERRY_CAF_LEGACY
#  pragma GCC diagnostic push
#  pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

/// Keeps an actor alive when a peer answers with an error: by default it would
/// end, so that any client could stop a queue. Every ferry actor calls this.
template <class Self>
void survive_errors(Self* self) {
  self->set_error_handler([](caf::error&) {});
}

/// What `self` has no handler for is left unanswered and is not printed. For actors
/// without a typed interface.
template <class Self>
void ignore_the_unknown(Self* self) {
  self->set_default_handler(caf::drop);
}

template <class Self, class Reaction>
void on_exit(Self* self, Reaction react) {
  self->set_exit_handler([react](caf::exit_msg& exit) { react(exit.reason); });
}

#if !FERRY_CAF_LEGACY
#  pragma GCC diagnostic pop
#endif

/// Calls `react(text)` when a handler of `self` throws, which ends the actor: by itself
/// CAF tells only those who monitor it. `react` may throw as well.
template <class Self, class Reaction>
void on_exception(Self* self, Reaction react) {
  self->set_exception_handler([react](std::exception_ptr& thrown) -> caf::error {
    try {
      react(what_of(thrown));
    } catch (...) {
      // whoever waits for word has timeouts
    }
    return caf::make_error(caf::sec::runtime_error);
  });
}

// -- errors -------------------------------------------------------------------

inline std::string render([[maybe_unused]] const caf::actor_system& system,
                          const caf::error& why) {
#if FERRY_CAF_LEGACY
  return system.render(why);
#else
  return to_string(why);
#endif
}

} // namespace ferry::compat
