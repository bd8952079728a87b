// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "serve/dialogue.hpp"
#include "zocalo/http/mount.hpp"
#include "zocalo/http/reverse_proxy.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/loop.hpp"

namespace zocalo::tests {

/// An upstream that waits for the end of a head, and says what it was told to.
class scripted_upstream {
 public:
    explicit scripted_upstream(std::string says) : says_(std::move(says)) {}

    [[nodiscard]] serve::handler handler() {
        return [this](serve::connection& client) { return talk(client); };
    }
    std::string heard;  ///< of all connections, one after the other
    int connections = 0;

 private:
    io::task<> talk(serve::connection& client) {
        ++connections;
        std::string got;
        while (got.find("\r\n\r\n") == std::string::npos) {
            const io::chunk piece = co_await client.stream().read();
            if (piece.empty()) co_return;
            got += piece.text();
        }
        heard += got;
        co_await client.stream().write(says_);
    }

    const std::string says_;
};

/// Upstreams, a proxy before them, and a client, on one loop.
class proxy_world {
 public:
    explicit proxy_world(std::vector<serve::handler> upstreams,
                         http::reverse_proxy_options how = {})
        : how_(std::move(how)) {
        for (serve::handler& each : upstreams)
            upstreams_.push_back(std::make_unique<serve::server>(std::move(each)));
    }

    /// `client` is called with the address of the proxy.
    template <class Client>
    void run(Client client) {
        io::loop loop;
        loop.run(task([&](net::endpoint where) { return client(std::move(where)); }));
    }
    /// The same, for whoever has a loop.
    [[nodiscard]] io::task<> task(std::function<io::task<>(net::endpoint)> client) {
        return begin(std::move(client));
    }

    /// Connections that the upstreams have had.
    [[nodiscard]] std::uint64_t accepted() const {
        std::uint64_t all = 0;
        for (const auto& each : upstreams_)
            all += each->counters().accepted;
        return all;
    }

    http::site site;                      ///< of the proxy: what stands before it
    serve::server_options front_options;  ///< of the proxy
    std::string path = "/";

 private:
    io::task<> begin(std::function<io::task<>(net::endpoint)> client) {
        const net::endpoint any(net::address::loopback_v4(), 0);
        for (const auto& each : upstreams_) {
            io::task<net::endpoint> listening = each->listen(any);
            const net::endpoint where = co_await std::move(listening);
            how_.upstreams.push_back(scheme + where.to_string() + base);
        }
        const http::reverse_proxy proxy(how_);
        state = [proxy] { return proxy.upstreams(); };
        check = [proxy] { return proxy.check_health(); };
        site.filters.push_back(http::under(path, proxy));
        serve::server front(site.handler(), front_options);
        io::task<net::endpoint> listening = front.listen(any);
        const net::endpoint where = co_await std::move(listening);
        std::vector<io::task<>> all;
        for (const auto& each : upstreams_)
            all.push_back(each->run());
        all.push_back(front.run());
        all.push_back(talk(client(where), front));
        io::task<> everything = io::all(std::move(all));
        co_await std::move(everything);
    }
    io::task<> talk(io::task<> client, serve::server& front) {
        co_await std::move(client);
        front.stop();
        for (const auto& each : upstreams_)
            each->stop_now();
    }

    http::reverse_proxy_options how_;
    std::vector<std::unique_ptr<serve::server>> upstreams_;

 public:
    std::string base;  ///< of the upstreams' URLs
    std::string scheme = "http://";
    std::function<std::vector<http::upstream_state>()> state;
    std::function<io::task<>()> check;
};

/// What comes back for these bytes, up to the end of the connection.
inline io::task<> ask_proxy(net::endpoint where, std::string says, std::string& hears) {
    io::stream peer = co_await io::connect(where);
    co_await peer.write(says);
    try {
        io::task<std::string> reading = read_all(peer);
        hears = co_await std::move(reading);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        hears += std::string("<") + error.code().message() + ">";
    }
}

inline std::string ask_through(proxy_world& world, const std::string& says) {
    std::string hears;
    world.run([&](net::endpoint where) { return ask_proxy(std::move(where), says, hears); });
    return hears;
}

}  // namespace zocalo::tests
