# Test executables and their registration with CTest.

find_package(Boost 1.74 REQUIRED COMPONENTS unit_test_framework)
find_package(rapidcheck REQUIRED)

# ferry_add_test_executable(<target> SOURCES <file>... LINKS <target>...)
#
# One executable per layer; main(), precompiled headers and the helpers come from
# tests/support.
function(ferry_add_test_executable target)
  cmake_parse_arguments(PARSE_ARGV 1 tests "" "" "SOURCES;LINKS")
  add_executable(${target} ${tests_SOURCES})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${target} PRIVATE ${tests_LINKS} ferry_test_main ferry_options rapidcheck)
  target_precompile_headers(${target} REUSE_FROM ferry_test_main)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  set_property(GLOBAL APPEND PROPERTY FERRY_TEST_EXECUTABLES ${target})
endfunction()

# ferry_add_suites(TARGET <target> LABELS <label>... [TIMEOUT <seconds>] SUITES <suite>...)
#
# Registers each Boost.Test suite as one CTest test of the same name, so that the
# name of a failing suite is visible without opening a log.
function(ferry_add_suites)
  cmake_parse_arguments(PARSE_ARGV 0 add "" "TARGET;TIMEOUT" "LABELS;SUITES")
  if(NOT add_TIMEOUT)
    set(add_TIMEOUT 120)
  endif()
  foreach(suite IN LISTS add_SUITES)
    add_test(NAME ${suite} COMMAND ${add_TARGET} --run_test=${suite} --color_output=no)
    set_tests_properties(${suite} PROPERTIES LABELS "${add_LABELS}" TIMEOUT ${add_TIMEOUT})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY FERRY_SUITES_OF_${add_TARGET} ${add_SUITES})
endfunction()

# ferry_add_architecture_test(<name> SCRIPT <file.cmake> [ARGUMENTS -D...]...
#                             [EXPECT_FAILURE <regex>])
#
# A test that reads the source tree; its script fails with message(FATAL_ERROR).
# With EXPECT_FAILURE it passes only if the script says what the regex says.
function(ferry_add_architecture_test name)
  cmake_parse_arguments(PARSE_ARGV 1 check "" "SCRIPT;EXPECT_FAILURE" "ARGUMENTS")
  add_test(NAME ${name} COMMAND "${CMAKE_COMMAND}" ${check_ARGUMENTS} -P
                                "${CMAKE_CURRENT_SOURCE_DIR}/${check_SCRIPT}")
  set_tests_properties(${name} PROPERTIES LABELS architecture TIMEOUT 60)
  if(check_EXPECT_FAILURE)
    set_tests_properties(${name} PROPERTIES PASS_REGULAR_EXPRESSION "${check_EXPECT_FAILURE}")
  endif()
endfunction()
