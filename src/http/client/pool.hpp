// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/client/http2_connection.hpp"
#include "http/client/line.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/versions.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/connect_report.hpp"
#include "zocalo/tls/dial.hpp"

namespace zocalo::http::detail {

struct shared_connection;

/// What requests with the same key know of each other, where connections may be of HTTP/2.
struct meeting_place {
    std::vector<shared_connection*> shared;  ///< in use, the oldest first
    bool is_dialled = false;  ///< somebody is about to know which version is spoken there
    bool speaks_1_1 = false;  ///< the server has chosen that
    unsigned failures = 0;    ///< to make a connection, or to hear what it allows
    io::event changed;        ///< for those who wait for a connection, or for a stream of one
};

/// Where a connection leads, and how it is made: made once for all requests to an origin.
struct route_to {
    net::host_port where;
    tls::dial_options how;
    std::string key;                      ///< of all that: pool_key()
    const io::proxy* told = nullptr;      ///< is asked for the URL itself, and makes no tunnel
    http::fields usual;                   ///< what a request says that adds nothing of its own
    std::shared_ptr<io::semaphore> free;  ///< places for connections there, of all such routes
    versions which = versions::http_1_1;
    std::string alternative;  ///< as Alt-Used has it; empty: where the URL says
    /// For all with the same key; null where connections are of HTTP/1.1 only.
    std::shared_ptr<meeting_place> meeting = {};
};
using shared_route = std::shared_ptr<const route_to>;

/// A connection of HTTP/2, and the places that it has while it is in use.
struct shared_connection : std::enable_shared_from_this<shared_connection> {
    shared_connection(io::stream server, const limits& within, std::string scheme, timeout stall)
        : on(std::move(server), within, std::move(scheme), stall) {}

    http2_connection on;
    io::semaphore::permit of_all;
    io::semaphore::permit of_place;
    std::size_t users = 0;
    io::time_point used = {};  ///< when something came last
};

/// A connection, and what has to live as long as it is known by its key.
struct pooled_connection {
    explicit pooled_connection(shared_route where) noexcept : to(std::move(where)) {}

    std::shared_ptr<shared_connection> shared;  ///< that the line is a stream of
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
        std::size_t streams;  ///< of one connection
        timeout rest;
    };
    explicit connection_pool(const limits& within) noexcept : limits_(within) {}

    /// The right to one connection, and one that rested if there was any. What is not given back is
    /// closed.
    class lease {
     public:
        lease() noexcept = default;
        lease(lease&& other) noexcept { *this = std::move(other); }
        lease& operator=(lease&& other) noexcept;
        ~lease() { end(); }

        std::unique_ptr<pooled_connection> made;

        /// To the others, if it can be used once more.
        void give_back(io::time_point now);
        /// Of HTTP/2: the request is given up, which the server is told, also when who gives it up
        /// is cancelled. The line is gone then.
        [[nodiscard]] io::task<> cut_off();
        /// A connection was made, which others may share if it is of HTTP/2.
        void settle();
        /// None could be made: others that wait for this one try by themselves.
        void note_failure() noexcept;

     private:
        friend connection_pool;
        void end() noexcept;
        void announce_dialling() noexcept;
        void end_dialling() noexcept;
        void part() noexcept;

        std::shared_ptr<connection_pool> from_;
        shared_route to_;
        bool dials_ = false;  ///< others wait for what comes of it
        io::semaphore::permit of_all_;
        io::semaphore::permit of_place_;
    };

    /// Waits for a place, or for a stream of a connection that has room for one more; `is_fresh`:
    /// nothing that has rested will do.
    [[nodiscard]] io::task<lease> acquire(shared_route to, bool is_fresh);
    /// What a route has for `free`: the same for one host and port as long as anybody keeps it.
    [[nodiscard]] std::shared_ptr<io::semaphore> places_at(const net::host_port& where);
    /// The same for `meeting`, by the key.
    [[nodiscard]] std::shared_ptr<meeting_place> meeting_at(const std::string& key);

    [[nodiscard]] std::size_t resting() const noexcept { return resting_.size(); }
    void close_resting() noexcept { resting_.clear(); }

 private:
    [[nodiscard]] io::task<> get_places(lease& mine);
    [[nodiscard]] io::task<> join(lease& mine, unsigned failures);
    [[nodiscard]] io::task<> revive(lease& mine);
    [[nodiscard]] bool share(lease& mine);
    [[nodiscard]] bool is_overtaken(lease& mine, unsigned failures);
    void rest(std::unique_ptr<pooled_connection> what) noexcept;
    void close_old(io::time_point now) noexcept;
    void make_room(const route_to& to) noexcept;
    [[nodiscard]] std::unique_ptr<pooled_connection> take(const route_to& to) noexcept;

    limits limits_;
    io::semaphore free_{limits_.in_all};
    std::map<std::string, std::weak_ptr<io::semaphore>> places_;
    std::map<std::string, std::weak_ptr<meeting_place>> meetings_;
    std::vector<std::unique_ptr<pooled_connection>> resting_;  ///< the oldest first
};

}  // namespace zocalo::http::detail
