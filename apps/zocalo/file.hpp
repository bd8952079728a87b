// SPDX-License-Identifier: MIT
#pragma once

#include <fstream>
#include <string>
#include <system_error>

/// Files that a command line names.
namespace zocalo::program {

/// Says what is wrong with a file. A type of its own, because the same number from a socket would
/// speak of a connection.
class file_error : public std::system_error {
 public:
    using std::system_error::system_error;
};

/// Opened to be read as bytes. Throws file_error that names the path, as the next does.
[[nodiscard]] std::ifstream open_file(const std::string& path);
/// Made, or emptied, to be written as bytes.
[[nodiscard]] std::ofstream create_file(const std::string& path);

}  // namespace zocalo::program
