#include "ferry/codec/field_codec.hpp"

#include <algorithm>

namespace ferry {

namespace {

// Finds the fields of a message by name, and every field once.
class field_search {
public:
  explicit field_search(std::span<const readable_field> fields) noexcept : fields_(fields) {
  }

  // Whoever wrote the message most likely wrote the fields in our order, so the
  // field behind the one that was found last is tried first.
  const readable_field* find(std::string_view name) noexcept {
    if (next_ < fields_.size() && fields_[next_].name == name)
      return &fields_[next_++];
    auto found = std::ranges::find(fields_, name, &readable_field::name);
    if (found == fields_.end())
      return nullptr;
    next_ = static_cast<std::size_t>(found - fields_.begin()) + 1;
    return &*found;
  }

  // Whether the field that `find` returned is met for the first time.
  bool is_first() noexcept {
    static_assert(most_fields <= 32, "ferry: one bit of `met_` per field");
    auto bit = std::uint32_t{1} << (next_ - 1);
    auto first = (met_ & bit) == 0;
    met_ |= bit;
    return first;
  }

private:
  std::span<const readable_field> fields_;
  std::size_t next_ = 0;
  std::uint32_t met_ = 0;
};

bool read_field(msgpack_reader& in, void* object, field_search& fields) {
  auto name = in.read_text();
  if (!name)
    return false;
  auto field = fields.find(*name);
  if (!field)
    return in.skip() || in.problem().inside_key(*name);
  if (!fields.is_first()) {
    in.problem().report("expected each field once, found it again");
    return in.problem().inside_field(field->name);
  }
  return field->read(in, object) || in.problem().inside_field(field->name);
}

} // namespace

bool read_fields(msgpack_reader& in, void* object, std::span<const readable_field> fields) {
  auto count = in.enter_map();
  if (!count)
    return false;
  auto search = field_search{fields};
  for (auto i = std::size_t{0}; i < *count; ++i)
    if (!read_field(in, object, search))
      return false;
  in.leave();
  return true;
}

} // namespace ferry
