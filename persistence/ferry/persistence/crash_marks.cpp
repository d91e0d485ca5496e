#include "ferry/persistence/crash_marks.hpp"

#include "ferry/persistence/mark_file.hpp"

#include <utility>

namespace ferry::persistence {

crash_marks::crash_marks(std::shared_ptr<mark_file> file) : file_(std::move(file)) {
  if (file_)
    left_behind_ = file_->left_behind();
}

result<std::shared_ptr<crash_marks>> crash_marks::open(const std::string& path) {
  auto file = mark_file::open(path);
  if (!file)
    return file.why();
  return std::shared_ptr<crash_marks>{new crash_marks{std::move(*file)}};
}

std::shared_ptr<crash_marks> crash_marks::in_memory() {
  return std::shared_ptr<crash_marks>{new crash_marks{nullptr}};
}

void crash_marks::forget_left_behind() noexcept {
  if (file_)
    file_->forget_left_behind();
}

crash_mark crash_marks::acquire() {
  auto* slot = file_ ? file_->take() : nullptr;
  if (!slot)
    return {};
  return crash_mark{{slot, [file = file_](mark_slot* used) { file->give_back(*used); }}};
}

} // namespace ferry::persistence
