// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include "zocalo/io/proxy.hpp"

namespace zocalo::io::detail {

/// What a proxy is asked for, and how to complain about its answer.
struct target {
    std::string host;
    std::uint16_t port;
    const proxy& through;

    /// `host:port`, with IPv6 in brackets.
    [[nodiscard]] std::string to_string() const;

    /// The proxy has said no.
    [[noreturn]] void refused(std::errc why, const std::string& what_it_said) const;
    /// The proxy has said something that makes no sense.
    [[noreturn]] void garbled(const std::string& what_it_said) const;
};

}  // namespace zocalo::io::detail
