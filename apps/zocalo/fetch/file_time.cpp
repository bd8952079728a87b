// SPDX-License-Identifier: MIT
#include "fetch/file_time.hpp"

#include <optional>
#include <stdexcept>

#include "fetch/any_date.hpp"
#include "sys/file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/date.hpp"

namespace zocalo::program {

namespace {

std::optional<std::chrono::sys_seconds> try_written_at(const std::string& path) {
    struct stat status{};
    if (sys::lstat(path.c_str(), &status) != 0) return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(status.st_mtim.tv_sec));
}

}  // namespace

std::chrono::sys_seconds written_at(const std::string& path) {
    if (const auto written = try_written_at(path)) return *written;
    throw std::invalid_argument("there is no file " + quoted(path));
}

std::chrono::sys_seconds time_of(const std::string& date_or_file) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (const auto date = http::parse_date(date_or_file, now)) return *date;
    if (const auto date = parse_any_date(date_or_file)) return *date;
    if (const auto written = try_written_at(date_or_file)) return *written;
    throw std::invalid_argument(quoted(date_or_file) + " is no date like \"6 Nov 1994 08:49:37\" " +
                                "or 1994-11-06, and no file");
}

}  // namespace zocalo::program
