# SPDX-License-Identifier: MIT
# How every target of this project is compiled. Nothing here reaches a consumer but C++20 itself.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET default)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()
# Assertions stay on in every build type: a broken invariant must stop the program, not corrupt it.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")

find_program(ZOCALO_CCACHE ccache)
if(ZOCALO_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ZOCALO_CCACHE})
endif()

option(ZOCALO_WERROR "Treat warnings as errors" OFF)
set(ZOCALO_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=: address,undefined or thread")

add_library(zocalo_warnings INTERFACE)
target_compile_options(zocalo_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<BOOL:${ZOCALO_WERROR}>:-Werror>)

if(ZOCALO_SANITIZE)
  add_compile_options(-fsanitize=${ZOCALO_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all
                      -fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/tools/sanitizer-ignore.txt)
  add_link_options(-fsanitize=${ZOCALO_SANITIZE})
endif()
