// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/http/client.hpp"
#include "zocalo/io/stream.hpp"

/// Content as everything takes it that reads streams: line by line, in pieces of a size, ahead.
namespace zocalo::http {

class client_connection;

/// The content of a response as a stream.
///
///     io::stream content = http::content_stream(co_await client.open(request));
///     io::reader reader(content);
///     while (const auto line = co_await reader.read_until("\n", 65536)) use(*line);
///
/// It ends where the content does, and what was cut off is an error there. Nothing can be written:
/// std::errc::operation_not_supported.
[[nodiscard]] io::stream content_stream(response_stream from);
/// The same for a response whose head receive() has brought. The connection must outlive it.
[[nodiscard]] io::stream content_stream(client_connection& from);

}  // namespace zocalo::http
