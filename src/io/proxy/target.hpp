// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include "zocalo/core/error.hpp"
#include "zocalo/io/proxy.hpp"

namespace zocalo::io::detail {

/// What a proxy is asked for, and how to complain about its answer.
struct target {
    std::string host;
    std::uint16_t port;
    const proxy& through;

    /// `host:port`, with IPv6 in brackets.
    [[nodiscard]] std::string to_string() const;

    /// What to throw when the proxy has said no, or something that makes no sense. They are thrown
    /// where they are made: GCC 12 miscompiles coroutines that call what never returns.
    [[nodiscard]] std::system_error refused(std::errc why, const std::string& what_it_said) const;
    [[nodiscard]] protocol_error garbled(const std::string& what_it_said) const;
};

}  // namespace zocalo::io::detail
