#include "ferry/nodes/far_publishing.hpp"

#include <utility>

namespace ferry::actors {

far_publishing::receipt_promise far_publishing::publish(const messages::publish& m) {
  auto promise = self_->make_response_promise<messages::receipt>();
  if (!link_->is_open()) {
    hold(m.batch.session, promise);
    promise.deliver(to_caf(link_->why_closed()));
  } else if (auto former = pages_.pass_on(m.batch, promise)) {
    former->deliver(to_caf({errc::disconnected, "the page was sent again"}));
  } else {
    send_next_piece({m.batch, promise});
  }
  return promise;
}

void far_publishing::send_next_piece(page whole) {
  auto item = letter{}; // of the piece that was looked at last
  auto fits = [&](const publish_request& piece) {
    item = link_->letter_of(messages::publish{piece});
    return link_->holds(item);
  };
  if (!whole.pieces.next(fits, too_large()))
    return finish(std::move(whole));
  auto sent = pages_.add(std::move(whole));
  link_->ask_in<messages::receipt>(
    self_, std::move(item), [this, sent](const messages::receipt& given) { receive(sent, given); },
    [this, sent](const caf::error& why) { refuse(sent, why); });
}

void far_publishing::receive(page_id answered, const messages::receipt& m) {
  auto whole = pages_.take(answered);
  whole.pieces.answered(m.outcome);
  send_next_piece(std::move(whole));
}

void far_publishing::finish(page whole) {
  const auto& outcome = whole.pieces.outcome();
  if (outcome.held.code != errc::none)
    hold(outcome.session, whole.asker);
  whole.asker.deliver(messages::receipt{outcome});
}

void far_publishing::refuse(page_id refused, const caf::error& why) {
  auto whole = pages_.take(refused);
  if (!link_->is_open())
    hold(whole.session, whole.asker);
  whole.asker.deliver(why);
}

void far_publishing::hold(session_id session, receipt_promise& asker) {
  waiting_.add(session, compat::source_of(asker));
}

error far_publishing::too_large() const {
  return {errc::too_large, "a message to queue \"" + queue_
                             + "\" is larger than a letter to its broker may be (limit "
                             + std::to_string(link_->address().most_bytes)
                             + " bytes, headers included); raise link_config::letters there"};
}

} // namespace ferry::actors
