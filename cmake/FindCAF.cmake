# The C++ Actor Framework: CAF::core, CAF::io, CAF::openssl.
#
# A CAF 1.x brings a config package; it wins where CMAKE_PREFIX_PATH or CAF_DIR
# offers one. Next comes the 0.17 of Debian and Ubuntu, which has no config package
# and is found by header and libraries. A CAF 1.x in a system folder comes last.

find_package(Threads REQUIRED)
find_package(OpenSSL QUIET) # CAF's config package links it without looking for it

set(_caf_config CAF 1.0 CONFIG QUIET COMPONENTS core io openssl)

find_package(${_caf_config} NO_CMAKE_SYSTEM_PATH NO_SYSTEM_ENVIRONMENT_PATH)
if(CAF_FOUND)
  return()
endif()

# -- 0.17 ----------------------------------------------------------------------

find_path(CAF_INCLUDE_DIR NAMES caf/all.hpp)
find_library(CAF_core_LIBRARY NAMES caf_core)
find_library(CAF_io_LIBRARY NAMES caf_io)
find_library(CAF_openssl_LIBRARY NAMES caf_openssl)
mark_as_advanced(CAF_INCLUDE_DIR CAF_core_LIBRARY CAF_io_LIBRARY CAF_openssl_LIBRARY)

# "#define CAF_VERSION 1706" is 0.17.6; a 1.x writes four digits that begin with 0
unset(_caf_version)
if(CAF_INCLUDE_DIR AND EXISTS "${CAF_INCLUDE_DIR}/caf/config.hpp")
  file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" _caf_define REGEX "^#define CAF_VERSION 17[0-9]")
  if(_caf_define MATCHES "CAF_VERSION 17([0-9][0-9])")
    math(EXPR _caf_patch "${CMAKE_MATCH_1}")
    set(_caf_version "0.17.${_caf_patch}")
  endif()
endif()

if(NOT _caf_version)
  find_package(${_caf_config})
  if(CAF_FOUND)
    return()
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  CAF
  REQUIRED_VARS CAF_core_LIBRARY CAF_io_LIBRARY CAF_openssl_LIBRARY CAF_INCLUDE_DIR
  VERSION_VAR _caf_version)

function(_caf_import component)
  if(TARGET CAF::${component})
    return()
  endif()
  add_library(CAF::${component} UNKNOWN IMPORTED)
  set_target_properties(
    CAF::${component}
    PROPERTIES IMPORTED_LOCATION "${CAF_${component}_LIBRARY}"
               INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
               INTERFACE_LINK_LIBRARIES "${ARGN}")
endfunction()

if(CAF_FOUND)
  set(CAF_VERSION "${_caf_version}")
  _caf_import(core Threads::Threads)
  _caf_import(io CAF::core)
  _caf_import(openssl CAF::io)
endif()
