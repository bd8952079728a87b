// SPDX-License-Identifier: MIT
#pragma once

#include <fstream>
#include <ostream>
#include <string>
#include <system_error>

/// Files that a command line names, and standard output.
namespace zocalo::program {

/// Says what is wrong with a file. A type of its own, because the same number from a socket would
/// speak of a connection.
class file_error : public std::system_error {
 public:
    using std::system_error::system_error;
};

/// The text of an error without that of its code, which every such error ends in.
[[nodiscard]] std::string what_failed(const std::system_error& error);

/// Opened to be read as bytes. Throws file_error that names the path, as the next does.
[[nodiscard]] std::ifstream open_file(const std::string& path);
/// Made, or emptied, to be written as bytes.
[[nodiscard]] std::ofstream create_file(const std::string& path);
/// The same, to be written behind what is there.
[[nodiscard]] std::ofstream open_end_of_file(const std::string& path);

/// All that is in a file, or in standard input, which is `-`. Throws file_error.
[[nodiscard]] std::string read_file(const std::string& path);

/// Flushes `out`. Throws file_error that says "write `what`" and why when that fails, or when what
/// was written before has.
void flush(std::ostream& out, const std::string& what);
/// Standard output likewise.
void flush_output();

/// Makes sure that the descriptors 0, 1 and 2 are open before anything else is: a socket that
/// became our standard input would talk to itself. A closed one reads as ended, and cannot be
/// written.
void hold_standard_descriptors() noexcept;

}  // namespace zocalo::program
