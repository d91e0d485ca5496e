# read_expected_output(<source file> <result variable>)
#
# Reads the block below "Expected output" in a source file's head comment:
#
#   // Expected output:
#   //
#   //   consumer 1 received "a"
#   //   consumer 2 received "b" (attempt 2 of 3)
#
# Its lines are indented by three spaces behind the slashes; the first line that is
# not, or the end of the comment, ends it. Blank lines at both ends do not count.
function(read_expected_output source result)
  file(READ "${source}" text)
  string(REGEX MATCH "^(//[^\n]*\n)+" head "${text}")
  string(REGEX MATCH "\n// Expected output[^\n]*\n((//\n|//   [^\n]*\n)+)" found "\n${head}")
  if(NOT found)
    message(FATAL_ERROR "${source}: the head comment has no \"Expected output\" block; "
                        "write what the program prints below that line, indented by 3 spaces")
  endif()
  set(block "\n${CMAKE_MATCH_1}")
  string(REPLACE "\n//   " "\n" block "${block}")
  string(REPLACE "\n//" "\n" block "${block}")
  string(STRIP "${block}" block)
  set(${result} "${block}" PARENT_SCOPE)
endfunction()
