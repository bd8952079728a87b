// SPDX-License-Identifier: MIT
#include "zocalo/ws/handshake.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/base64.hpp"
#include "http/lists.hpp"
#include "http/websocket_key.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/url/origin.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::ws {

namespace {

constexpr std::string_view version = "13";

using http::detail::take_until;

void refuse(const std::string& why) {
    throw bad_message(close_code::protocol_error, why);
}

verdict refusal(http::status status, std::string why) {
    return {.status = status, .why = std::move(why)};
}

/// What is no handshake is told what this place speaks (RFC 9110 §15.5.22).
verdict upgrade_wanted(std::string why) {
    verdict answer = refusal(http::status::upgrade_required, std::move(why));
    answer.fields.set("Connection", "Upgrade");
    answer.fields.set("Upgrade", "websocket");
    answer.fields.set("Sec-WebSocket-Version", version);
    return answer;
}

bool is_key(std::string_view text) {
    const auto bytes = try_unbase64(text);
    return bytes && bytes->size() == http::detail::websocket_key_size;
}

/// An origin of the web; nothing for "null" and what is none.
std::optional<url::origin> try_origin(std::string_view text) {
    try {
        const url::uri where = url::uri::parse(text);
        return url::origin::of(where);
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

/// Whether a page of that origin is one of `host`. Its scheme is believed: behind a proxy that ends
/// TLS nobody knows it better.
bool is_own(const url::origin& page, std::string_view host) {
    const auto own = try_origin(page.scheme() + "://" + std::string(host));
    return own && *own == page;
}

/// RFC 6455 §10.2: browsers say whose page it is that connects, and connect to anybody.
bool may_connect(const http::fields& asked, std::string_view host, const terms& by) {
    if (asked.count("Origin") == 0) return true;
    const auto allows_all = std::ranges::find(by.origins, "*") != by.origins.end();
    if (allows_all) return true;
    if (asked.count("Origin") != 1) return false;
    const auto page = try_origin(asked.get("Origin"));
    if (!page) return false;
    const auto is_same = [&page](const std::string& each) { return try_origin(each) == page; };
    return is_own(*page, host) || std::ranges::any_of(by.origins, is_same);
}

/// The members of a list that are tokens; nothing when one is none or there twice.
std::optional<std::vector<std::string_view>> read_tokens(std::string_view list) {
    constexpr std::size_t most = 64;
    std::vector<std::string_view> all;
    while (!list.empty()) {
        const std::string_view each = take_until(list, ',');
        if (each.empty()) continue;
        const bool is_new = std::ranges::find(all, each) == all.end();
        if (!http::is_token(each) || !is_new || all.size() == most) return std::nullopt;
        all.push_back(each);
    }
    return all;
}

bool asks_for_websocket(const http::request_head& asked) {
    return asked.method == http::method::get && asked.version == http::version::http_1_1 &&
           asked.fields.lists("Upgrade", "websocket") &&
           asked.fields.lists("Connection", "upgrade");
}

/// RFC 8441 §5: neither Upgrade nor a key.
bool connects(const http::request_head& asked) {
    return asked.method == http::method::connect && !asked.protocol.empty();
}

/// What is wrong with a request that asks for it; nothing when all is well.
std::optional<verdict> refused(const http::request_head& asked, std::string_view host,
                               const terms& by) {
    const bool is_connect = connects(asked);
    if (is_connect && !http::same_name(asked.protocol, "websocket"))
        return refusal(http::status::not_implemented, "This place speaks WebSocket.");
    if (!is_connect && !asks_for_websocket(asked))
        return upgrade_wanted("This place speaks WebSocket.");
    if (asked.fields.joined("Sec-WebSocket-Version") != version)
        return upgrade_wanted("This place speaks WebSocket in its version 13.");
    const bool has_key = asked.fields.count("Sec-WebSocket-Key") == 1;
    if (!is_connect && (!has_key || !is_key(asked.fields.get("Sec-WebSocket-Key"))))
        return refusal(http::status::bad_request, "Sec-WebSocket-Key: no key");
    if (!may_connect(asked.fields, host, by))
        return refusal(http::status::forbidden, "Origin: not a page of this site");
    return std::nullopt;
}

}  // namespace

std::string make_key() {
    return http::detail::make_websocket_key();
}

std::string accept_key(std::string_view key) {
    return http::detail::websocket_accept(key);
}

verdict judge(const http::request_head& asked, std::string_view host, const terms& by) {
    if (auto wrong = refused(asked, host, by)) return *std::move(wrong);
    const std::string list = asked.fields.joined("Sec-WebSocket-Protocol");
    const auto offered = read_tokens(list);
    if (!offered) return refusal(http::status::bad_request, "Sec-WebSocket-Protocol: no list");
    verdict answer;
    answer.agreed.role = role::server;
    if (connects(asked)) {
        answer.status = http::status::ok;
    } else {
        answer.fields.set("Connection", "Upgrade");
        answer.fields.set("Upgrade", "websocket");
        const std::string_view key = asked.fields.get("Sec-WebSocket-Key");
        answer.fields.set("Sec-WebSocket-Accept", accept_key(key));
    }
    const auto best = std::ranges::find_if(by.subprotocols, [&offered](const std::string& each) {
        return std::ranges::find(*offered, each) != offered->end();
    });
    if (best != by.subprotocols.end()) {
        answer.agreed.subprotocol = *best;
        answer.fields.set("Sec-WebSocket-Protocol", *best);
    }
    if (!by.deflate) return answer;
    const std::string offers = asked.fields.joined("Sec-WebSocket-Extensions");
    try {
        answer.agreed.deflate = accept_deflate(offers, *by.deflate);
    } catch (const bad_message& wrong) {
        return refusal(http::status::bad_request, wrong.what());
    }
    answer.agreed.deflate_wish = *by.deflate;
    if (answer.agreed.deflate)
        answer.fields.set("Sec-WebSocket-Extensions",
                          confirm_deflate(*answer.agreed.deflate, offers));
    return answer;
}

void add_request_fields(http::fields& to, std::string_view key, const wishes& what) {
    to.set("Connection", "Upgrade");
    to.set("Upgrade", "websocket");
    to.set("Sec-WebSocket-Key", key);
    add_request_fields(to, what);
}

void add_request_fields(http::fields& to, const wishes& what) {
    to.set("Sec-WebSocket-Version", version);
    std::string list;
    for (const std::string& each : what.subprotocols) {
        if (!http::is_token(each) || std::ranges::count(what.subprotocols, each) != 1)
            throw std::invalid_argument("no subprotocol: " + quoted(each));
        if (!list.empty()) list += ", ";
        list += each;
    }
    if (!list.empty()) to.set("Sec-WebSocket-Protocol", list);
    if (what.deflate) to.set("Sec-WebSocket-Extensions", offer_deflate(*what.deflate));
}

agreement read_response(const http::fields& response, std::string_view key, const wishes& what) {
    if (!http::same_name(response.joined("Upgrade"), "websocket"))
        refuse("Upgrade: another protocol than WebSocket");
    if (!response.lists("Connection", "upgrade")) refuse("Connection: no upgrade");
    if (response.joined("Sec-WebSocket-Accept") != accept_key(key))
        refuse("Sec-WebSocket-Accept: not the answer to this handshake");
    return read_response(response, what);
}

agreement read_response(const http::fields& response, const wishes& what) {
    agreement agreed;
    agreed.role = role::client;
    agreed.subprotocol = response.joined("Sec-WebSocket-Protocol");
    const bool is_known =
        std::ranges::find(what.subprotocols, agreed.subprotocol) != what.subprotocols.end();
    if (response.contains("Sec-WebSocket-Protocol") && !is_known)
        refuse("a subprotocol that was not offered: " + quoted(agreed.subprotocol, 80));
    const std::string extensions = response.joined("Sec-WebSocket-Extensions");
    agreed.deflate = read_deflate_response(extensions, what.deflate);
    agreed.deflate_wish = what.deflate.value_or(deflate_options());
    return agreed;
}

}  // namespace zocalo::ws
