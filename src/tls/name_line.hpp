// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "zocalo/io/mutex.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/dns.hpp"
#include "zocalo/tls/context.hpp"
#include "zocalo/tls/name_server.hpp"

namespace zocalo::tls::detail {

/// One connection to a name server, and the questions on it.
///
/// Nobody works for it but those who ask: one of them reads for all, and when it has its answer, or
/// is cancelled, another one takes over.
class name_connection {
 public:
    explicit name_connection(io::stream secured) noexcept
        : stream_(std::move(secured)), reader_(stream_) {}
    name_connection(const name_connection&) = delete;
    name_connection& operator=(const name_connection&) = delete;

    /// The message that answers. Throws what ended the connection.
    [[nodiscard]] io::task<std::string> ask(net::dns::question what);

    /// Whether another question may be asked.
    [[nodiscard]] bool is_good() const noexcept { return !is_broken_; }
    [[nodiscard]] bool was_useful() const noexcept { return was_useful_; }
    void give_up() noexcept { is_broken_ = true; }

    io::time_point last_used;

 private:
    struct pending;
    class place;
    class turn;

    std::uint16_t free_number() noexcept;
    io::task<> send(std::string message);
    io::task<> read();
    void take_messages();
    void lose(const std::exception_ptr& why) noexcept;
    void wake_all() noexcept;

    io::stream stream_;
    io::reader reader_;
    io::mutex writing_;
    std::map<std::uint16_t, pending*> pending_;
    std::uint16_t next_number_ = 0;
    bool is_read_ = false;     ///< by one who asks
    bool is_broken_ = false;   ///< nobody may ask any more
    bool was_useful_ = false;  ///< it has brought an answer
};

/// One name server, and the connection to it when there is one.
class name_line {
 public:
    name_line(secure_name_server server, client_context context,
              const name_server_options& options);

    [[nodiscard]] io::task<net::dns::answer> ask(std::string name, net::dns::type which);

 private:
    using connection = std::shared_ptr<name_connection>;

    io::task<std::string> said(net::dns::question what);
    io::task<connection> connected();
    io::task<io::stream> connect();
    [[nodiscard]] bool is_usable(io::time_point now) const noexcept;

    const secure_name_server server_;
    const client_context context_;
    const name_server_options options_;
    io::semaphore slots_;
    io::mutex connecting_;
    connection current_;
};

}  // namespace zocalo::tls::detail
