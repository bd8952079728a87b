// SPDX-License-Identifier: MIT
// The dialogue with one client: TLS or not, one line, one answer.
#include "zocalo/core/error.hpp"
#include "zocalo/gopher/server.hpp"

namespace zocalo::gopher {

namespace {

/// Nothing when the client has gone without a word.
io::task<std::optional<request>> read_request(serve::connection& client, const limits& most) {
    request_reader reader(most);
    for (;;) {
        const io::chunk arrived = co_await client.stream().read();
        if (arrived.empty()) co_return std::nullopt;
        std::optional<request> asked = reader.receive(arrived.text());
        if (asked) co_return asked;
    }
}

/// Tells who logs, however the answer ends.
class telling {
 public:
    telling(const server_options& how, const std::optional<request>& asked, const reply& given)
        : how_(how), asked_(asked), given_(given) {}
    ~telling() {
        if (how_.answered) how_.answered(asked_, given_);
    }
    telling(const telling&) = delete;
    telling& operator=(const telling&) = delete;

 private:
    const server_options& how_;
    const std::optional<request>& asked_;
    const reply& given_;
};

io::task<> refuse(serve::connection& client, std::string why, const server_options& how) {
    const std::optional<request> nothing;
    const request asked;
    reply answer(client, asked);
    const telling later(how, nothing, answer);
    co_await answer.error(why);
}

/// The client's fault is answered; it is never told what went wrong here.
io::task<std::optional<request>> request_or_refusal(serve::connection& client,
                                                    const server_options& how) {
    std::string why;
    try {
        std::optional<request> asked = co_await read_request(client, how.limits);
        co_return asked;
    } catch (const protocol_error& error) {
        why = error.what();
    }
    co_await refuse(client, why, how);
    co_return std::nullopt;
}

io::task<> talk_with(serve::connection& client, std::shared_ptr<service> with,
                     server_options options) {
    client.enter(serve::phase::head);
    if (options.tls) {
        const auto begins = co_await client.look_at_opening();  // no selector begins like TLS
        if (begins == serve::connection::opening::tls) {
            co_await client.secure(*options.tls);
        } else if (options.only_tls) {
            co_await refuse(client, "this server wants TLS", options);
            co_return;
        }
    }
    const std::optional<request> asked = co_await request_or_refusal(client, options);
    if (!asked) co_return;
    client.enter(serve::phase::body);
    reply answer(client, *asked);
    const telling later(options, asked, answer);
    co_await with->answer(*asked, answer);
}

}  // namespace

serve::handler talk(std::shared_ptr<service> with, server_options options) {
    return [with = std::move(with), options = std::move(options)](serve::connection& client) {
        return talk_with(client, with, options);
    };
}

}  // namespace zocalo::gopher
