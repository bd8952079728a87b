// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "zocalo/http/routes.hpp"
#include "zocalo/rpc/methods.hpp"

/// Procedures over HTTP.
namespace zocalo::rpc {

/// How they are served.
struct serve_options {
    /// `POST` of `text/xml` or `application/xml`.
    bool xml = true;
    /// `POST` of `application/json`.
    bool json = true;
    /// `GET` shows a page for people, with what the methods are and do.
    bool page = true;
    /// What that page is called, and what it says first.
    std::string title = "Methods";
    std::string about = {};
    /// Told what a method has thrown that is no fault. Must not throw.
    methods::failure failed = {};
};

/// Answers calls at a path of a site; a site may have several such paths.
///
///     rpc::methods sums;
///     sums.add("add", [](int a, int b) { return a + b; });
///     http::site site;
///     rpc::add_methods(site.routes, "/RPC2", sums);
///
/// Calls may be compressed as http::decoder knows it, twice at most; they are read whole, within
/// methods::limits(). A page of another site cannot make a browser call anything, since it would
/// have to ask first (CORS). Throws std::invalid_argument for a path that is none or taken.
void add_methods(http::routes& to, std::string_view path, methods what,
                 const serve_options& options = {});

}  // namespace zocalo::rpc
