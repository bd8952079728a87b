// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "io/backend/system_descriptor.hpp"
#include "zocalo/core/buffer.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/endpoint.hpp"

struct ares_channeldata;

namespace zocalo::io::detail {

/// The sockets that c-ares opens, made and used by us: close-on-exec, without SIGPIPE, known to the
/// backend, and with an eye on what comes in.
class channel_sockets {
 public:
    channel_sockets(const channel_sockets&) = delete;
    channel_sockets& operator=(const channel_sockets&) = delete;

    /// What to do with a datagram.
    enum class verdict { drop, take, ask_again_over_tcp };

    // For c-ares, which gives the descriptor.
    int open(int family, int type, int protocol);
    int connect(int fd, const net::endpoint& to) noexcept;
    void close(int fd) noexcept;
    long receive(int fd, mutable_buffer into, int flags, void* from, unsigned* from_size) noexcept;
    void wants(int fd, bool reading, bool writing) noexcept;

 protected:
    channel_sockets() = default;
    ~channel_sockets() = default;

    /// Makes `channel` use us. c-ares does not know the interfaces of its servers: we do.
    void attach(ares_channeldata* channel, std::vector<net::endpoint> servers);
    /// Looks at what came from there before c-ares does. Of a stream it is a piece, mostly a whole
    /// message, and the verdict does not count.
    virtual verdict judge(const_buffer data, const net::endpoint& from) const noexcept = 0;

    /// A task for each thing that c-ares waits for.
    [[nodiscard]] std::vector<task<>> waits();
    /// What was closed while somebody waited on it goes when nobody does any more.
    void bury() noexcept { closed_.clear(); }
    /// Lets c-ares do what it can.
    void process(ares_channeldata* channel);

 private:
    struct entry {
        std::unique_ptr<system_descriptor> socket;
        net::endpoint peer = {};
        bool is_datagram = false;
        bool reading = false;
        bool writing = false;
    };
    entry* find(int fd) noexcept;

    std::vector<net::endpoint> servers_;
    std::vector<entry> open_;
    std::vector<entry> closed_;
};

}  // namespace zocalo::io::detail
