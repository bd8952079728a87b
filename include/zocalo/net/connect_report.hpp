// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>
#include <vector>

#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"

/// How a connection came about, or did not: every question to name servers and every address.
namespace zocalo::net {

/// What one question for addresses brought.
struct lookup_attempt {
    std::string name;                               ///< what was asked for
    net::family family = net::family::unspecified;  ///< of which addresses; or any
    std::error_code error;                          ///< operation_in_progress until it ends
    std::size_t found = 0;                          ///< how many addresses
    std::chrono::nanoseconds started{};             ///< after the beginning of it all
    std::chrono::nanoseconds took{};
};

/// What one address said.
struct connect_attempt {
    endpoint peer;
    std::error_code error;  ///< false for the one that won; operation_canceled for slower ones
    std::chrono::nanoseconds took{};  ///< from its own start to its answer, or to the end of it all
    std::chrono::nanoseconds started{};  ///< after the beginning of it all
};

/// What was put around the connection when there was one: a tunnel through a proxy, TLS.
struct connect_layer {
    std::string name;                    ///< "TLS with example.org"
    std::error_code error = {};          ///< false when it holds
    std::chrono::nanoseconds started{};  ///< after the beginning of it all
    std::chrono::nanoseconds took{};
};

/// All of it, in the order in which it began.
struct connect_report {
    std::string target;  ///< as the caller named it: "example.org:80"
    std::vector<lookup_attempt> lookups = {};
    std::vector<connect_attempt> attempts = {};
    std::vector<connect_layer> layers = {};
    std::error_code error = {};  ///< false when there is a connection
    std::chrono::nanoseconds took{};

    /// One line for messages: the target, and what each address said.
    [[nodiscard]] std::string summary() const;
    /// A line for all and one for each step, with milliseconds. Safe to print.
    [[nodiscard]] std::string to_table() const;
    /// The same as one JSON object.
    [[nodiscard]] std::string to_json() const;
};

}  // namespace zocalo::net
