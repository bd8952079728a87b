// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/client/line.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/connect_report.hpp"
#include "zocalo/tls/dial.hpp"

namespace zocalo::http::detail {

/// Where a connection leads, and how it is made: made once for all requests to an origin.
struct route_to {
    net::host_port where;
    tls::dial_options how;
    std::string key;                      ///< of all that: pool_key()
    const io::proxy* told = nullptr;      ///< is asked for the URL itself, and makes no tunnel
    http::fields usual;                   ///< what a request says that adds nothing of its own
    std::shared_ptr<io::semaphore> free;  ///< places for connections there, of all such routes
};
using shared_route = std::shared_ptr<const route_to>;

/// A connection, and what has to live as long as it is known by its key.
struct pooled_connection {
    explicit pooled_connection(shared_route where) noexcept : to(std::move(where)) {}

    std::unique_ptr<detail::line> line;
    shared_route to;
    net::connect_report report;  ///< how it came about
    io::time_point rested_since = {};
    unsigned rests = 0;  ///< how often it was given back
};

/// Connections that rest, and the places for those in use. The tasks of one loop.
class connection_pool : public std::enable_shared_from_this<connection_pool> {
 public:
    struct limits {
        std::size_t in_all;
        std::size_t to_one;
        timeout rest;
    };
    explicit connection_pool(const limits& within) noexcept : limits_(within) {}

    /// The right to one connection, and one that rested if there was any. What is not given back is
    /// closed.
    class lease {
     public:
        lease() noexcept = default;
        lease(lease&& other) noexcept = default;
        lease& operator=(lease&& other) noexcept;
        ~lease() { end(); }

        std::unique_ptr<pooled_connection> made;

        /// To the others, if it can be used once more.
        void give_back(io::time_point now);

     private:
        friend connection_pool;
        void end() noexcept;

        std::shared_ptr<connection_pool> from_;
        shared_route to_;
        io::semaphore::permit of_all_;
        io::semaphore::permit of_place_;
    };

    /// Waits for a place; `is_fresh`: nothing that has rested will do.
    [[nodiscard]] io::task<lease> acquire(shared_route to, bool is_fresh);
    /// What a route has for `free`: the same for one host and port as long as anybody keeps it.
    [[nodiscard]] std::shared_ptr<io::semaphore> places_at(const net::host_port& where);

    [[nodiscard]] std::size_t resting() const noexcept { return resting_.size(); }
    void close_resting() noexcept { resting_.clear(); }

 private:
    void close_old(io::time_point now) noexcept;
    void make_room(const route_to& to) noexcept;
    [[nodiscard]] std::unique_ptr<pooled_connection> take(const route_to& to) noexcept;

    limits limits_;
    io::semaphore free_{limits_.in_all};
    std::map<std::string, std::weak_ptr<io::semaphore>> places_;
    std::vector<std::unique_ptr<pooled_connection>> resting_;  ///< the oldest first
};

}  // namespace zocalo::http::detail
