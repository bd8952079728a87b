// SPDX-License-Identifier: MIT
#include "tls/name_line.hpp"

#include <optional>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/tls/stream.hpp"

namespace zocalo::tls::detail {

namespace {

constexpr std::size_t length_size = 2;  // RFC 1035 §4.2.2

std::size_t u16_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                    static_cast<unsigned char>(bytes[at + 1]));
}

std::string framed(const std::string& message) {
    std::string bytes{static_cast<char>(message.size() >> 8 & 0xFF),
                      static_cast<char>(message.size() & 0xFF)};
    return bytes += message;
}

std::system_error failure_of(net::name_errc why, const net::dns::question& what,
                             const net::endpoint& where, const std::string& said = {}) {
    return std::system_error(why, "look up " + to_text(what.type) + " of " + quoted(what.name) +
                                      " at " + where.to_string() + " over TLS" + said);
}

}  // namespace

struct name_connection::pending {
    std::optional<std::string> answer;
    std::exception_ptr error;
    io::event news;  ///< it has come, or somebody has to read
    [[nodiscard]] bool is_over() const noexcept { return answer || error; }
};

/// Somebody who waits for an answer, until it leaves.
class name_connection::place {
 public:
    place(name_connection& of, std::uint16_t number, pending& who) : of_(of), number_(number) {
        of_.pending_[number] = &who;
    }
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place() { of_.pending_.erase(number_); }

 private:
    name_connection& of_;
    std::uint16_t number_;
};

/// The one who reads.
class name_connection::turn {
 public:
    explicit turn(name_connection& of) noexcept : of_(of) { of_.is_read_ = true; }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() {
        of_.is_read_ = false;
        of_.wake_all();
    }

 private:
    name_connection& of_;
};

void name_connection::wake_all() noexcept {
    for (const auto& [number, each] : pending_)
        each->news.set();
}

void name_connection::lose(const std::exception_ptr& why) noexcept {
    is_broken_ = true;
    for (const auto& [number, each] : pending_)
        if (!each->is_over()) each->error = why;
    wake_all();
}

/// One after another: the late answer to a question that was given up does not find another one.
std::uint16_t name_connection::free_number() noexcept {
    while (pending_.contains(next_number_))
        ++next_number_;
    return next_number_++;
}

/// A write that was cut off leaves half a message on the connection: no other one may follow.
io::task<> name_connection::send(std::string message) {
    io::task<io::semaphore::permit> entering = writing_.lock();
    const io::semaphore::permit mine = co_await std::move(entering);
    const std::string bytes = framed(message);
    const bool was_broken = std::exchange(is_broken_, true);
    co_await stream_.write(bytes);
    is_broken_ = was_broken;
}

/// The messages that have come whole, to those who wait for them.
void name_connection::take_messages() {
    for (;;) {
        const std::string_view text = reader_.buffered().text();
        if (text.size() < length_size) return;
        const std::size_t size = u16_at(text, 0);
        if (text.size() < length_size + size) return;
        const std::string_view message = text.substr(length_size, size);
        if (size < 2) throw protocol_error("DNS message: shorter than its number");
        const auto asked = pending_.find(static_cast<std::uint16_t>(u16_at(message, 0)));
        if (asked != pending_.end() && !asked->second->is_over()) {
            asked->second->answer = message;
            asked->second->news.set();
            was_useful_ = true;
        }
        reader_.consume(length_size + size);
    }
}

/// Whatever goes wrong is everybody's; a cancellation is the reader's alone, and loses nothing.
io::task<> name_connection::read() {
    try {
        const bool more = co_await reader_.fill();
        if (!more) throw std::system_error(make_error_code(std::errc::connection_reset), "read");
        take_messages();
    } catch (const net::stopped&) {
        throw;
    } catch (...) {
        lose(std::current_exception());
    }
}

io::task<std::string> name_connection::ask(net::dns::question what) {
    what.id = free_number();
    pending mine;
    const place here(*this, what.id, mine);
    io::task<> sending = send(what.encode());
    co_await std::move(sending);
    while (!mine.is_over()) {
        if (is_read_) {
            mine.news.reset();
            co_await mine.news.wait();
            continue;
        }
        const turn reading(*this);
        while (!mine.is_over()) {
            io::task<> next = read();
            co_await std::move(next);
        }
    }
    if (mine.error) std::rethrow_exception(mine.error);
    co_return std::move(*mine.answer);
}

name_line::name_line(secure_name_server server, client_context context,
                     const name_server_options& options)
    : server_(std::move(server)),
      context_(std::move(context)),
      options_(options),
      slots_(options.most_at_once) {}

bool name_line::is_usable(io::time_point now) const noexcept {
    return current_ && current_->is_good() && now - current_->last_used < options_.idle;
}

io::task<io::stream> name_line::connect() {
    io::stream line = co_await io::connect(server_.where);
    std::string name = server_.name;
    if (name.empty()) name = server_.where.ip().to_string();
    io::task<io::stream> securing = tls::connect(std::move(line), context_, std::move(name));
    co_return co_await std::move(securing);
}

/// The connection that is there, or a new one; others who come meanwhile get the same.
io::task<name_line::connection> name_line::connected() {
    io::task<io::semaphore::permit> entering = connecting_.lock();
    const io::semaphore::permit mine = co_await std::move(entering);
    io::time_point now = co_await io::now();
    if (!is_usable(now)) {
        current_ = nullptr;
        io::task<io::stream> limited = io::timeout(options_.connecting, connect());
        io::stream secured = co_await std::move(limited);
        current_ = std::make_shared<name_connection>(std::move(secured));
        now = co_await io::now();
    }
    current_->last_used = now;
    co_return current_;
}

/// A server closes a connection that nobody has used for long, perhaps just now: then the question
/// goes over a new one (RFC 7766 §6.2.4).
io::task<std::string> name_line::said(net::dns::question what) {
    for (;;) {
        io::task<connection> connecting = connected();
        const connection over = co_await std::move(connecting);
        const bool may_be_old = over->was_useful();
        std::exception_ptr error;
        bool is_silent = false;
        try {
            io::task<std::string> asking = io::timeout(options_.answering, over->ask(what));
            std::string answer = co_await std::move(asking);
            over->last_used = co_await io::now();
            co_return answer;
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& failure) {
            error = std::current_exception();
            is_silent = failure.code() == std::errc::timed_out;
        }
        over->give_up();
        if (is_silent) throw failure_of(net::name_errc::again, what, server_.where);
        if (!may_be_old) std::rethrow_exception(error);
    }
}

io::task<net::dns::answer> name_line::ask(std::string name, net::dns::type which) {
    io::task<io::semaphore::permit> entering = slots_.acquire();
    const io::semaphore::permit mine = co_await std::move(entering);
    net::dns::question what{.name = name, .type = which, .padding_block = options_.padding_block};
    io::task<std::string> asking = said(what);
    const std::string bytes = co_await std::move(asking);
    const net::dns::message message = net::dns::parse(const_buffer(bytes));
    if (net::dns::is_refusal(message.code)) {
        throw failure_of(net::name_errc::failure, what, server_.where,
                         " (it says " + net::dns::code_text(message.code) + ')');
    }
    co_return net::dns::answer_to(name, which, message);
}

}  // namespace zocalo::tls::detail
