// The third stage: the whole result, held until it was printed.

#pragma once

#include "file_sum.hpp"
#include "interruption.hpp"
#include "kept_messages.hpp"

#include <map>
#include <string>

namespace find_duplicates {

/// What a search found, by path. A path that arrived twice, because a process was
/// killed between storing and acking, is there once.
struct findings {
  std::map<std::string, file_sum> files;
  std::map<std::string, std::string> unreadable; // with the reason
};

/// Holds every result and dead letter of one search.
class collection {
public:
  collection(ferry::broker& broker, job_id job);

  /// Waits until everything has arrived.
  /// Errors   interrupted
  [[nodiscard]] findings gather(const interruption& signals) const;

  /// Acks everything. Only after the search is over: what is left of it then has
  /// no meaning any more.
  void clear();

private:
  kept_messages<hashed_file> hashed_;
  kept_messages<entry> unreadable_files_;
  kept_messages<entry> unreadable_directories_;
};

} // namespace find_duplicates
