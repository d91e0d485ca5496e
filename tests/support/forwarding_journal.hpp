// A journal that does what another one does; tests override what they watch or slow
// down.

#pragma once

#include "ferry/persistence/journal.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ferry::testing {

class forwarding_journal : public persistence::journal {
public:
  explicit forwarding_journal(std::unique_ptr<persistence::journal> inner)
    : inner_(std::move(inner)) {
  }

  result<std::vector<persistence::stored_queue>> recover() override {
    return inner_->recover();
  }

  [[nodiscard]] epoch opened() const override {
    return inner_->opened();
  }

  result<queue_id> create_queue(const std::string& name, const queue_config& config) override {
    return inner_->create_queue(name, config);
  }

  status commit(std::span<const persistence::write_batch* const> batches) override {
    return inner_->commit(batches);
  }

  result<persistence::stored_page> read(queue_id queue, sequence_number first,
                                        sequence_number last, page_limit limit) override {
    return inner_->read(queue, first, last, limit);
  }

  result<std::unique_ptr<persistence::journal_reader>> open_reader() override {
    return inner_->open_reader();
  }

  [[nodiscard]] persistence::journal_figures figures() const override {
    return inner_->figures();
  }

private:
  std::unique_ptr<persistence::journal> inner_;
};

} // namespace ferry::testing
