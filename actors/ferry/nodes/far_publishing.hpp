// What producers of this node publish to a queue on another one.

#pragma once

#include "ferry/actors/protocol/publishing.hpp"
#include "ferry/actors/waiting_producers.hpp"
#include "ferry/nodes/correspondence.hpp"
#include "ferry/nodes/far_queue_actor.hpp"
#include "ferry/queue/pages_under_way.hpp"

#include <string>

namespace ferry::actors {

/// Sends pages, in pieces where the other node takes no letter as long as a whole one:
/// it would end the link over it. Which those are, and what is under way, is decided by
/// `piecewise_page` and `pages_under_way`.
///
/// Errors      A page is answered with why there is no link; its producer hears of the
///             next one.
/// Threads     The far queue's only.
class far_publishing {
public:
  using receipt_promise = caf::typed_response_promise<messages::receipt>;

  /// `link` outlives it.
  far_publishing(far_queue_actor::pointer self, correspondence& link, std::string queue)
    : self_(self),
      link_(&link),
      queue_(std::move(queue)) {
  }

  /// To be returned from the handler of `publish`.
  receipt_promise publish(const messages::publish& m);

  /// Has whoever waits for room or for a link try now: a queue that says that there is
  /// room does not say for whom.
  void tell_waiting() {
    waiting_.tell_all(self_);
  }

private:
  using page = travelling_page<receipt_promise>;

  void send_next_piece(page whole);
  void finish(page whole);
  void receive(page_id answered, const messages::receipt& m);
  void refuse(page_id refused, const caf::error& why);
  void hold(session_id session, receipt_promise& asker);
  [[nodiscard]] error too_large() const;

  far_queue_actor::pointer self_;
  correspondence* link_;
  std::string queue_; // for people
  pages_under_way<receipt_promise> pages_;
  waiting_producers waiting_;
};

} // namespace ferry::actors
