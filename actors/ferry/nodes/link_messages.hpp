// What a link's actor and those who speak over it tell each other. All of them stay
// within a process.
//
//   door, session ──────── post ───────▶┌──────┐ ═══ bytes ═══▶ the other node
//   remote queue, broker                │ link │
//                  ◀── mail, link_cut ──└──────┘ ◀══════════════

#pragma once

#include "ferry/actors/caf_compat.hpp"
#include "ferry/errors.hpp"
#include "ferry/link/handshake.hpp"
#include "ferry/link/letter.hpp"
#include "ferry/net/peer_stream.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ferry {

/// Letters that are handed over: the receiver of a message empties the bag, so that
/// megabytes are not copied from actor to actor.
using letter_bag = std::shared_ptr<std::vector<letter>>;

[[nodiscard]] inline letter_bag bag_of(std::vector<letter> letters) {
  return std::make_shared<std::vector<letter>>(std::move(letters));
}

} // namespace ferry

namespace ferry::messages {

/// Sends letters to the other node; a link that is over drops them.
/// From    anybody
struct post {
  letter_bag letters;       // may be null
  std::size_t answered = 0; // the weight of the mail that is done with by this; counted at a server
};

/// Letters arrived for the receiver.
/// From    link, to whom `route` names, else to its owner
struct mail {
  letter_bag letters;
};

/// Has the letters of a queue's number go to `receiver`; a null one ends that.
/// From    the link's owner
struct route {
  std::uint32_t number = 0;
  caf::actor receiver;
};

/// A client introduced itself.
/// From    link at the server, to its owner
/// Answer  let_in, or cut_link with the reason
struct knock {
  hello who;
};

/// Lets the client in that knocked.
struct let_in {};

/// The link is open: letters travel.
/// From    link, to its owner
struct link_opened {
  hello peer;
};

/// The link is over, whoever wanted it.
/// From    link, to its owner, once
struct link_cut {
  error why;
};

/// Ends the link; the other node hears why.
/// From    the link's owner
/// Repeat  allowed
struct cut_link {
  error why;
};

/// The queue's letters go over this link from now on, until it is unbound.
/// From    far broker, to a far queue
struct bind {
  caf::actor link;
  std::uint32_t number = 0;
  std::size_t most_bytes = 0; // that the other node takes in a letter
};

/// The link is gone, or the queue cannot be used over it: everything that is open is
/// answered with `why`.
/// From    far broker, to a far queue
/// Repeat  allowed
struct unbind {
  error why;
};

/// More waits for the other node than it should: whatever causes long letters waits too.
/// From    link at the server, to its owner and to all that `route` names
struct backed_up {};

/// The other node has read most of it: go on.
/// From    as `backed_up`, after it
struct drained {};

/// What became of dialing.
struct dialed {
  std::shared_ptr<net::peer_stream> stream; // null: there is none
  error why;
};

/// Asks to be told when the link is open for the first time.
/// Answer  joined; an error where the other node refuses this one
struct join {};

struct joined {
  std::string node; // for people
};

} // namespace ferry::messages

namespace ferry::actors {

/// What one sends to a link; it is an I/O actor of CAF's, which have no types.
using link_actor = compat::typed_actor<void(messages::post), void(messages::route),
                                       void(messages::let_in), void(messages::cut_link)>;

} // namespace ferry::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::post)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::mail)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::route)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::knock)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::let_in)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::link_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::link_cut)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::cut_link)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::bind)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::unbind)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::backed_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::drained)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::dialed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::join)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::joined)

// Never on a wire: they may change from version to version.
CAF_BEGIN_TYPE_ID_BLOCK(ferry_links, caf::first_custom_type_id + 700)
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::post))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::mail))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::route))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::knock))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::let_in))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::link_opened))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::link_cut))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::cut_link))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::bind))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::unbind))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::dialed))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::join))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::joined))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::backed_up))
CAF_ADD_TYPE_ID(ferry_links, (ferry::messages::drained))
CAF_END_TYPE_ID_BLOCK(ferry_links)
