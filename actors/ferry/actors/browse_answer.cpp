#include "ferry/actors/browse_answer.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/protocol/reading.hpp"

#include <chrono>
#include <utility>

namespace ferry::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto read_timeout = 30s;

} // namespace

caf::typed_response_promise<messages::browsed>
answer_browse(queue_actor::pointer self, const row_source& rows, const browse_query& query,
              browse_view view) {
  auto promise = self->make_response_promise<messages::browsed>();
  if (auto bad = check(query); bad.code != errc::none) {
    promise.deliver(to_caf(bad));
    return promise;
  }
  auto ranges = rows_missing(view);
  if (ranges.empty()) {
    promise.deliver(messages::browsed{page_of(query, view, {})});
    return promise;
  }
  compat::request(self, rows.reader, read_timeout,
                  messages::read_rows{rows.id, std::move(ranges), {}})
    .then(
      [promise, query, view = std::move(view)](const messages::rows& m) mutable {
        promise.deliver(messages::browsed{page_of(query, view, m.found)});
      },
      [promise](const caf::error& why) mutable { promise.deliver(why); });
  return promise;
}

} // namespace ferry::actors
