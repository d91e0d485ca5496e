# Warnings and sanitizers, for ferry's own targets only: every target links
# ferry_options privately, so that nothing reaches a user's build.

add_library(ferry_options INTERFACE)

target_compile_features(ferry_options INTERFACE cxx_std_20)
target_compile_options(
  ferry_options
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            # gcc 12 sees an overlap in every optimised "text" + std::string (its bug 105651)
            $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
            $<$<BOOL:${FERRY_WARNINGS_AS_ERRORS}>:-Werror>
            # gcc's optimiser guesses, and CAF 0.17 declares what it is about to read
            $<$<CXX_COMPILER_ID:GNU>:-Wno-error=maybe-uninitialized>)

if(FERRY_SANITIZE)
  target_compile_options(
    ferry_options INTERFACE -fsanitize=${FERRY_SANITIZE} -fno-sanitize-recover=all
                            -fno-omit-frame-pointer
                            # the thread sanitizer does not see Asio's fences; it sees its locks
                            $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  target_link_options(ferry_options INTERFACE -fsanitize=${FERRY_SANITIZE})
endif()

# A compiler cache is used when there is one and nobody chose a launcher. It takes what
# a file depends on from the compiler: that spares preprocessing everything a second
# time, and only so it knows what is compiled with a precompiled header.
if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(FERRY_CCACHE ccache)
  mark_as_advanced(FERRY_CCACHE)
  if(FERRY_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND}" -E env CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros
        "${FERRY_CCACHE}")
  endif()
endif()
