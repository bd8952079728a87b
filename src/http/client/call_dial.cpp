// SPDX-License-Identifier: MIT
// New connections for a call, and which version of HTTP they turn out to speak.
#include <exception>
#include <system_error>
#include <utility>

#include "http/client/call.hpp"
#include "http/client/http1_line.hpp"
#include "http/client/http2_line.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/proxy_question.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/tls/dial.hpp"
#include "zocalo/tls/info.hpp"

namespace zocalo::http::detail {

namespace {

io::task<io::stream> connect_to(net::endpoint at) {
    co_return co_await io::connect(at);
}

/// A connection to a Unix socket, and around it what the host wants.
io::task<io::stream> dial_unix(net::endpoint at, net::host_port where, tls::dial_options how,
                               net::connect_report& told) {
    told.target = where.to_string();
    const io::time_point began = co_await io::now();
    io::task<io::stream> connecting = io::timeout(how.within, connect_to(at));
    io::stream line;
    std::error_code failed;
    try {
        line = co_await std::move(connecting);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        failed = error.code();
    }
    const io::time_point now = co_await io::now();
    told.attempts.push_back({.peer = at, .error = failed, .took = now - began, .started = {}});
    told.error = failed;
    told.took = now - began;
    if (failed) throw net::connect_error(failed, at.to_string(), told.attempts);
    io::task<io::stream> over = tls::dial_over(std::move(line), where, std::move(how), &told);
    co_return co_await std::move(over);
}

}  // namespace

io::task<io::stream> call::open_line(net::connect_report& told) {
    const auto& local = core_->options.unix_socket;
    io::task<io::stream> dialling = local ? dial_unix(*local, to_->where, how_to_dial(), told)
                                          : tls::dial(to_->where, how_to_dial(), &told);
    io::stream made;
    std::exception_ptr failed;
    try {
        made = co_await std::move(dialling);
    } catch (...) {
        failed = std::current_exception();
    }
    if (asked_.reported) asked_.reported(told);
    if (failed) std::rethrow_exception(failed);
    co_return made;
}

/// A new connection. A proxy that asks who we are has its answer with the next attempt.
io::task<std::unique_ptr<pooled_connection>> call::dial() {
    for (;;) {
        auto made = std::make_unique<pooled_connection>(to_);
        io::stream stream;
        std::exception_ptr refused;
        std::string asked;
        try {
            io::task<io::stream> dialling = open_line(made->report);
            stream = co_await std::move(dialling);
        } catch (const io::proxy_question& question) {
            refused = std::current_exception();
            asked = question.asked();
        }
        if (!refused) {
            if (asked_.connected) asked_.connected(stream);
            begin_protocol(*made, std::move(stream));
            proxy_tries_ = 0;
            co_return made;
        }
        if (!learn(who_asks(true), asked, proxy_tries_)) std::rethrow_exception(refused);
    }
}

/// What was agreed on with ALPN, or is known.
void call::begin_protocol(pooled_connection& made, io::stream stream) {
    const client_options& options = core_->options;
    const bool is_secure = at_->is_secure();
    const bool is_2 = is_secure ? tls::get_alpn(stream) == "h2" : to_->which == versions::http_2;
    if (options.alternatives) {
        const auto agreed = tls::try_get_info(stream);
        if (agreed) core_->has_proof = agreed->verified;
        if (!to_->alternative.empty() && !core_->has_proof)
            throw protocol_error(to_->where.to_string() + ": an alternative without proof");
    }
    if (options.over) stream = options.over(std::move(stream));
    if (is_2 && (to_->which == versions::http_1_1 || to_->which == versions::http_1_0))
        throw protocol_error(to_->where.to_string() + ": HTTP/2 was chosen, and may not be");
    if (!is_2 && to_->which == versions::http_2)
        throw protocol_error(to_->where.to_string() + ": the server does not speak HTTP/2");
    if (is_2) {
        made.shared = std::make_shared<shared_connection>(
            std::move(stream), options.limits, is_secure ? "https" : "http", options.stall);
        made.line = std::make_unique<http2_line>(made.shared->on);
    } else {
        made.line = std::make_unique<http1_line>(std::move(stream), options.limits);
    }
}

}  // namespace zocalo::http::detail
