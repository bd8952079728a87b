// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "zocalo/serve/connection.hpp"

/// The lines that web servers log, as programs that read such logs (goaccess, awstats) know them.
namespace zocalo::serve {

/// What one of those lines says; `-` stands for what is empty.
///
/// Text from a client is escaped as in log_line, so that a line is one line and no quote ends
/// early; each text is cut after 1024 bytes. Small and cheap; write it where you like.
struct web_log_entry {
    /// Of that peer's address, without its port, and of now.
    web_log_entry(const peer& who, std::uint16_t answer);

    std::string host;  ///< the peer's
    std::string user = {};
    std::chrono::sys_seconds when;
    std::string request = {};  ///< `GET /path HTTP/1.1`
    std::uint16_t status;
    std::uint64_t size = 0;  ///< bytes of the content
    std::string referer = {};
    std::string agent = {};

    /// `host - user [time] "request" status size`, without a line end: the Common Log Format. The
    /// time is UTC.
    [[nodiscard]] std::string common() const;
    /// The same with `"referer" "agent"` behind it: Apache's combined format.
    [[nodiscard]] std::string combined() const;
};

}  // namespace zocalo::serve
