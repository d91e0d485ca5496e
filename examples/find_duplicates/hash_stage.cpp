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
  if (file.job != run_->job)
    return; // left behind by an earlier search
  if (run_->is_stopping)
    return put_aside(d);
  give_up_the_third_time(d, [&] { hash(file, d); });
}

void hash_stage::hash(const entry& file, ferry::delivery& d) {
  auto path = to_path(file.path);
  if (is_own(path, file.from))
    return;
  auto sum = sum_of_file(path, file.from, [this](std::uint64_t bytes) {
    run_->bytes += bytes;
    return !run_->is_stopping;
  });
  if (!sum)
    return put_aside(d);
  ++run_->files;
  (void)results_.publish({run_->job, file.path, sum->digest, sum->size}, ack_after(d, 1, run_));
}

// To close a file is to lose all of the process's locks on it, SQLite's among
// them, so the journal's files must not even be opened.
bool hash_stage::is_own(const std::string& path, origin from) const {
  auto identity = identity_of(path, from);
  return identity && run_->own_files.contains(*identity);
}

} // namespace find_duplicates
