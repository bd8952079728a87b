// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/http/engine.hpp"

/// What an engine makes of bytes, as values that can be compared.
namespace transcript {

namespace http = zocalo::http;

struct message {
    std::string first;  ///< the first line, from what was understood
    http::fields fields;
    std::string content;
    http::fields trailers;
    bool is_complete = false;

    friend bool operator==(const message&, const message&) = default;
};

struct all {
    std::vector<message> messages;
    std::optional<unsigned> refused;
    std::size_t unused = 0;

    friend bool operator==(const all&, const all&) = default;
};

inline std::string first_line(const http::server_engine& engine) {
    const http::request_head& head = engine.request();
    return std::string(head.method.text()) + " " + head.target +
           (head.version == http::version::http_1_1 ? " 1.1" : " 1.0");
}
inline std::string first_line(const http::client_engine& engine) {
    const http::response_head& head = engine.response();
    return std::to_string(number(head.status)) + " " + head.reason +
           (head.version == http::version::http_1_1 ? " 1.1" : " 1.0");
}

inline void answer(http::server_engine& engine) {
    if (!engine.can_begin()) return;
    const bool is_tunnel = engine.request().method == http::method::connect;
    engine.send({.status = is_tunnel ? http::status::forbidden : http::status::no_content}, 0);
    engine.send_end();
    engine.output().clear();
}
inline void answer(http::client_engine&) {}

inline const http::fields& head_fields(const http::server_engine& engine) {
    return engine.request().fields;
}
inline const http::fields& head_fields(const http::client_engine& engine) {
    return engine.response().fields;
}

template <class Engine>
class listener {
 public:
    explicit listener(Engine& engine) : engine_(engine) {}

    void hear(std::string_view bytes, bool is_all) {
        if (heard_.refused) return;
        waiting_ += bytes;
        bool goes_on = !over_;
        while (goes_on)
            goes_on = step(is_all);
        heard_.unused = waiting_.size();
    }
    [[nodiscard]] const all& heard() const { return heard_; }

 private:
    bool step(bool is_all) {
        http::incoming got;
        try {
            got = engine_.next(waiting_, is_all);
        } catch (const http::bad_message& error) {
            heard_.refused = number(error.answer());
            over_ = true;
            waiting_.clear();
            return false;
        }
        note(got);
        waiting_.erase(0, got.used);
        if (got.what == http::event::end) answer(engine_);
        over_ = got.what == http::event::closed || got.what == http::event::switched;
        return !over_ && got.what != http::event::need_data && got.what != http::event::paused;
    }
    void note(const http::incoming& got) {
        if (got.what == http::event::head || got.what == http::event::interim) {
            heard_.messages.push_back({first_line(engine_), head_fields(engine_), {}, {}, false});
        } else if (got.what == http::event::data) {
            heard_.messages.back().content += got.data.text();
        } else if (got.what == http::event::end) {
            heard_.messages.back().trailers = engine_.trailers();
            heard_.messages.back().is_complete = true;
        }
    }

    Engine& engine_;
    std::string waiting_;
    all heard_;
    bool over_ = false;
};

/// Reads it as it would come from a slow peer, and keeps nothing.
template <class Engine>
void pass(Engine& engine, std::string_view bytes) {
    try {
        for (std::size_t done = 0, come = 0; come < bytes.size();) {
            come += std::min<std::size_t>(64, bytes.size() - come);
            http::incoming got;
            do {
                got = engine.next(bytes.substr(done, come - done), false);
                done += got.used;
                if (got.what == http::event::end) answer(engine);
                if (got.what == http::event::closed || got.what == http::event::switched) return;
                if (got.what == http::event::paused) return;
            } while (got.what != http::event::need_data);
        }
    } catch (const http::bad_message&) {
        return;
    }
}

}  // namespace transcript
