// The second stage: one file in, its digest out.

#pragma once

#include "run_state.hpp"

#include <memory>

namespace find_duplicates {

/// Reads files. One that cannot be read is tried again, and given up the third time.
/// Threads   any number of workers
class hash_stage {
public:
  hash_stage(std::shared_ptr<run_state> run, ferry::producer<hashed_file> results);

  void operator()(const entry& file, ferry::delivery& d);

private:
  void hash(const entry& file, ferry::delivery& d);

  std::shared_ptr<run_state> run_;
  ferry::producer<hashed_file> results_;
};

} // namespace find_duplicates
