// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/http/client_connection.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/connect_report.hpp"
#include "zocalo/tls/dial.hpp"

namespace zocalo::http::detail {

/// Where a connection leads, and how it is made.
struct route_to {
    net::host_port where;
    tls::dial_options how;
    std::string key;  ///< of all that: pool_key()
};

/// A connection, and what has to live as long as it is known by its key.
struct pooled_connection {
    explicit pooled_connection(route_to where) noexcept : to(std::move(where)) {}

    std::unique_ptr<client_connection> line;
    route_to to;
    net::connect_report report;  ///< how it came about
    io::time_point rested_since = {};
};

/// Connections that rest, and the places for those in use. The tasks of one loop.
class connection_pool : public std::enable_shared_from_this<connection_pool> {
    struct place {
        explicit place(std::size_t slots) noexcept : free(slots) {}
        io::semaphore free;
        std::size_t users = 0;  ///< leases that have it, or wait for it
    };

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
        std::string where_;
        io::semaphore::permit of_all_;
        io::semaphore::permit of_place_;
    };

    /// Waits for a place; `is_fresh`: nothing that has rested will do.
    [[nodiscard]] io::task<lease> acquire(const route_to& to, bool is_fresh);

    [[nodiscard]] std::size_t resting() const noexcept { return resting_.size(); }
    void close_resting() noexcept { resting_.clear(); }

 private:
    void leave(const std::string& where) noexcept;
    void close_old(io::time_point now) noexcept;
    void make_room(const std::string& where) noexcept;
    [[nodiscard]] std::unique_ptr<pooled_connection> take(const std::string& key) noexcept;

    limits limits_;
    io::semaphore free_{limits_.in_all};
    std::map<std::string, place> places_;
    std::vector<std::unique_ptr<pooled_connection>> resting_;  ///< the oldest first
};

}  // namespace zocalo::http::detail
