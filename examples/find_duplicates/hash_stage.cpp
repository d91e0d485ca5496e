#include "hash_stage.hpp"

#include "ack_when_stored.hpp"
#include "file_sum.hpp"
#include "third_time.hpp"

#include <utility>

namespace find_duplicates {

hash_stage::hash_stage(std::shared_ptr<run_state> run, ferry::producer<hashed_file> results)
  : run_(std::move(run)),
    results_(std::move(results)) {
}

void hash_stage::operator()(const entry& file, ferry::delivery& d) {
  if (run_->is_over(file.job))
    return;
  if (run_->is_stopping)
    return put_aside(d);
  give_up_the_third_time(d, [&] { hash(file, d); });
}

// To close a file is to lose all of the process's locks on it, SQLite's among them, so
// the journal's files must not even be opened here.
void hash_stage::hash(const entry& file, ferry::delivery& d) {
  if (run_->owns(to_path(file.path), file.from))
    return;
  auto sum = sum_of_file(file, [this](std::uint64_t bytes) {
    run_->bytes += bytes;
    return !run_->is_stopping;
  });
  if (!sum)
    return put_aside(d);
  (void)results_.publish({file.job, file.path, sum->digest, sum->size}, ack_after(d, 1, run_));
}

} // namespace find_duplicates
