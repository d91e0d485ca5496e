// Those who read files, in the process of the search or in another one.

#pragma once

#include "run_state.hpp"

#include <memory>

namespace find_duplicates {

/// Hashes as long as it lives.
class hash_workers {
public:
  /// Range    `workers` from 1
  /// Errors   ferry::failure
  hash_workers(ferry::broker& broker, std::shared_ptr<run_state> run, unsigned workers,
               const ferry::producer_config& patience);
  hash_workers(const hash_workers&) = delete;
  hash_workers& operator=(const hash_workers&) = delete;

  /// Stops within a chunk of each file that is being read; these are read again, by
  /// others or next time.
  ~hash_workers();

private:
  std::shared_ptr<run_state> run_;
  ferry::producer<hashed_file> results_;
  ferry::consumer consumer_;
};

} // namespace find_duplicates
