// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <utility>

#include "http/http2_caller.hpp"
#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/server.hpp"

/// A site in every world, and a client that speaks HTTP/2 with it frame by frame.
namespace zocalo::tests {

using dialogue = std::function<io::task<>(http2_caller&)>;

inline io::task<> call(net::endpoint where, http::http2_limits within, dialogue says) {
    io::stream line = co_await io::connect(where);
    http2_caller caller(std::move(line), within);
    co_await says(caller);
}

class http2_talk : public in_every_world {
 protected:
    void talk(dialogue says) {
        serve::server running(site.handler(), options);
        run(with_server(running, [&](serve::server& one, net::endpoint where) {
            server_ = &one;
            return call(std::move(where), within, says);
        }));
    }

    http::site site;
    serve::server_options options;
    http::http2_limits within = http::client_http2_limits();
    serve::server* server_ = nullptr;
};

/// Says when a coroutine that has one ends.
struct witness {
    bool& ended;
    ~witness() { ended = true; }
};

}  // namespace zocalo::tests
