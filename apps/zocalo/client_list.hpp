// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/net/socket.hpp"

/// The client list: each client sends its name, and gets the names of all that there have been.
///
/// A name is a line. Where a client marks no end and waits for the answer, 200 ms of silence end
/// it; an empty name is not added. The answer is one JSON array of strings, in ASCII, up to the end
/// of the stream; bytes that are not UTF-8 have become U+FFFD in it.
namespace zocalo::program {

struct client_list_limits {
    std::size_t names = 10'000;  ///< further names are answered but not added
    std::size_t length = 255;    ///< bytes of a name; the rest is cut off
};

/// The names, in the order in which they came, each once. Any thread may call anything.
class client_list {
 public:
    explicit client_list(client_list_limits limits) : limits_(limits) {}

    /// Receives the name of a client, adds it and answers. Returns the name.
    std::string serve(net::socket& client);

    /// False when the name is empty or known, or there are too many.
    bool add(const std::string& name);
    [[nodiscard]] std::string to_json() const;

 private:
    const client_list_limits limits_;
    mutable std::mutex mutex_;
    std::vector<std::string> names_;
    std::set<std::string> known_;
};

/// Throws std::invalid_argument for a name with a line feed.
void check_name(std::string_view name);

/// Sends `name`, which may be empty, to a server of the list and returns the names that it answers
/// with. Throws protocol_error when that is no list, and whatever check_name() does.
[[nodiscard]] std::vector<std::string> join_client_list(net::socket& server, std::string_view name);

/// The names as a JSON array in ASCII.
[[nodiscard]] std::string to_json(const std::vector<std::string>& names);

}  // namespace zocalo::program
