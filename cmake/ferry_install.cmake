# The installed package: find_package(ferry), then link ferry::actors.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/ferry")
set(generated "${PROJECT_BINARY_DIR}/package")

# -- libraries and headers -----------------------------------------------------

install(
  TARGETS ferry_framework ferry_persistence ferry_net ferry_actors
  EXPORT ferry
  FILE_SET HEADERS
  FILE_SET headers_without_source)
install(EXPORT ferry NAMESPACE ferry:: DESTINATION "${package_folder}" FILE ferryTargets.cmake)

# -- package -------------------------------------------------------------------

# A program and its ferry must agree on the CAF they use.
string(REGEX MATCH "^[0-9]+" FERRY_CAF_MAJOR "${CAF_VERSION}")

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/ferryConfig.cmake.in" "${generated}/ferryConfig.cmake"
  INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file(
  "${generated}/ferryConfigVersion.cmake" COMPATIBILITY SameMinorVersion)

install(
  FILES "${generated}/ferryConfig.cmake"
        "${generated}/ferryConfigVersion.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/FindCAF.cmake"
  DESTINATION "${package_folder}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
