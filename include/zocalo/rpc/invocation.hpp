// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "zocalo/rpc/value.hpp"

/// Calls, and how large a document of calls or answers may be.
namespace zocalo::rpc {

/// What is called, and with what.
struct invocation {
    std::string method;
    std::vector<value> parameters = {};

    friend bool operator==(const invocation&, const invocation&) = default;
};

/// What a document may take.
struct document_limits {
    std::size_t size = std::size_t{8} * 1024 * 1024;  ///< bytes, uncompressed
    std::size_t depth = 64;                           ///< arrays and structs in each other
    std::size_t tags = 1'000'000;                     ///< in XML, those that close too
    std::size_t calls = 1000;                         ///< in system.multicall and in a batch
};

}  // namespace zocalo::rpc
