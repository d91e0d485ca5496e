// The journal without a disk: the slow and obvious reference that says what
// every other implementation must do, and a stand-in for it in tests.

#pragma once

#include "ferry/persistence/journal.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ferry::persistence {

/// One message as it lies in memory.
struct memory_row {
  envelope message;
  std::uint32_t deliveries = 0;
  time_point due{};
  std::string history; // attempts since it was stored
};

struct memory_queue {
  std::string name;
  queue_config config;
  sequence_number next{1};
  std::map<sequence_number, memory_row> rows;
  std::vector<stored_session> sessions; // least recently used first
  std::map<std::pair<std::string, id_kind>, time_point> ids;
  std::set<sequence_number> suspects;
};

/// What outlives a journal, as a file would.
struct memory_storage {
  std::map<queue_id, memory_queue> queues;
  epoch opened{};
};

/// Keeps everything in maps. A second journal over the same storage is a restart.
///
/// Cost     `commit` copies the storage, so that a failed one changes nothing.
/// Threads  One owner at a time, which has its readers as well.
class memory_journal final : public journal {
public:
  explicit memory_journal(
    std::shared_ptr<memory_storage> storage = std::make_shared<memory_storage>());

  result<std::vector<stored_queue>> recover() override;
  epoch opened() const override;
  result<queue_id> create_queue(const std::string& name, const queue_config& config) override;
  status commit(std::span<const write_batch* const> batches) override;
  result<stored_page> read(queue_id queue, sequence_number first, sequence_number last,
                           page_limit limit) override;
  result<std::unique_ptr<journal_reader>> open_reader() override;
  journal_figures figures() const override;

  /// Lets the next `commit` fail with `why`, and with it all that follow.
  void fail_next_commit(error why);

private:
  std::shared_ptr<memory_storage> storage_;
  epoch opened_;
  journal_figures figures_;
  std::optional<error> next_failure_;
  std::optional<error> failed_;
};

} // namespace ferry::persistence
