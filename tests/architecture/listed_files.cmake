# No file is forgotten: every header, source, test and example is named in the
# CMakeLists.txt of its folder. An unlisted header would not be installed, an
# unlisted test would not run.
#
#   cmake -DROOT=<tree> -P listed_files.cmake

cmake_minimum_required(VERSION 3.25)

set(forgotten "")

# Each file below `folder` with one of the endings stands in its CMakeLists.txt.
function(check_folder folder)
  file(READ "${ROOT}/${folder}/CMakeLists.txt" list)
  foreach(pattern IN LISTS ARGN)
    file(GLOB_RECURSE found RELATIVE "${ROOT}/${folder}" "${ROOT}/${folder}/${pattern}")
    foreach(file IN LISTS found)
      string(REGEX REPLACE "([.+])" "\\\\\\1" name "${file}")
      if(NOT "\n${list}\n" MATCHES "[ \n(]${name}[ \n)]")
        set_property(GLOBAL APPEND PROPERTY forgotten "${folder}/${file}")
      endif()
    endforeach()
  endforeach()
endfunction()

check_folder(framework *.hpp *.cpp)
check_folder(persistence *.hpp *.cpp)
check_folder(actors *.hpp *.cpp)
check_folder(tests/framework *.cpp)
check_folder(tests/persistence *.cpp)
check_folder(tests/actors *.cpp)
check_folder(tests/net *.cpp)
check_folder(tests/end_to_end *.cpp)
check_folder(tests/benchmarks *.cpp)
check_folder(examples/find_duplicates *.cpp)
check_folder(examples/nodes *.cpp)
check_folder(benchmarks *.cpp)

# Examples are registered by name: hello_queue, not hello_queue.cpp.
file(READ "${ROOT}/examples/CMakeLists.txt" list)
file(GLOB found "${ROOT}/examples/*.cpp")
foreach(file IN LISTS found)
  get_filename_component(name "${file}" NAME_WE)
  if(NOT list MATCHES "ferry_add_example\\(${name}[ )]")
    set_property(GLOBAL APPEND PROPERTY forgotten "examples/${name}.cpp")
  endif()
endforeach()

get_property(forgotten GLOBAL PROPERTY forgotten)
if(forgotten)
  list(JOIN forgotten "\n  " text)
  message(FATAL_ERROR "not named in the CMakeLists.txt of their folder:\n  ${text}")
endif()
