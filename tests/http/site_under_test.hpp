// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <system_error>
#include <utility>

#include "serve/dialogue.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/loop.hpp"

namespace zocalo::tests {

namespace detail {

inline io::task<> say(io::stream& to, const std::string& what) {
    co_await to.write(what);
    co_await to.finish();
}
/// Does something when the answer has begun; then it reads on, to whatever end.
inline io::task<> hear(io::stream& from, std::string& all, std::function<void()> meanwhile) {
    try {
        for (;;) {
            const io::chunk piece = co_await from.read();
            if (piece.empty()) co_return;
            all += piece.text();
            if (meanwhile) std::exchange(meanwhile, {})();
        }
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::connection_reset) throw;
    }
}
inline io::task<> talk_with_site(serve::server&, net::endpoint where, const std::string& says,
                                 std::string& hears, std::function<void()> meanwhile) {
    io::stream peer = co_await io::connect(where);
    co_await io::all(say(peer, says), hear(peer, hears, std::move(meanwhile)));
}

}  // namespace detail

/// What comes back for these bytes, up to the end of the connection; `meanwhile` is called when its
/// first piece has come.
inline std::string ask_site(const http::site& site, const std::string& says,
                            std::function<void()> meanwhile = {},
                            serve::server_options options = {}) {
    std::string hears;
    serve::server running(site.handler(), std::move(options));
    io::loop loop;
    loop.run(with_server(running, [&](serve::server& one, net::endpoint where) {
        return detail::talk_with_site(one, std::move(where), says, hears, meanwhile);
    }));
    return hears;
}

}  // namespace zocalo::tests
