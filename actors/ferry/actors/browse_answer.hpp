// How a queue answers whoever browses it: with what it has in RAM at once, with
// the rest when the reader has read it.

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/actors/protocol/operating.hpp"

namespace ferry::actors {

/// Where the rows of a queue are.
struct row_source {
  reader_actor reader; // null where the queue stores nothing
  queue_id id{};
};

/// To be returned from the handler of `browse`. Answers `query` with an error
/// where it is out of range.
[[nodiscard]] caf::typed_response_promise<messages::browsed>
answer_browse(queue_actor::pointer self, const row_source& rows, const browse_query& query,
              browse_view view);

} // namespace ferry::actors
