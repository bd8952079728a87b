// SPDX-License-Identifier: MIT
#include "fetch/file_time.hpp"

#include <stdexcept>

#include "sys/file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/date.hpp"

namespace zocalo::program {

std::chrono::sys_seconds time_of(const std::string& date_or_file) {
    using std::chrono::sys_seconds;
    struct stat status{};
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (const auto date = http::parse_date(date_or_file, now)) return *date;
    if (sys::lstat(date_or_file.c_str(), &status) == 0)
        return sys_seconds(std::chrono::seconds(status.st_mtim.tv_sec));
    throw std::invalid_argument(quoted(date_or_file) +
                                " is no date like \"Sun, 06 Nov 1994 08:49:37 GMT\", and no file");
}

}  // namespace zocalo::program
