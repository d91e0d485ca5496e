// Why a message could not be written or read, and where in it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ferry {

/// A reason, and the path to the value it is about: "order.notes[2]: expected
/// text, found integer".
///
/// The path is put together from the inside out while the calls return, so that
/// it costs nothing where nothing fails. All modifiers return false, so that
/// `return problem.report(...)` ends a function that reads or writes.
class codec_problem {
public:
  // -- modifiers --------------------------------------------------------------

  bool report(std::string reason);

  bool inside_field(std::string_view name);
  bool inside_element(std::size_t index);

  bool inside_key(std::string_view key); // shortened, unprintable bytes become '?'
  bool inside_key(std::int64_t key);
  bool inside_key(std::uint64_t key);

  // -- properties -------------------------------------------------------------

  /// The whole sentence, for a message of `type`.
  [[nodiscard]] std::string text(std::string_view type) const;

private:
  bool inside(const std::string& segment);

  std::string path_;
  std::string reason_;
};

} // namespace ferry
