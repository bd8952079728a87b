// SPDX-License-Identifier: MIT
#include "http/conversation.hpp"
#include "http/http2_conversation.hpp"
#include "zocalo/tls/info.hpp"

namespace zocalo::http {

namespace {

bool has_chosen_http_2(const serve::connection& client, const site& served) {
    return served.http_2 && client.peer().tls && client.peer().tls->alpn == "h2";
}

io::task<> talk(serve::connection& client, const site& served) {
    if (!has_chosen_http_2(client, served)) {
        detail::conversation here(client, served);
        co_await here.run();
        if (!here.began_in_http_2()) co_return;
    }
    detail::http2_conversation there(client, served);
    co_await there.run();
}

}  // namespace

serve::handler site::handler() const {
    serve::handler made([this](serve::connection& client) { return talk(client, *this); });
    made.on_demand = true;
    return made;
}

std::string last_words(status why, std::string_view text) {
    server_engine engine;
    std::string line(text);
    if (line.empty()) line = std::to_string(number(why)) + " " + std::string(reason(why));
    line += '\n';
    engine.send({.status = why, .fields = {{"Content-Type", "text/plain; charset=utf-8"}}},
                line.size());
    engine.send_data(line);
    engine.send_end();
    return engine.output();
}

std::optional<status> farewell_status(serve::ending why) noexcept {
    switch (why) {
        case serve::ending::no_whole_head:
            return status::request_timeout;
        case serve::ending::too_many_from_there:
        case serve::ending::too_fast_from_there:
            return status::too_many_requests;
        case serve::ending::not_admitted:
            return status::forbidden;
        case serve::ending::never_served:
            return status::service_unavailable;
        default:
            return std::nullopt;
    }
}

std::string farewell(serve::ending why) {
    const std::optional<status> answer = farewell_status(why);
    return answer ? last_words(*answer) : std::string();
}

}  // namespace zocalo::http
