// What travels between the stages, and the names of the queues it travels in.

#pragma once

#include "sha256.hpp"

#include "ferry/codec/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace find_duplicates {

inline constexpr auto job_queue = "job";         // one message: the search in progress
inline constexpr auto walk_queue = "walk";       // directories to list
inline constexpr auto hash_queue = "hash";       // files to read
inline constexpr auto collect_queue = "collect"; // what was read

/// A path as it is: any bytes but zero, not always UTF-8, so not a text field.
using path_bytes = std::vector<std::byte>;

[[nodiscard]] inline path_bytes to_bytes(std::string_view path) {
  auto bytes = std::as_bytes(std::span{path});
  return {bytes.begin(), bytes.end()};
}

[[nodiscard]] inline std::string to_path(const path_bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Random, so that what an earlier search left behind is recognised.
enum class job_id : std::uint64_t {};

/// One search. Its message is acked when the result was printed.
struct job {
  job_id id{};
  std::vector<path_bytes> directories; // sorted, as they were given
  path_bytes started_in;               // what relative paths are relative to
};
FERRY_DESCRIBE_AS("find_duplicates.job", job, id, directories, started_in)

/// Where a path comes from. A symbolic link is followed only where it was named.
enum class origin : std::uint8_t {
  named, // on the command line
  found, // in a directory
};

/// A directory to list or a file to read.
struct entry {
  job_id job{};
  path_bytes path;
  origin from = origin::found;
  path_bytes started_in; // what a relative path is relative to; empty: none is
};
FERRY_DESCRIBE_AS("find_duplicates.entry", entry, job, path, from, started_in)

/// A file that was read to its end.
struct hashed_file {
  job_id job{};
  path_bytes path;
  sha256_digest digest{};
  std::uint64_t size = 0; // bytes
};
FERRY_DESCRIBE_AS("find_duplicates.hashed_file", hashed_file, job, path, digest, size)

} // namespace find_duplicates
