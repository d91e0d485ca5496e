#include "ferry/persistence/opened_journal.hpp"

#include <utility>

namespace ferry::persistence {

result<opened_journal> open_whole(const std::function<result<std::unique_ptr<journal>>()>& open) {
  auto storage = open();
  if (!storage)
    return storage.why();
  auto queues = (*storage)->recover();
  if (!queues)
    return queues.why();
  auto reader = (*storage)->open_reader();
  if (!reader)
    return reader.why();
  auto upkeep = (*storage)->open_upkeep();
  if (!upkeep)
    return upkeep.why();
  return opened_journal{std::move(*storage), std::move(*queues), std::move(*reader),
                        std::move(*upkeep)};
}

} // namespace ferry::persistence
