# Proves that include_rules.cmake notices: each fixture is a small tree with one
# planted violation per rule, and expected.txt names all of them.
#
#   cmake -DRULES=<include_rules.cmake> -DFIXTURES=<folder> -P include_rules_self_test.cmake

cmake_minimum_required(VERSION 3.25)

function(sorted_lines text result)
  string(REGEX MATCHALL "[^\n]+" lines "${text}")
  list(SORT lines)
  list(JOIN lines "\n" joined)
  set(${result} "${joined}" PARENT_SCOPE)
endfunction()

foreach(fixture planted clean)
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -DROOT=${FIXTURES}/${fixture} -P "${RULES}"
    RESULT_VARIABLE status
    ERROR_VARIABLE output)
  string(REGEX REPLACE "CMake Error.*" "" output "${output}")
  file(READ "${FIXTURES}/${fixture}/expected.txt" expected)
  sorted_lines("${output}" output)
  sorted_lines("${expected}" expected)
  if(NOT output STREQUAL expected)
    message(FATAL_ERROR "${fixture}: reported\n${output}\n\nexpected\n${expected}")
  endif()
  if((expected AND status EQUAL 0) OR (NOT expected AND NOT status EQUAL 0))
    message(FATAL_ERROR "${fixture}: wrong exit status ${status}")
  endif()
endforeach()
