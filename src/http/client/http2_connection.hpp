// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <string>

#include "zocalo/core/deadline.hpp"
#include "zocalo/http/http2_engine.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::http::detail {

/// Who has a stream of a connection: what happens to it is told here.
class http2_guest {
 public:
    http2_guest() noexcept = default;
    http2_guest(const http2_guest&) = delete;
    http2_guest& operator=(const http2_guest&) = delete;

 protected:
    virtual ~http2_guest() = default;
    virtual void hear(const http2_event& what) = 0;
    /// How much has happened so far.
    [[nodiscard]] std::uint64_t news() const noexcept { return news_; }

 private:
    friend class http2_connection;
    io::event changed_;
    std::uint64_t news_ = 0;
    unsigned waiting_ = 0;  ///< tasks, in http2_connection::wait()
    bool wants_all_sent_ = false;
};

/// The client's end of a connection of HTTP/2, which requests share.
///
/// Nothing runs in the background. Of the tasks that wait, one reads for all, and hands that over
/// when it goes. One writes at a time; a cancellation does not stop it, so that no frame is torn.
/// **Threads.** The tasks of one loop, or .get() on one thread.
class http2_connection {
 public:
    /// `stall`: so long a write may take.
    http2_connection(io::stream server, const limits& within, std::string scheme, timeout stall);

    http2_connection(const http2_connection&) = delete;
    http2_connection& operator=(const http2_connection&) = delete;
    /// Says goodbye to the server, as far as that goes without waiting.
    ~http2_connection();

    /// Called when the server has said what it allows.
    std::function<void()> on_settings;

    /// The number of a new stream, whose owner is told of it until leave().
    [[nodiscard]] std::uint32_t open(const request_head& head, content_size size, http2_guest& who);
    /// What is not complete is reset.
    void leave(std::uint32_t stream) noexcept;

    /// From now on `who` is told once, too, that nothing of it waits to be sent, whoever sends
    /// that.
    void tell_when_all_is_sent(http2_guest& who) noexcept;
    /// Sends what waits to be sent, as far as windows allow.
    [[nodiscard]] io::task<> flush();
    /// Does that, and waits until more has happened to `who` than `seen`; or perhaps not.
    [[nodiscard]] io::task<> wait(http2_guest& who, std::uint64_t seen);

    /// Whether another request may begin.
    [[nodiscard]] bool has_room(std::size_t most) const noexcept;
    /// Whether the server has not said yet how many requests it takes at a time.
    [[nodiscard]] bool is_new() const noexcept { return is_good() && !has_settings_; }
    [[nodiscard]] bool has_settings() const noexcept { return has_settings_; }
    /// Whether it can be kept for requests to come.
    [[nodiscard]] bool is_good() const noexcept;
    /// The same after a look at what has come while nobody waited. Nobody may wait.
    [[nodiscard]] io::task<bool> look();

    /// Why nothing can be done any more; null while something can.
    [[nodiscard]] const std::exception_ptr& broken() const noexcept { return broken_; }
    /// Whether that is that the server has ended it.
    [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }
    /// Whether the server has left, and has looked at requests before that.
    [[nodiscard]] bool has_taken_some() const noexcept { return has_taken_some_; }
    [[nodiscard]] http2_client_engine& engine() noexcept { return engine_; }
    [[nodiscard]] net::endpoint peer() const { return stream_.peer_endpoint(); }
    [[nodiscard]] net::endpoint local() const { return local_; }

 private:
    class turn;
    class unsent;

    [[nodiscard]] io::task<> lead();
    [[nodiscard]] io::task<> read_on();
    [[nodiscard]] io::task<bool> fill();
    [[nodiscard]] io::task<> write_some();
    [[nodiscard]] bool has_output() noexcept;
    void make_output();
    void tell_those_with_all_sent();
    void take_in(io::time_point now);
    void deal();
    void tell(http2_guest& who);
    void tell_all();
    void wake_another() noexcept;
    void fail(std::exception_ptr why);

    io::stream stream_;
    const net::endpoint local_ = stream_.local_endpoint();
    io::reader reader_{stream_};
    http2_client_engine engine_;
    const std::string scheme_;
    const timeout stall_;
    std::map<std::uint32_t, http2_guest*> guests_;
    std::string sending_;
    io::event sent_;
    io::event poke_;                 ///< for the one who reads: something is to be sent
    std::exception_ptr broken_;      ///< why nothing more comes
    std::size_t want_all_sent_ = 0;  ///< guests that have asked to be told, or have left since
    bool is_led_ = false;            ///< somebody reads
    bool is_writing_ = false;
    bool is_deaf_ = false;       ///< the server does not read any more
    bool has_ended_ = false;     ///< it does not write any more
    bool has_settings_ = false;  ///< of the server
    bool owes_reset_ = false;    ///< of a stream that nobody has any more
    bool was_refused_ = false;   ///< a stream of it
    bool has_taken_some_ = false;
};

}  // namespace zocalo::http::detail
