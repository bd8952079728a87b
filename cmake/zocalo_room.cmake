# SPDX-License-Identifier: MIT
# zocalo_room(name DEPENDS rooms... LINK libraries... SOURCES files...)
#
# A room is one folder of include/zocalo/ with its mirror in src/, built as the library
# zocalo_<name> and known to consumers as zocalo::<name>. DEPENDS are other rooms (public); LINK are
# third-party libraries (private: no header of ours includes theirs).
function(zocalo_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;LINK;SOURCES" ${ARGN})
  set(target zocalo_${name})
  add_library(${target} ${ROOM_SOURCES})
  add_library(zocalo::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name} VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
    DEFINE_SYMBOL "")  # everything is exported, and shared libraries are compiled as archives are
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  foreach(room IN LISTS ROOM_DEPENDS)
    target_link_libraries(${target} PUBLIC zocalo_${room})
  endforeach()
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:zocalo_warnings> ${ROOM_LINK})
  zocalo_precompile(${target} rooms ${zocalo_common_headers})
  set_property(GLOBAL APPEND PROPERTY ZOCALO_ROOMS ${name})
endfunction()
