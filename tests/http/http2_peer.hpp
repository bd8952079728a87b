// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "zocalo/http/http2_engine.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::tests {

/// A server of HTTP/2 that does what a target says: an engine, and nothing of http::site.
class http2_peer {
 public:
    std::size_t connections = 0;
    std::size_t requests = 0;
    std::size_t cancelled = 0;  ///< by the client
    std::size_t gate = 1;       ///< so many wait for each other at /gate
    unsigned refusals = 0;      ///< so many are refused yet, at /refuse
    std::map<std::string, int> posts;

    io::task<> talk(io::stream& line, http::http2_limits also = {}) {
        ++connections;
        http::http2_server_engine engine({}, also);
        std::map<std::uint32_t, bool> gated;
        io::reader reader(line);
        for (bool goes_on = true; goes_on;) {
            while (const auto got = engine.next())
                act(engine, *got, gated);
            engine.produce(std::size_t{64} * 1024);
            if (!engine.output().empty()) {
                const std::string out = std::exchange(engine.output(), {});
                co_await line.write(out);
                continue;
            }
            if (engine.is_over()) break;
            goes_on = co_await reader.fill();
            const io::time_point now = co_await io::now();
            engine.receive(reader.buffered(), now);
            reader.consume(reader.buffered().size());
        }
    }

 private:
    using engine_type = http::http2_server_engine;

    void act(engine_type& on, const http::http2_event& what, std::map<std::uint32_t, bool>& gated) {
        using kind = http::http2_event::kind;
        if (what.what == kind::head) return begin(on, what.stream, gated);
        if (what.what == kind::reset) {
            ++cancelled;
            gated.erase(what.stream);
            return on.release(what.stream);
        }
        const bool is_complete = what.stream != 0 && on.is_open(what.stream) &&
                                 on.has_sent_all(what.stream) && on.has_received_all(what.stream);
        if (what.what == kind::sent && is_complete) return on.release(what.stream);
        if (what.what != kind::data && what.what != kind::end) return;
        if (on.request(what.stream).target == "/echo") return echo(on, what);
        on.consume(what.stream, on.content(what.stream).size());
        const bool is_post = on.request(what.stream).method == http::method::post;
        if (what.what == kind::end && is_post && on.can_begin(what.stream)) {
            ++posts[on.request(what.stream).target];
            answer(on, what.stream, "posted");
        }
    }

    static void answer(engine_type& on, std::uint32_t stream, std::string_view text) {
        on.send(stream, {}, text.size());
        on.send_data(stream, text);
        on.send_end(stream);
    }

    static void end(engine_type& on, std::uint32_t stream, http::http2_error why) {
        on.reset(stream, why);
        on.release(stream);
    }

    static void echo(engine_type& on, const http::http2_event& what) {
        const auto some = on.content(what.stream);
        if (on.can_begin(what.stream)) on.send(what.stream, {});
        on.send_data(what.stream, some);
        on.consume(what.stream, some.size());
        if (what.what == http::http2_event::kind::end) on.send_end(what.stream, {{"X-Sum", "1"}});
    }

    void begin(engine_type& on, std::uint32_t stream, std::map<std::uint32_t, bool>& gated) {
        ++requests;
        const http::request_head& asked = on.request(stream);
        if (on.expects_continue(stream)) on.send(stream, {.status = http::status::continue_});
        if (asked.target == "/mirror") return answer(on, stream, text_of(asked));
        if (asked.target == "/hints") {
            const http::fields link{{"Link", "</a>"}};
            on.send(stream, {.status = http::status::early_hints, .fields = link});
            return answer(on, stream, "hinted");
        }
        if (asked.target.starts_with("/large/"))
            return answer(on, stream, std::string(std::stoul(asked.target.substr(7)), 'x'));
        if (asked.target == "/early") {
            on.send(stream, {.status = http::status::forbidden}, 2);
            on.send_data(stream, std::string_view("no"));
            return on.send_end(stream);
        }
        if (asked.target == "/refuse" && refusals > 0) {
            --refusals;
            return end(on, stream, http::http2_error::refused_stream);
        }
        if (asked.target == "/only_1_1")
            return end(on, stream, http::http2_error::http_1_1_required);
        if (asked.target == "/reset") return end(on, stream, http::http2_error::internal_error);
        if (asked.target == "/broken") {
            on.send(stream, {}, 100);
            on.send_data(stream, std::string_view("a part"));
            return;
        }
        if (asked.target == "/leave") {
            on.drain();
            return answer(on, stream, "bye");
        }
        if (asked.target == "/gate") return wait_at_gate(on, stream, gated);
        if (asked.target == "/hang" || asked.target == "/echo") return;
        if (asked.method == http::method::get) answer(on, stream, asked.target);
    }

    void wait_at_gate(engine_type& on, std::uint32_t stream,
                      std::map<std::uint32_t, bool>& gated) const {
        gated.emplace(stream, true);
        if (gated.size() < gate) return;
        for (auto each = gated.rbegin(); each != gated.rend(); ++each)
            answer(on, each->first, "through");
        gated.clear();
    }

    static std::string text_of(const http::request_head& asked) {
        std::string text(asked.method.text());
        text += ' ' + asked.target + '\n';
        for (const http::field each : asked.fields)
            text.append(each.name).append(": ").append(each.value) += '\n';
        return text;
    }
};

}  // namespace zocalo::tests
