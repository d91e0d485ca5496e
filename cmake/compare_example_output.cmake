# Runs an example in an empty folder and compares what it prints with the
# "Expected output" of its head comment.
#
#   cmake -DPROGRAM=<path> -DSOURCE=<file.cpp> -DSCRATCH=<folder> -P compare_example_output.cmake

cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/expected_output.cmake")

read_expected_output("${SOURCE}" expected)

file(REMOVE_RECURSE "${SCRATCH}")
file(MAKE_DIRECTORY "${SCRATCH}")
execute_process(
  COMMAND "${PROGRAM}"
  WORKING_DIRECTORY "${SCRATCH}"
  RESULT_VARIABLE status
  OUTPUT_VARIABLE output
  ERROR_VARIABLE complaints)
file(REMOVE_RECURSE "${SCRATCH}")

string(STRIP "${output}" output)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${status}\n${output}\n${complaints}")
endif()
if(NOT output STREQUAL expected)
  message(NOTICE "printed:\n${output}\n\nexpected by ${SOURCE}:\n${expected}\n\n${complaints}")
  message(FATAL_ERROR "the output differs from the head comment")
endif()
