// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "zocalo/http/server.hpp"

/// Several sites at one address, told apart by the host that is asked for (RFC 9110 §7.2).
namespace zocalo::http {

/// A site and its names.
struct virtual_host {
    /// "example.org", or "*.example.org" for one label in place of the star. Without port; case and
    /// a dot at the end do not count.
    std::vector<std::string> names = {};
    const http::site* site = nullptr;  ///< has to outlive the filter, and all requests
    /// Hosts with the same text here, such as the path of a file, show the same certificate: who is
    /// connected to one of them may ask for the others. Empty: only this one has its certificate.
    std::string certificate = {};
};

/// Has the site of that name answer, and its filters, instead of the one whose filter this is: that
/// one answers for all hosts that nobody has here. An exact name goes before one with a star.
///
///     front.filters = {http::choose_host({{{"example.org", "www.example.org"}, &main_site},
///                                         {{"*.blog.example"}, &blogs}})};
///
/// Over TLS the host that the client has named in its handshake has to be served together with the
/// one that it asks for, and otherwise it is told so (421): the certificate that it has seen, and
/// what was agreed on there, are of another site. Without a Host (HTTP/1.0) the name of the
/// handshake counts. tls::server_options::by_name has the certificates.
///
/// Throws std::invalid_argument for no site, and for a name that is none or is there twice.
[[nodiscard]] filter choose_host(const std::vector<virtual_host>& hosts);

}  // namespace zocalo::http
