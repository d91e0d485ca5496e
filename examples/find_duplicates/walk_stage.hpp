// The first stage: one directory in, its directories and files out.

#pragma once

#include "run_state.hpp"

#include <memory>
#include <string>

namespace find_duplicates {

/// Lists directories. One that cannot be read is tried again, and given up the third
/// time.
/// Repeat   a directory that is walked twice has its files hashed twice, to the
///          same result
class walk_stage {
public:
  walk_stage(std::shared_ptr<run_state> run, ferry::producer<entry> directories,
             ferry::producer<entry> files);

  void operator()(const entry& directory, ferry::delivery& d);

private:
  using callback = ferry::producer_port::callback;

  void walk(const entry& directory, ferry::delivery& d);
  void publish(ferry::producer<entry>& to, const std::vector<std::string>& paths, const entry& like,
               const callback& stored);

  std::shared_ptr<run_state> run_;
  ferry::producer<entry> directories_;
  ferry::producer<entry> files_;
};

} // namespace find_duplicates
