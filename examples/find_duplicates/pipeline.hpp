// The two stages that work: which queues they use, and when they are done.

#pragma once

#include "hash_workers.hpp"
#include "run_state.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace find_duplicates {

/// Creates the queues where they are missing.
/// Errors   ferry::failure, and std::runtime_error for a journal that holds the
///          queues of another program
void declare_queues(ferry::broker& broker);

/// How far a search is.
struct pipeline_state {
  std::uint64_t directories_left = 0;
  std::uint64_t files_left = 0;
  std::uint64_t files_done = 0; // in earlier runs too
  std::uint64_t files_read = 0; // in this run, by helpers too
  std::uint64_t bytes_read = 0; // in this run, by this process

  [[nodiscard]] bool is_done() const noexcept {
    return directories_left == 0 && files_left == 0;
  }
};

/// Walks and hashes as long as it lives.
class pipeline {
public:
  /// Range    `workers` from 0, where helpers do the reading
  pipeline(ferry::broker& broker, std::shared_ptr<run_state> run, unsigned workers);
  pipeline(const pipeline&) = delete;
  pipeline& operator=(const pipeline&) = delete;

  /// Stops within a chunk of each file that is being read; these are read again
  /// next time.
  ~pipeline();

  /// Errors   ferry::failure when the journal takes nothing more
  [[nodiscard]] pipeline_state state() const;

private:
  ferry::broker& broker_;
  std::shared_ptr<run_state> run_;
  ferry::producer<entry> directories_;
  ferry::producer<entry> files_;
  ferry::consumer walker_;
  std::optional<hash_workers> hashers_;
};

} // namespace find_duplicates
