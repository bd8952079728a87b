# SPDX-License-Identifier: MIT
# What others get: the package for find_package(zocalo), zocalo.pc, and Debian packages from cpack.
#
# Three components: `dev` (headers, archives, package files), `libraries` (only with
# BUILD_SHARED_LIBS), and `program`, which is all that says nothing else.
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY ZOCALO_ROOMS)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/zocalo)
set(made ${PROJECT_BINARY_DIR}/install)

# --- the library ---------------------------------------------------------------------------------
list(TRANSFORM rooms PREPEND zocalo_ OUTPUT_VARIABLE room_targets)
install(TARGETS ${room_targets} zocalo EXPORT zocalo
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libraries NAMELINK_COMPONENT dev)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/zocalo DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT dev FILES_MATCHING PATTERN "*.hpp")

# --- find_package(zocalo COMPONENTS net) ---------------------------------------------------------
install(EXPORT zocalo NAMESPACE zocalo:: FILE zocalo-targets.cmake
  DESTINATION ${package_folder} COMPONENT dev)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/zocalo-config.cmake.in
  ${made}/zocalo-config.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${made}/zocalo-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${made}/zocalo-config.cmake ${made}/zocalo-config-version.cmake
  DESTINATION ${package_folder} COMPONENT dev)

# --- pkg-config zocalo ---------------------------------------------------------------------------
# The package may be moved: paths are counted from where the file lies.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX}
  OUTPUT_VARIABLE libdir_in_prefix)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
  BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE way_to_prefix)
# Whoever links an archive links what it needs, too; a shared library brings it.
set(private_word Requires)
if(BUILD_SHARED_LIBS)
  set(private_word Requires.private)
endif()
set(room_flags "")
foreach(room IN LISTS rooms)
  string(PREPEND room_flags "-lzocalo_${room} ")  # users before what they use
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/zocalo.pc.in ${made}/zocalo.pc @ONLY)
install(FILES ${made}/zocalo.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

include(zocalo_package)
