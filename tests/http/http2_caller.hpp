// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "zocalo/http/http2_engine.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"

/// A client of HTTP/2 that is all there is on its connection: the engine and a stream.
namespace zocalo::tests {

struct http2_answer {
    http::response_head head;
    std::string content;
    http::fields trailers;
    bool has_ended = false;
    bool was_reset = false;
    http::http2_error why = http::http2_error::no_error;
};

class http2_caller {
 public:
    explicit http2_caller(io::stream to,
                          const http::http2_limits& also = http::client_http2_limits())
        : engine(http::client_limits(), also), stream_(std::move(to)), reader_(stream_) {}

    std::uint32_t get(std::string target) {
        http::request_head head;
        head.target = std::move(target);
        head.fields.add("Host", "example.org");
        return engine.send(head, 0, "http");
    }
    std::uint32_t post(std::string target, http::content_size size = {}) {
        http::request_head head;
        head.method = http::method::post;
        head.target = std::move(target);
        head.fields.add("Host", "example.org");
        return engine.send(head, size, "http");
    }

    /// Until that stream has ended, or the connection has.
    io::task<> wait_for(std::uint32_t stream) {
        while (!over && !answers[stream].has_ended && !answers[stream].was_reset)
            co_await turn();
    }
    /// Until so much content has come, and no more; or nothing will.
    io::task<> wait_for(std::uint32_t stream, std::string content) {
        while (!over && !answers[stream].was_reset && answers[stream].content != content)
            co_await turn();
    }
    /// Resets it, and waits until the server has heard of that.
    io::task<> break_off(std::uint32_t stream) {
        engine.reset(stream, http::http2_error::cancel);
        engine.ping();
        co_await turn();
    }
    /// Until the server has ended the connection.
    io::task<> wait_for_end() {
        while (!over)
            co_await turn();
    }
    /// Sends what there is, and takes what comes next.
    io::task<> turn() {
        io::task<> sending = send();
        co_await std::move(sending);
        io::task<bool> filling = reader_.fill();
        const bool came = co_await std::move(filling);
        over = over || !came;
        const io::time_point now = co_await io::now();
        engine.receive(reader_.buffered(), now);
        reader_.consume(reader_.buffered().size());
        deal();
        if (reads) consume();
    }
    io::task<> send() {
        engine.produce(SIZE_MAX);
        if (engine.output().empty()) co_return;
        const std::string bytes = std::exchange(engine.output(), {});
        co_await stream_.write(bytes);
    }
    [[nodiscard]] io::stream& stream() noexcept { return stream_; }

    http::http2_client_engine engine;
    std::map<std::uint32_t, http2_answer> answers;
    std::vector<http::http2_event> connection;  ///< what was said of it
    bool over = false;
    bool reads = true;

 private:
    void deal() {
        using kind = http::http2_event::kind;
        while (const auto got = engine.next()) {
            http2_answer& answer = answers[got->stream];
            if (got->stream == 0 || got->what == kind::leaving) connection.push_back(*got);
            if (got->what == kind::head) answer.head = engine.response(got->stream);
            if (got->what == kind::end) answer.has_ended = true;
            if (got->what == kind::reset) {
                answer.was_reset = true;
                answer.why = got->why;
            }
            if (got->what == kind::closed) over = true;
        }
    }
    void consume() {
        for (auto& [number, answer] : answers) {
            if (number == 0 || !engine.is_open(number)) continue;
            while (!engine.content(number).empty()) {
                const std::size_t size = engine.content(number).size();
                answer.content += engine.content(number).text();
                engine.consume(number, size);
            }
            if (answer.has_ended) answer.trailers = engine.trailers(number);
        }
    }

    io::stream stream_;
    io::reader reader_;
};

/// Asks for another protocol, with a narrow window, and goes on with `talk`.
inline io::task<> call_with(
    net::endpoint where, http::request_head head,
    std::function<io::task<>(http2_caller& by, std::uint32_t stream)> talk) {
    io::stream line = co_await io::connect(where);
    http::http2_limits narrow = http::client_http2_limits();
    narrow.stream_window = 65535;
    http2_caller by(std::move(line), narrow);
    while (!by.engine.can_connect())
        co_await by.turn();
    const std::uint32_t stream = by.engine.send(head, {}, "http");
    io::task<> talking = talk(by, stream);
    co_await std::move(talking);
}

}  // namespace zocalo::tests
