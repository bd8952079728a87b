# SPDX-License-Identifier: MIT
# zocalo_embed(target namespace header files...)
#
# Makes files a part of a program: each is a std::string_view in that namespace, named as the file
# with `_` for what no name has (`listing.html` is `listing_html`). The header, which is written by
# hand, declares them. A file that changes is embedded anew by the next build.
function(zocalo_embed target namespace header)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}_embedded)
  set(defined "#include \"${header}\"\nnamespace ${namespace} {\n")
  foreach(file IN LISTS ARGN)
    cmake_path(GET file FILENAME variable)
    string(MAKE_C_IDENTIFIER ${variable} variable)
    file(READ ${file} text HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" text "${text}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," text "${text}")
    string(APPEND defined "static const unsigned char ${variable}_bytes[] = {\n${text}0};\n"
      "const std::string_view ${variable}(reinterpret_cast<const char*>(${variable}_bytes),"
      " sizeof ${variable}_bytes - 1);\n")
  endforeach()
  file(CONFIGURE OUTPUT ${folder}/embedded.cpp CONTENT "${defined}}\n" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})
  target_sources(${target} PRIVATE ${folder}/embedded.cpp)
endfunction()
