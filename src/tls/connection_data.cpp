// SPDX-License-Identifier: MIT
// Reading and writing: what comes after the handshake.
#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/backend/descriptor.hpp"
#include "net/fail.hpp"
#include "tls/connection.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::tls::detail {

namespace {

/// The most that a record holds (RFC 8446 §5.1).
constexpr std::size_t record_size = 16384;
/// How much is encrypted before it is sent.
constexpr std::size_t high_water = 4 * record_size;
/// What a connection keeps of its memory for sending while it has nothing to send.
constexpr std::size_t kept_size = 4096;
/// How long telling the peer why we give up may take.
constexpr std::chrono::seconds alert_limit{1};

using buffer_ptr = std::unique_ptr<std::byte, freed_by<io::detail::put_buffer>>;

}  // namespace

/// One read and one write at once, no more.
class connection::turn {
 public:
    turn(bool& flag, const connection& on, std::string_view verb) : flag_(flag) {
        if (flag) {
            throw std::system_error(std::make_error_code(std::errc::device_or_resource_busy),
                                    on.describe(verb));
        }
        flag = true;
    }
    ~turn() { flag_ = false; }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

 private:
    bool& flag_;
};

// --- Reading

io::task<io::chunk> connection::read() {
    const turn mine(reading_, *this, "read from");
    for (;;) {
        buffer_ptr buffer(io::detail::take_buffer());
        std::size_t got = 0;
        const step next = read_now(mutable_buffer(buffer.get(), io::detail::chunk_size), got);
        if (next == step::done) co_return io::chunk(buffer.release(), got);
        buffer.reset();  // who waits holds no buffer
        if (next == step::ended) co_return io::chunk();
        if (next == step::failed) {
            co_await flush_alert();
            std::rethrow_exception(failed_);
        }
        const bool more = co_await fetch_for_reading();
        if (!more) {
            end_of_input();
            co_return io::chunk();
        }
    }
}

io::task<std::size_t> connection::read_some(mutable_buffer into) {
    const turn mine(reading_, *this, "read from");
    co_return co_await read_when_there(into);
}

io::task<std::size_t> connection::read_when_there(mutable_buffer into) {
    if (into.empty()) co_return 0;
    for (;;) {
        std::size_t got = 0;
        const step next = read_now(into, got);
        if (next == step::done) co_return got;
        if (next == step::ended) co_return 0;
        if (next == step::failed) {
            co_await flush_alert();
            std::rethrow_exception(failed_);
        }
        const bool more = co_await fetch_for_reading();
        if (!more) {
            end_of_input();
            co_return 0;
        }
    }
}

/// Record after record, as long as there is room and something has arrived.
connection::step connection::read_now(mutable_buffer into, std::size_t& got) {
    if (failed_) return step::failed;
    if (has_ended_) return step::ended;
    step next = step::wants_input;
    while (got < into.size()) {
        std::size_t count = 0;
        ERR_clear_error();
        const int result = SSL_read_ex(ssl_.get(), into.data() + got, into.size() - got, &count);
        next = judge(result, "read from");
        if (next != step::done) break;
        got += count;
    }
    // A failure after some data is told by the next call: what came before it is good.
    return got > 0 ? step::done : next;
}

/// What came may want an answer: new keys, no to a renegotiation. A write that is under way takes
/// it along.
io::task<bool> connection::fetch_for_reading() {
    if (!writing_ && !is_interrupted_ && !wire_.output().empty()) co_await flush();
    co_return co_await fetch();
}

void connection::end_of_input() {
    if (state_->truncation == truncation::is_the_end) {
        has_ended_ = true;
        return;
    }
    throw error("read from", errc::truncated);
}

// --- Writing

io::task<> connection::write(std::span<const const_buffer> pieces) {
    constexpr std::string_view verb = "write to";
    const turn mine(writing_, *this, verb);
    if (is_interrupted_) throw error(verb, errc::write_interrupted);
    if (is_finished_) {
        throw std::system_error(std::make_error_code(std::errc::broken_pipe), describe(verb));
    }
    // Small pieces share a record; large ones are not copied.
    std::string gathered;
    for (const const_buffer piece : pieces) {
        if (pieces.size() > 1 && gathered.size() + piece.size() <= record_size) {
            gathered += piece.text();
            continue;
        }
        if (!gathered.empty()) co_await encrypt(gathered);
        gathered.clear();
        co_await encrypt(piece);
    }
    if (!gathered.empty()) co_await encrypt(gathered);
    co_await flush();
}

io::task<> connection::encrypt(const_buffer data) {
    constexpr std::string_view verb = "write to";
    while (!data.empty()) {
        if (failed_) std::rethrow_exception(failed_);
        std::size_t count = 0;
        const const_buffer record = data.first(record_size);
        ERR_clear_error();
        const int result = SSL_write_ex(ssl_.get(), record.data(), record.size(), &count);
        const step next = judge(result, verb);
        if (next == step::done) {
            data = data.without(count);
            if (wire_.output().size() >= high_water) co_await flush();
        } else if (next == step::wants_input) {
            // Half of a message that is no data has come: OpenSSL wants its other half first.
            co_await flush();
            const bool more = co_await fetch();
            if (!more) throw error(verb, errc::truncated);
        } else if (next == step::ended) {
            throw error(verb, errc::protocol_broken);
        }
    }
}

io::task<> connection::flush() {
    const auto turn_to_send = co_await sender_.lock();
    if (is_interrupted_) throw error("write to", errc::write_interrupted);
    std::exception_ptr broken;
    while (!wire_.output().empty() && !broken) {
        sending_.clear();
        sending_.swap(wire_.output());
        is_interrupted_ = true;  // until the whole of it is below
        try {
            co_await below_.write(const_buffer(sending_));
            is_interrupted_ = false;
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
            broken = std::current_exception();
        }
    }
    if (sending_.capacity() > kept_size) std::string().swap(sending_);
    if (broken) {
        if (!reading_) co_await learn_why();
        std::rethrow_exception(failed_ ? failed_ : broken);
    }
}

/// Who is refused often learns it by a reset, and the alert that says why stands unread before it.
io::task<> connection::learn_why() {
    try {
        step next = step::wants_input;
        while (next == step::wants_input) {
            const bool more = co_await io::timeout(alert_limit, fetch());
            if (!more) break;
            std::byte first{};
            ERR_clear_error();
            next = judge(SSL_peek(ssl_.get(), &first, 1), "write to");
        }
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        // Passed over: nothing is there that says more than the failed write.
    }
}

io::task<> connection::flush_alert() {
    if (writing_ || is_interrupted_ || wire_.output().empty()) co_return;
    try {
        co_await io::timeout(alert_limit, flush());
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        // Passed over: the reason why we give up matters more than that the peer could not be told.
    }
}

// --- Ending

io::task<> connection::finish() {
    try {
        co_await io::timeout(state_->limits.goodbye, end_writing());
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::timed_out) throw;
        throw std::system_error(error.code(), describe("finish"));
    }
}

io::task<> connection::end_writing() {
    constexpr std::string_view verb = "finish";
    const turn mine(writing_, *this, verb);
    if (is_finished_) co_return;
    if (is_interrupted_) throw error(verb, errc::write_interrupted);
    co_await say_goodbye();
    is_finished_ = true;
    co_await flush();
}

io::task<> connection::say_goodbye() {
    // Half of a message that is no data may have come: OpenSSL wants its other half first.
    while (SSL_in_init(ssl_.get()) != 0) {
        const bool more = co_await fetch();
        if (!more) throw error("finish", errc::truncated);
        ERR_clear_error();
        const step next = judge(SSL_do_handshake(ssl_.get()), "finish");
        if (next == step::failed) std::rethrow_exception(failed_);
    }
    if (failed_) std::rethrow_exception(failed_);
    ERR_clear_error();
    SSL_shutdown(ssl_.get());  // its result is only whether the peer has said it, too
    ERR_clear_error();
    if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) == 0) {
        throw error("finish", errc::protocol_broken);
    }
}

void connection::farewell(const_buffer last) noexcept {
    const bool can_write = is_open_ && !failed_ && !from_callback_ && !is_finished_ &&
                           !is_interrupted_ && SSL_in_init(ssl_.get()) == 0;
    if (!can_write || reading_ || writing_) return;
    is_finished_ = true;
    ERR_clear_error();
    if (!last.empty()) SSL_write(ssl_.get(), last.data(), static_cast<int>(last.size()));
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
    send_last(below_, const_buffer(wire_.output()));
}

/// TLS may be inside of TLS, where a proxy is spoken with in it.
void send_last(io::stream& to, const_buffer data) noexcept {
    connection* const secured = connection_of(to);
    auto* const socket = io::detail::descriptor::of(to.made_of());
    if (secured != nullptr) {
        secured->farewell(data);
    } else if (socket != nullptr && !data.empty()) {
        (void)socket->send_now(data);
    }
}

io::task<io::stream> connection::unwrap() {
    co_await end_writing();
    const turn mine(reading_, *this, "unwrap");
    for (;;) {
        std::byte dropped[record_size];
        if (co_await read_when_there(mutable_buffer(dropped)) == 0) break;
    }
    if (wire_.has_input()) throw error("unwrap", errc::plaintext_buffered);
    co_return std::move(below_);
}

}  // namespace zocalo::tls::detail
