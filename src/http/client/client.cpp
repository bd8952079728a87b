// SPDX-License-Identifier: MIT
#include "zocalo/http/client.hpp"

#include <stdexcept>
#include <utility>

#include "http/client/call.hpp"
#include "http/client/core.hpp"
#include "http/client/secret_field.hpp"
#include "zocalo/http/aws_signature.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::http {

namespace detail {

namespace {

/// No proxy could get there, and a forgotten one must not be asked instead.
void check_unix_socket(const client_options& options) {
    const net::endpoint& where = *options.unix_socket;
    if (where.family() != net::family::local || where.path().empty())
        throw std::invalid_argument(where.to_string() + " is no Unix socket to connect to");
    if (options.proxies.http || options.proxies.https)
        throw std::invalid_argument(where.to_string() + ": a Unix socket and a proxy");
}

}  // namespace

client_core::client_core(client_options from)
    : options(std::move(from)),
      pool(std::make_shared<connection_pool>(connection_pool::limits{
          options.connections, options.connections_to_origin, options.streams, options.rest})),
      tls_(options.tls),
      proxy_tls_(options.proxy_tls) {
    if (options.connections == 0 || options.connections_to_origin == 0 || options.streams == 0)
        throw std::invalid_argument("a client without connections");
    if (options.unix_socket) check_unix_socket(options);
    for (const known_login& each : options.logins) {
        if (each.who.how == login::scheme::aws_sigv4)
            (void)aws_scope::parse(each.who.scope, each.where.host());
    }
    for (const field each : options.fields) {
        if (is_secret_field(each.name) || same_name(each.name, "Host")) {
            throw std::invalid_argument(std::string(each.name) +
                                        ": would be sent to everybody who is asked");
        }
    }
}

const tls::client_context& client_core::tls() {
    return tls_ ? *tls_ : tls_.emplace();
}

const tls::client_context& client_core::proxy_tls() {
    return proxy_tls_ ? *proxy_tls_ : proxy_tls_.emplace();
}

shared_place client_core::place_at(const std::string& url) {
    if (last_place_ != nullptr && url == last_url_) return last_place_;
    auto found = std::make_shared<const place>(place::of(url::uri::parse(url)));
    if (!found->login) {
        last_place_ = nullptr;  // until both are what they have to be
        last_url_ = url;
        last_place_ = found;
    }
    return found;
}

namespace {

using in_progress = std::unique_ptr<exchange_in_progress>;

io::task<in_progress> begin(std::shared_ptr<client_core> core, http::request what) {
    call one(std::move(core), std::move(what));
    io::task<in_progress> running = one.run();
    in_progress answer = co_await std::move(running);
    co_return answer;
}

io::task<in_progress> begin_dialogue(std::shared_ptr<client_core> core, http::request what) {
    call one(std::move(core), std::move(what));
    io::task<in_progress> running = one.begin();
    in_progress answer = co_await std::move(running);
    co_return answer;
}

io::task<response> take_all(std::shared_ptr<client_core> core, http::request what) {
    const std::size_t limit = core->options.content;
    const io::time_point began = co_await io::now();
    call one(std::move(core), std::move(what));
    io::task<in_progress> asking = one.run();
    in_progress answer = co_await std::move(asking);
    io::task<std::string> reading = answer->content(limit);
    response whole;
    whole.content = co_await std::move(reading);
    whole.status = answer->head.status;
    whole.reason = std::move(answer->head.reason);
    whole.version = answer->head.version;
    whole.fields = std::move(answer->head.fields);
    whole.trailers = answer->trailers();
    whole.url = std::move(answer->url);
    whole.hops = std::move(answer->hops);
    const io::time_point now = co_await io::now();
    whole.took = now - began;
    co_return whole;
}

}  // namespace

}  // namespace detail

// --- The client

client::client(client_options options)
    : core_(std::make_shared<detail::client_core>(std::move(options))) {}
client::~client() = default;
client::client(client&& other) noexcept = default;
client& client::operator=(client&& other) noexcept = default;

io::task<response> client::request(http::request what) {
    return io::timeout(core_->options.within, detail::take_all(core_, std::move(what)));
}

io::task<response_stream> client::begin(http::request what) {
    io::task<detail::in_progress> asking =
        io::timeout(core_->options.within, detail::begin_dialogue(core_, std::move(what)));
    detail::in_progress answer = co_await std::move(asking);
    co_return response_stream(std::move(answer));
}

io::task<response_stream> client::open(http::request what) {
    io::task<detail::in_progress> asking =
        io::timeout(core_->options.within, detail::begin(core_, std::move(what)));
    detail::in_progress answer = co_await std::move(asking);
    co_return response_stream(std::move(answer));
}

io::task<response> client::get(std::string url, http::fields fields) {
    return request({.url = std::move(url), .fields = std::move(fields)});
}

io::task<response> client::head(std::string url, http::fields fields) {
    return request({.method = method::head, .url = std::move(url), .fields = std::move(fields)});
}

io::task<response> client::post(std::string url, http::body body, http::fields fields) {
    return request({.method = method::post,
                    .url = std::move(url),
                    .fields = std::move(fields),
                    .body = std::move(body)});
}

io::task<response> client::put(std::string url, http::body body, http::fields fields) {
    return request({.method = method::put,
                    .url = std::move(url),
                    .fields = std::move(fields),
                    .body = std::move(body)});
}

io::task<response> client::patch(std::string url, http::body body, http::fields fields) {
    return request({.method = method::patch,
                    .url = std::move(url),
                    .fields = std::move(fields),
                    .body = std::move(body)});
}

io::task<response> client::delete_(std::string url, http::fields fields) {
    return request({.method = method::delete_, .url = std::move(url), .fields = std::move(fields)});
}

std::size_t client::resting() const noexcept {
    return core_->pool->resting();
}

void client::close_resting() noexcept {
    core_->pool->close_resting();
}

// --- A response that is still read

response_stream::response_stream(std::unique_ptr<detail::exchange_in_progress> made_of) noexcept
    : made_of_(std::move(made_of)) {}
response_stream::response_stream(response_stream&& other) noexcept = default;
response_stream& response_stream::operator=(response_stream&& other) noexcept = default;
response_stream::~response_stream() = default;

const response_head& response_stream::head() const noexcept {
    return made_of_->head;
}
const std::string& response_stream::url() const noexcept {
    return made_of_->url;
}
const std::vector<hop>& response_stream::hops() const noexcept {
    return made_of_->hops;
}
content_size response_stream::size() const noexcept {
    return made_of_->size;
}
io::task<> response_stream::send() {
    return made_of_->send();
}
io::task<> response_stream::receive() {
    return made_of_->receive();
}
io::task<const_buffer> response_stream::read() {
    return made_of_->read();
}
io::task<std::string> response_stream::content(std::size_t limit) {
    return made_of_->content(limit);
}
const fields& response_stream::trailers() const noexcept {
    return made_of_->trailers();
}
io::stream response_stream::take_over() {
    return made_of_->take_over();
}

}  // namespace zocalo::http
