// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/io/name_service.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/dns.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/tls/options.hpp"

/// Name servers that nobody on the way can read or change: DNS over TLS (RFC 7858).
namespace zocalo::tls {

namespace detail {
class name_line;  // src/tls/name_line.hpp
}

/// A name server that speaks TLS.
struct secure_name_server {
    static constexpr std::uint16_t usual_port = 853;

    net::endpoint where;
    std::string name = {};  ///< who it has to be in its certificate; empty: its address

    /// Reads `ADDRESS`, `ADDRESS:PORT` or `[IPv6]:PORT`, and `#NAME` behind that.
    ///
    /// Throws std::invalid_argument that shows the text.
    static secure_name_server parse(std::string_view text);
};

struct name_server_options {
    // --- Behaviour

    /// Whom to ask; each next one when the one before it does not answer.
    std::vector<secure_name_server> servers = {};
    client_options tls = {};
    /// Questions are as long as a whole number of such blocks, so that their length says little
    /// about the name (RFC 8467). 0: as long as they are.
    std::size_t padding_block = 128;

    // --- Limits

    timeout connecting = std::chrono::seconds{5};  ///< to one server, with the handshake
    timeout answering = std::chrono::seconds{5};   ///< of one server, once it is connected
    /// A connection on which nothing came for so long is not used again.
    std::chrono::nanoseconds idle = std::chrono::seconds{10};
    /// Questions that one server is asked at the same time; further ones wait.
    std::size_t most_at_once = 100;
};

/// Names from name servers over TLS, for resolver_options::services:
///
///     tls::name_server_options options;
///     options.servers = {tls::secure_name_server::parse("192.0.2.53#dns.example")};
///     io::resolver names({.services = {std::make_shared<tls::name_server>(options)}});
///
/// Questions share a connection, which stays open for those to come. Each server has to prove who
/// it is; where none can be reached or none proves it, there is no answer, and nobody is asked in
/// the clear. **Threads.** One loop at a time. **Errors.** What io::connect() and tls::connect()
/// throw of the last server; net::name_errc::again when it did not answer in time, failure when it
/// said that it cannot; protocol_error for an answer that breaks its format.
class name_server final : public io::name_service {
 public:
    /// Throws std::invalid_argument without a server, or for one at no IP address, and as
    /// client_context.
    explicit name_server(const name_server_options& options);
    ~name_server() override;

    io::task<net::dns::answer> ask(std::string name, net::dns::type which) override;

 private:
    std::vector<std::unique_ptr<detail::name_line>> servers_;
};

}  // namespace zocalo::tls
