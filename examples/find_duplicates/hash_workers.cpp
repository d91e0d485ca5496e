#include "hash_workers.hpp"

#include "hash_stage.hpp"
#include "patience.hpp"

namespace find_duplicates {

hash_workers::hash_workers(ferry::broker& broker, std::shared_ptr<run_state> run, unsigned workers,
                           const ferry::producer_config& patience)
  : run_(std::move(run)),
    results_(broker.producer<hashed_file>(collect_queue, patience).value()),
    consumer_(broker.consume<entry>(hash_queue, hash_stage{run_, results_}, side_by_side(workers))
                .value()) {
}

// First the receipts, so that what is stored is also acked and not done again.
hash_workers::~hash_workers() {
  run_->is_stopping = true;
  (void)results_.wait_all(receipts_limit);
  consumer_.stop();
}

} // namespace find_duplicates
