// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/rpc/answer.hpp"      // IWYU pragma: export
#include "zocalo/rpc/caller.hpp"      // IWYU pragma: export
#include "zocalo/rpc/client.hpp"      // IWYU pragma: export
#include "zocalo/rpc/convert.hpp"     // IWYU pragma: export
#include "zocalo/rpc/fault.hpp"       // IWYU pragma: export
#include "zocalo/rpc/invocation.hpp"  // IWYU pragma: export
#include "zocalo/rpc/json.hpp"        // IWYU pragma: export
#include "zocalo/rpc/methods.hpp"     // IWYU pragma: export
#include "zocalo/rpc/server.hpp"      // IWYU pragma: export
#include "zocalo/rpc/value.hpp"       // IWYU pragma: export
#include "zocalo/rpc/xml.hpp"         // IWYU pragma: export

/// Calling procedures of other machines, and offering some: XML-RPC and JSON-RPC 2.0 over HTTP.
///
///     rpc::methods sums;
///     sums.add("add", [](int a, int b) { return a + b; });
///     rpc::add_methods(site.routes, "/RPC2", sums);
///
///     rpc::proxy server("http://localhost:8000/RPC2");
///     const int three = server.call<int>("add", 1, 2).get();
namespace zocalo::rpc {}
