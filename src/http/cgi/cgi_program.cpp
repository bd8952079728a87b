// SPDX-License-Identifier: MIT
// What a CGI program is asked is a request of HTTP/1.0 in other words. So it is said in HTTP's, to
// the same engine that every connection has, and what that answers is said in CGI's.
#include "zocalo/http/cgi_program.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "http/cgi/cgi_transport.hpp"
#include "net/fail.hpp"
#include "sys/file.hpp"
#include "sys/spawn.hpp"
#include "zocalo/http/engine.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/io/pipe.hpp"
#include "zocalo/io/unread.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/serve/serve_one.hpp"

namespace zocalo::http {

namespace {

std::vector<std::string> environment() {
    std::vector<std::string> all;
    for (char** each = sys::environment(); each != nullptr && *each != nullptr; ++each)
        all.emplace_back(*each);
    return all;
}

bool is_run_by_server(std::span<const std::string> variables) {
    return std::ranges::any_of(
        variables, [](const std::string& each) { return each.starts_with("GATEWAY_INTERFACE="); });
}

io::stream standard(int number) {
    const int copy = sys::dup(number);
    if (copy < 0) net::fail(number == 0 ? "open standard input" : "open standard output", copy);
    return io::open_descriptor(unique_fd(copy));
}

std::string head_of(const cgi_request& asked) {
    client_engine says;
    says.send(asked.head, asked.size);
    return says.output();
}

/// The first filter: who has logged in, and what breaks a response off.
io::task<> watch_over(exchange& asked, const rest_of_site& rest, const std::string& user,
                      std::exception_ptr& broken) {
    if (!user.empty()) asked.set_user(user);
    try {
        co_await rest(asked);
    } catch (const net::stopped&) {
        throw;
    } catch (...) {
        if (asked.has_begun()) broken = std::current_exception();
        throw;
    }
}

std::optional<cgi_request> read_request(std::span<const std::string> environment,
                                        std::optional<bad_message>& why_not) {
    try {
        return cgi_request::parse(environment);
    } catch (const bad_message& error) {
        why_not = error;
    }
    return std::nullopt;
}

io::task<> answer_request(const site& served, cgi_request asked, io::stream in, io::stream out,
                          const serve::limits& within) {
    std::exception_ptr broken;
    site here = served;
    here.filters.insert(here.filters.begin(), [&](exchange& request, const rest_of_site& rest) {
        return watch_over(request, rest, asked.user, broken);
    });
    io::stream pipes(std::make_unique<detail::cgi_transport>(std::move(in), asked.size,
                                                             std::move(out), asked.address));
    io::stream client = io::unread(std::move(pipes), head_of(asked));
    io::task<> talking = serve::serve_one(here.handler(), std::move(client), asked.client, within);
    co_await std::move(talking);
    if (broken) std::rethrow_exception(broken);
}

io::task<> say_last(io::stream out, const bad_message& why) {
    detail::cgi_transport to(io::stream(), 0, std::move(out), {});
    const std::string text = last_words(why.answer());
    const const_buffer all(text);
    io::task<> writing = to.write(std::span(&all, 1));
    co_await std::move(writing);
}

}  // namespace

io::task<> answer_cgi(const site& served, std::span<const std::string> environment, io::stream in,
                      io::stream out, serve::limits within) {
    std::optional<bad_message> why_not;
    std::optional<cgi_request> asked = read_request(environment, why_not);
    if (asked) {
        io::task<> answering =
            answer_request(served, *std::move(asked), std::move(in), std::move(out), within);
        co_await std::move(answering);
    } else {
        io::task<> saying = say_last(std::move(out), *why_not);
        co_await std::move(saying);
        throw bad_message(*why_not);
    }
}

void run_cgi(const site& served, const serve::limits& within) {
    const std::vector<std::string> variables = environment();
    if (!is_run_by_server(variables)) {
        throw std::runtime_error(
            "this is a CGI program, which a web server runs (GATEWAY_INTERFACE is not set)");
    }
    answer_cgi(served, variables, standard(0), standard(1), within).get();
}

}  // namespace zocalo::http
