# SPDX-License-Identifier: MIT
# zocalo_precompile(target group headers...)
#
# Has the headers, which most files of the target read, read once for all targets of the group:
# these must be compiled with the same flags. Half of what Clang does here is reading headers. It
# hides a missing #include, so it is for the sanitizers' builds, beside which the release build
# stands.
option(ZOCALO_PRECOMPILE "Read the common headers once (not the build to develop with)" OFF)

function(zocalo_precompile target group)
  if(NOT ZOCALO_PRECOMPILE)
    return()
  endif()
  get_property(maker GLOBAL PROPERTY ZOCALO_PRECOMPILED_${group})
  if(maker)
    target_precompile_headers(${target} REUSE_FROM ${maker})
  else()
    target_precompile_headers(${target} PRIVATE ${ARGN})
    set_property(GLOBAL PROPERTY ZOCALO_PRECOMPILED_${group} ${target})
  endif()
endfunction()

# What nearly every file includes.
set(zocalo_common_headers
  <algorithm> <array> <chrono> <coroutine> <cstddef> <cstdint> <exception> <functional> <map>
  <memory> <mutex> <optional> <span> <stdexcept> <string> <string_view> <system_error> <thread>
  <utility> <variant> <vector>)
