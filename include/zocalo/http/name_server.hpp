// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "zocalo/core/deadline.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/io/name_service.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/dns.hpp"

/// Name servers behind a web server: DNS over HTTPS (RFC 8484).
namespace zocalo::http {

struct name_server_options {
    /// `https://dns.example/dns-query`: asked by POST, and no redirect is followed.
    std::string url;
    /// How it is asked. Its own name is looked up by `client.connect.resolver`, which must not be
    /// one that asks this. Cookies, logins and a netrc file are none of its business: what is
    /// given here is sent.
    client_options client = {};
    /// Questions are as long as a whole number of such blocks, so that their length says little
    /// about the name (RFC 8467). 0: as long as they are.
    std::size_t padding_block = 128;
    timeout answering = std::chrono::seconds{5};  ///< of the server, connecting included
};

/// Names from such a server, for resolver_options::services:
///
///     http::name_server_options options;
///     options.url = "https://192.0.2.53/dns-query";
///     io::resolver names({.services = {std::make_shared<http::name_server>(options)}});
///
/// The server has to prove who it is; nobody is asked in the clear when it does not. **Threads.**
/// One loop at a time. **Errors.** Those of http::client; net::name_errc::again when it did not
/// answer in time, failure when it said that it cannot, or gave something else than an answer;
/// protocol_error for an answer that breaks its format.
class name_server final : public io::name_service {
 public:
    /// Throws std::invalid_argument for a URL that is not of https, and as http::client.
    explicit name_server(name_server_options options);
    ~name_server() override;

    io::task<net::dns::answer> ask(std::string name, net::dns::type which) override;

 private:
    [[nodiscard]] io::task<response> asked(const net::dns::question& what);

    name_server_options options_;
    http::client client_;
};

}  // namespace zocalo::http
