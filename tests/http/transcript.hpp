// SPDX-License-Identifier: MIT
#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/http/engine.hpp"

/// What engines make of bytes, as text that tests compare.
namespace zocalo::tests {

/// Gives an engine bytes as they come, and writes down what it says.
///
///     GET /path HTTP/1.1 | Host: a
///     content <abc>
///     end | Trailer: value
///     refused 400
template <class Engine>
class listener {
 public:
    explicit listener(Engine& engine) : engine_(engine) {}

    /// More has come. A server answers each request when it has ended.
    void hear(std::string_view bytes, bool is_all = false) {
        waiting_ += bytes;
        while (!is_over_ && step(is_all)) {
        }
    }
    [[nodiscard]] const std::string& said() const { return said_; }
    [[nodiscard]] const std::string& unused() const { return waiting_; }
    [[nodiscard]] bool is_over() const { return is_over_; }

 private:
    bool step(bool is_all) {
        http::incoming got;
        try {
            got = engine_.next(waiting_, is_all);
        } catch (const http::bad_message& error) {
            say("refused " + std::to_string(number(error.answer())));
            return false;
        }
        note(got);
        waiting_.erase(0, got.used);
        if (got.what == http::event::end) answer();
        is_over_ = got.what == http::event::closed || got.what == http::event::switched;
        return got.what != http::event::need_data && got.what != http::event::paused;
    }

    void note(const http::incoming& got) {
        switch (got.what) {
            case http::event::head:
            case http::event::interim:
                return say(head());
            case http::event::data:
                content_ += got.data.text();
                return;
            case http::event::end:
                return say("end" + fields(engine_.trailers()));
            case http::event::closed:
            case http::event::switched:
                return say(std::string(to_text(got.what)));
            default:
                return;
        }
    }

    /// Content counts as one, in however many pieces it came.
    void say(const std::string& line) {
        if (!content_.empty()) said_ += "content <" + content_ + ">\n";
        content_.clear();
        said_ += line + "\n";
        is_over_ = line.starts_with("refused");
    }

    static std::string fields(const http::fields& all) {
        std::string text;
        for (const http::field each : all)
            text.append(" | ").append(each.name).append(": ").append(each.value);
        return text;
    }
    static const char* version(http::version which) {
        return which == http::version::http_1_1 ? " HTTP/1.1" : " HTTP/1.0";
    }

    std::string head() const
        requires std::is_same_v<Engine, http::server_engine>
    {
        const http::request_head& head = engine_.request();
        std::string text(head.method.text());
        text.append(" ").append(head.target).append(version(head.version));
        return text + fields(head.fields);
    }
    std::string head() const
        requires std::is_same_v<Engine, http::client_engine>
    {
        const http::response_head& head = engine_.response();
        std::string text = std::to_string(number(head.status));
        text.append(" ").append(head.reason).append(version(head.version));
        return text + fields(head.fields);
    }

    void answer() {
        if constexpr (std::is_same_v<Engine, http::server_engine>) {
            if (!engine_.can_begin()) return;
            engine_.send({.status = http::status::no_content});
            engine_.send_end();
            engine_.output().clear();
        }
    }

    Engine& engine_;
    std::string waiting_;
    std::string content_;
    std::string said_;
    bool is_over_ = false;
};

/// What a server makes of everything that a client ever sends.
inline std::string server_hears(std::string_view bytes, const http::limits& within = {}) {
    http::server_engine engine(within);
    listener hears(engine);
    hears.hear(bytes, true);
    return hears.said();
}

/// What a client makes of everything that a server sends after one request.
inline std::string client_hears(std::string_view bytes, const http::request_head& request,
                                const http::limits& within = http::client_limits()) {
    http::client_engine engine(within);
    engine.send(request);
    engine.send_end();
    listener hears(engine);
    hears.hear(bytes, true);
    return hears.said();
}
inline std::string client_hears(std::string_view bytes, http::method asked = http::method::get) {
    const bool connects = asked == http::method::connect;
    return client_hears(
        bytes, {.method = asked, .target = connects ? "a:80" : "/", .fields = {{"Host", "a"}}});
}

}  // namespace zocalo::tests
