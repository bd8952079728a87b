// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "zocalo/io/reader.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/tls/context.hpp"

/// From plaintext to TLS on the same connection: STARTTLS, STLS, AUTH TLS.
///
/// Everything that was learnt in the clear is worthless afterwards; forgetting it is the caller's
/// part. Bytes that came in the clear after the go-ahead are an attack (CVE-2011-0411,
/// CVE-2021-22947): then the connection is closed, and errc::plaintext_buffered is thrown.
namespace zocalo::tls {

/// On a client, after the server's go-ahead was read through `from`: makes `line` a TLS stream in
/// its place. Both must outlive the task; `from` goes on reading `line`. `host` and `port` are
/// those of connect(). Throws as that does, and then `line` is closed.
[[nodiscard]] io::task<> upgrade(io::stream& line, const io::reader& from, client_context context,
                                 std::string host, std::uint16_t port = 0);

/// On a server, after the go-ahead was written.
[[nodiscard]] io::task<> upgrade(io::stream& line, const io::reader& from, server_context context);

}  // namespace zocalo::tls
