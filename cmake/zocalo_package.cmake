# SPDX-License-Identifier: MIT
# cpack -G DEB: zocalo (the program) and libzocalo-dev; with BUILD_SHARED_LIBS libzocalo0 beside.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME zocalo)
set(CPACK_PACKAGE_CONTACT "The zocalo authors <zocalo@zocalo.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_COMPONENTS_ALL dev)

set(about
  "zocalo is networking for C++20 on two levels: the operating system's sockets,\n\
names and frames done right, and the application protocols on top of them.")

# zocalo_debian(component package section summary): one package, with what policy wants in each.
function(zocalo_debian component package section summary)
  set(folder ${CMAKE_INSTALL_DATADIR}/doc/${package})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${folder} RENAME copyright
    COMPONENT ${component})
  set(changelog ${PROJECT_BINARY_DIR}/install/${package}/changelog)
  string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
  if(NOT EXISTS ${changelog}.gz)
    file(WRITE ${changelog}
      "${package} (${PROJECT_VERSION}) unstable; urgency=medium\n\n  * Built from source.\n\n"
      " -- ${CPACK_PACKAGE_CONTACT}  ${now}\n")
    execute_process(COMMAND gzip -9n ${changelog} COMMAND_ERROR_IS_FATAL ANY)
  endif()
  install(FILES ${changelog}.gz DESTINATION ${folder} COMPONENT ${component})
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${summary}\n${about}" PARENT_SCOPE)
endfunction()

zocalo_debian(dev libzocalo-dev libdevel "networking library for C++ (development files)")
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
  "libbrotli-dev, libc-ares-dev, libidn2-dev, libnghttp2-dev, libpcap-dev, libpsl-dev, liburing-dev"
  "libpugixml-dev, libssl-dev, libzstd-dev, pkg-config, zlib1g-dev")
list(JOIN CPACK_DEBIAN_DEV_PACKAGE_DEPENDS ", " CPACK_DEBIAN_DEV_PACKAGE_DEPENDS)
if(BUILD_SHARED_LIBS)
  list(APPEND CPACK_COMPONENTS_ALL libraries)
  zocalo_debian(libraries libzocalo${PROJECT_VERSION_MAJOR} libs "networking library for C++")
  set(CPACK_COMPONENT_DEV_DEPENDS libraries)
  set(CPACK_COMPONENT_PROGRAM_DEPENDS libraries)
  set(CPACK_DEBIAN_LIBRARIES_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_LIBRARIES_PACKAGE_GENERATE_SHLIBS ON)
endif()
if(ZOCALO_PROGRAM)
  list(APPEND CPACK_COMPONENTS_ALL program)
  zocalo_debian(program zocalo net "sockets, names and frames from the command line")
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
  if(BUILD_SHARED_LIBS)
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/src)
  endif()
endif()

include(CPack)
