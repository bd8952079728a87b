// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "fetch/session.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/url/robots.hpp"

namespace zocalo::program {

/// What the server of that URL asks of programs that follow links: its /robots.txt, which servers
/// of Gopher have, too. Throws what the clients throw, and std::errc::timed_out after 30 seconds.
[[nodiscard]] io::task<url::robots> robots_of(session& with, url::uri start);

/// What the servers of a mirror ask for. Each is asked once, whoever wants to know.
class robots_book {
 public:
    struct entry {
        io::mutex asking;
        std::optional<url::robots> rules;
        std::string why;  ///< it could not be asked, and so allows nothing
        bool is_new = true;
    };

    /// Of the server of that URL. Good as long as this.
    [[nodiscard]] io::task<entry*> of(session& with, url::uri where);
    /// The same, as far as it is known already; null when it is not.
    [[nodiscard]] const url::robots* known(const url::uri& where) const;

 private:
    std::map<std::string, entry> all_;
};

}  // namespace zocalo::program
