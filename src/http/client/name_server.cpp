// SPDX-License-Identifier: MIT
#include "zocalo/http/name_server.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::http {

namespace {

constexpr std::string_view message_type = "application/dns-message";
constexpr std::size_t longest_message = 65535;

std::system_error failure_of(net::name_errc why, const std::string& name, net::dns::type which,
                             const std::string& url, const std::string& said = {}) {
    return std::system_error(
        why, "look up " + to_text(which) + " of " + quoted(name) + " at " + url + said);
}

client_options limited(client_options how) {
    how.content = std::min(how.content, longest_message);
    how.redirects = 0;
    return how;
}

/// It may have been kept somewhere on the way (RFC 8484 §5.1).
net::dns::answer aged(net::dns::answer said, const response& from) {
    const auto age = from_digits<std::uint32_t>(from.fields.get("Age"));
    if (!age) return said;
    const std::chrono::seconds passed(*age);
    said.ttl = std::max(said.ttl - passed, std::chrono::seconds(0));
    for (auto* const list : {&said.aliases, &said.records}) {
        for (net::dns::record& each : *list)
            each.ttl -= std::min<decltype(each.ttl)>(each.ttl, passed);
    }
    return said;
}

net::dns::answer answer_in(const response& from, const std::string& name, net::dns::type which,
                           const std::string& url) {
    const auto type = media_type::try_parse(from.fields.get("Content-Type"));
    if (!from.is_success() || !type || !type->is(message_type))
        throw failure_of(net::name_errc::failure, name, which, url,
                         " (no DNS message, status " + std::to_string(number(from.status)) + ')');
    const net::dns::message message = net::dns::parse(const_buffer(from.content));
    if (net::dns::is_refusal(message.code))
        throw failure_of(net::name_errc::failure, name, which, url,
                         " (it says " + net::dns::code_text(message.code) + ')');
    return aged(net::dns::answer_to(name, which, message), from);
}

}  // namespace

name_server::name_server(name_server_options options)
    : options_(std::move(options)), client_(limited(options_.client)) {
    if (!url::uri::parse(options_.url).has_scheme("https"))
        throw std::invalid_argument("DNS over HTTPS needs a URL of https, not " +
                                    quoted(options_.url));
}

name_server::~name_server() = default;

/// The number is 0, for the answer comes to whom has asked (RFC 8484 §4.1).
io::task<response> name_server::asked(const net::dns::question& what) {
    http::request post;
    post.method = method::post;
    post.url = options_.url;
    post.fields.add("Accept", message_type);
    post.body = body(what.encode(), std::string(message_type));
    return io::timeout(options_.answering, client_.request(std::move(post)));
}

io::task<net::dns::answer> name_server::ask(std::string name, net::dns::type which) {
    net::dns::question what;
    what.name = name;
    what.type = which;
    what.padding_block = options_.padding_block;
    try {
        io::task<response> asking = asked(what);
        const response got = co_await std::move(asking);
        co_return answer_in(got, name, which, options_.url);
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::timed_out) throw;
        throw failure_of(net::name_errc::again, name, which, options_.url);
    }
}

}  // namespace zocalo::http
