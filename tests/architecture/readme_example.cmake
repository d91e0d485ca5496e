# The README's first program is examples/hello_queue.cpp, word for word below the
# head comment, and the block after it is what the program prints.
#
#   cmake -DROOT=<tree> -P readme_example.cmake

cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/../../cmake/expected_output.cmake")

# Cuts the text of the first fenced block that begins with `fence` out of `text`,
# and leaves in `text` what follows it.
macro(take_block fence result)
  string(FIND "${text}" "\n${fence}\n" begin)
  if(begin EQUAL -1)
    message(FATAL_ERROR "README.md: no block that begins with ${fence} where one is expected")
  endif()
  string(LENGTH "\n${fence}\n" fence_length)
  math(EXPR begin "${begin} + ${fence_length}")
  string(SUBSTRING "${text}" ${begin} -1 text)
  string(FIND "${text}" "\n```" end)
  string(SUBSTRING "${text}" 0 ${end} ${result})
  math(EXPR end "${end} + 4")
  string(SUBSTRING "${text}" ${end} -1 text)
endmacro()

function(without_head_comment text result)
  string(REGEX REPLACE "^(//[^\n]*\n)+" "" text "${text}")
  string(STRIP "${text}" text)
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

file(READ "${ROOT}/README.md" text)
take_block("```cpp" shown_program)
take_block("```text" shown_output)

file(READ "${ROOT}/examples/hello_queue.cpp" program)
without_head_comment("${program}" program)
without_head_comment("${shown_program}" shown_program)
if(NOT shown_program STREQUAL program)
  message(FATAL_ERROR "README.md: the first program is not examples/hello_queue.cpp; copy it again")
endif()

read_expected_output("${ROOT}/examples/hello_queue.cpp" output)
string(STRIP "${shown_output}" shown_output)
if(NOT shown_output STREQUAL output)
  message(FATAL_ERROR "README.md shows\n${shown_output}\nbut examples/hello_queue.cpp prints\n${output}")
endif()
