// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

/// Jars as text, in the two formats that other programs read. They hold secrets: give the file to
/// nobody else, and replace it whole (io::durable_file).
namespace zocalo::http {

class cookie_jar;

struct cookie_file_options {
    bool with_session = false;  ///< cookies without a date, too
    bool with_expired = false;
    /// What to_netscape() writes for no date: 0, which curl and wget read, not nothing, which
    /// Python reads and they do not.
    bool zero_for_session = false;
};

/// `cookies.txt`, as curl, wget, browsers' add-ons and Python's MozillaCookieJar have it. SameSite
/// has no place in it, and a cookie with a tab in it is left out.
[[nodiscard]] std::string to_netscape(const cookie_jar& jar, std::chrono::sys_seconds now,
                                      const cookie_file_options& options = {});
/// `#LWP-Cookies-2.0`, as libwww-perl and Python's LWPCookieJar have it.
[[nodiscard]] std::string to_lwp(const cookie_jar& jar, std::chrono::sys_seconds now,
                                 const cookie_file_options& options = {});

/// Adds the cookies of a file of either kind: how many there were. Those that have expired are
/// passed over, and lines with cookies that could not be set by anybody.
///
/// A file of the first kind may lack the line that says so, when the first line that is no comment
/// has its seven columns. Throws protocol_error when it is no such file.
std::size_t read_cookie_file(cookie_jar& into, std::string_view text, std::chrono::sys_seconds now);

}  // namespace zocalo::http
