# Installs the build tree into an empty stage, then configures, builds and runs a
# stranger's project that knows nothing but the stage.
#
#   cmake -DBUILD=<tree> -DCONFIG=<type> -DPROJECT=<folder> -DSCRATCH=<folder>
#         -DCXX=<compiler> -DGENERATOR=<name> -DPREFIXES=<list> -P use_installed.cmake

cmake_minimum_required(VERSION 3.25)

set(stage "${SCRATCH}/stage")
set(tree "${SCRATCH}/installed")
set(workplace "${SCRATCH}/workplace")
file(REMOVE_RECURSE "${stage}" "${tree}" "${workplace}")
file(MAKE_DIRECTORY "${workplace}")

function(run)
  execute_process(
    COMMAND ${ARGV}
    WORKING_DIRECTORY "${workplace}"
    RESULT_VARIABLE status
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}\nended with ${status}\n${output}")
  endif()
endfunction()

set(of_config "")
if(CONFIG)
  set(of_config --config ${CONFIG})
endif()

run("${CMAKE_COMMAND}" --install "${BUILD}" ${of_config} --prefix "${stage}")
list(JOIN PREFIXES "\\;" prefixes)
run("${CMAKE_COMMAND}"
    -S "${PROJECT}"
    -B "${tree}"
    -G "${GENERATOR}"
    "-DCMAKE_PREFIX_PATH=${stage}\\;${prefixes}"
    -DCMAKE_CXX_COMPILER=${CXX}
    -DCMAKE_BUILD_TYPE=${CONFIG})
run("${CMAKE_COMMAND}" --build "${tree}" ${of_config})
run("${tree}/stranger")
