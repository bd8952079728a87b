// SPDX-License-Identifier: MIT
// The parameters of RFC 7692 §7.1. An offer is taken whole or not at all.
#include "zocalo/ws/deflate.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "http/value_scanner.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::ws {

namespace {

constexpr int smallest_window = 8;
constexpr int smallest_own_window = 9;  // zlib makes none of 8
constexpr int largest_window = 15;
constexpr std::string_view extension_name = "permessage-deflate";

struct parameter {
    std::string_view name;
    std::optional<std::string> value;
};

/// An extension and its parameters, as they were sent.
struct extension {
    std::string_view name;
    std::vector<parameter> parameters;
};

/// The parameters of one offer that are known; nothing of a name that was not there.
struct offer {
    bool server_has_no_context = false;
    bool client_has_no_context = false;
    std::optional<int> server_window;
    bool has_client_window = false;
    std::optional<int> client_window;
};

void refuse_list() {
    throw bad_message(close_code::protocol_error,
                      "Sec-WebSocket-Extensions: no list of extensions");
}

extension read_extension(http::detail::value_scanner& from) {
    extension got;
    got.name = from.token();
    if (got.name.empty()) refuse_list();
    from.skip_space();
    while (from.take(';')) {
        from.skip_space();
        parameter one{.name = from.token(), .value = std::nullopt};
        if (one.name.empty()) refuse_list();
        if (from.take('=')) {
            one.value = from.value();
            if (!one.value) refuse_list();
        }
        got.parameters.push_back(std::move(one));
        if (got.parameters.size() > http::parameters::most) refuse_list();
        from.skip_space();
    }
    return got;
}

/// RFC 6455 §9.1; members of a list may be empty (RFC 9110 §5.6.1.2).
std::vector<extension> read_extensions(std::string_view text) {
    constexpr std::size_t most = 16;
    std::vector<extension> all;
    http::detail::value_scanner from(text);
    for (;;) {
        from.skip_space();
        if (from.is_at_end()) return all;
        if (from.take(',')) continue;
        all.push_back(read_extension(from));
        if (all.size() > most || !(from.is_at_end() || from.is_at(','))) refuse_list();
    }
}

std::optional<int> window_of(const std::optional<std::string>& value) {
    if (!value || value->starts_with('0')) return std::nullopt;
    const auto number = from_digits<unsigned>(*value);
    if (!number || *number < smallest_window || *number > largest_window) return std::nullopt;
    return static_cast<int>(*number);
}

/// Puts one parameter in; false when it is unknown, there already, or has no such value.
bool take(const parameter& one, offer& into) {
    const auto set_flag = [&one](bool& flag) { return !one.value && !std::exchange(flag, true); };
    if (http::same_name(one.name, "server_no_context_takeover"))
        return set_flag(into.server_has_no_context);
    if (http::same_name(one.name, "client_no_context_takeover"))
        return set_flag(into.client_has_no_context);
    if (http::same_name(one.name, "server_max_window_bits")) {
        if (into.server_window) return false;
        into.server_window = window_of(one.value);
        return into.server_window.has_value();
    }
    if (!http::same_name(one.name, "client_max_window_bits") || into.has_client_window)
        return false;
    into.has_client_window = true;
    into.client_window = window_of(one.value);
    return !one.value || into.client_window;
}

std::optional<offer> read_offer(const extension& from) {
    offer got;
    if (!http::same_name(from.name, extension_name)) return std::nullopt;
    const bool is_good = std::ranges::all_of(
        from.parameters, [&got](const parameter& one) { return take(one, got); });
    if (!is_good) return std::nullopt;
    return got;
}

/// The first offer of a list that a server can agree to.
std::optional<offer> best_offer(std::string_view offers) {
    for (const extension& each : read_extensions(offers)) {
        const std::optional<offer> got = read_offer(each);
        if (got && got->server_window.value_or(largest_window) >= smallest_own_window) return got;
    }
    return std::nullopt;
}

void check(const deflate_options& wish) {
    const auto is_window = [](int bits) {
        return bits >= smallest_own_window && bits <= largest_window;
    };
    if (!is_window(wish.own_window) || !is_window(wish.peer_window))
        throw std::invalid_argument("a window of deflate has 9 to 15 bits");
    if (wish.level < 1 || wish.level > 9)
        throw std::invalid_argument("a level of deflate is one of 1 to 9");
}

void append_window(std::string& to, std::string_view name, int bits) {
    to.append("; ").append(name);
    if (bits != largest_window) to.append("=").append(std::to_string(bits));
}

}  // namespace

std::string offer_deflate(const deflate_options& wish) {
    check(wish);
    std::string text(extension_name);
    if (!wish.peer_context) text += "; server_no_context_takeover";
    if (!wish.own_context) text += "; client_no_context_takeover";
    if (wish.peer_window != largest_window)
        append_window(text, "server_max_window_bits", wish.peer_window);
    append_window(text, "client_max_window_bits", wish.own_window);
    return text;
}

std::optional<deflate_agreement> accept_deflate(std::string_view offers,
                                                const deflate_options& wish) {
    check(wish);
    const std::optional<offer> got = best_offer(offers);
    if (!got) return std::nullopt;
    deflate_agreement agreed;
    agreed.own_window = std::min(wish.own_window, got->server_window.value_or(largest_window));
    agreed.own_context = wish.own_context && !got->server_has_no_context;
    agreed.peer_context = wish.peer_context && !got->client_has_no_context;
    if (got->has_client_window) {
        agreed.peer_window =
            std::min(wish.peer_window, got->client_window.value_or(largest_window));
    }
    return agreed;
}

std::string confirm_deflate(const deflate_agreement& agreed, std::string_view offers) {
    const std::optional<offer> got = best_offer(offers);
    std::string text(extension_name);
    if (!agreed.own_context) text += "; server_no_context_takeover";
    if (!agreed.peer_context) text += "; client_no_context_takeover";
    if (agreed.own_window != largest_window)
        append_window(text, "server_max_window_bits", agreed.own_window);
    if (got && got->has_client_window && agreed.peer_window != largest_window)
        append_window(text, "client_max_window_bits", agreed.peer_window);
    return text;
}

std::optional<deflate_agreement> read_deflate_response(std::string_view response,
                                                       const std::optional<deflate_options>& wish) {
    const auto refuse = [&response] {
        throw bad_message(close_code::missing_extension,
                          "an extension that was not offered: " + quoted(response, 80));
    };
    const std::vector<extension> all = read_extensions(response);
    if (all.empty()) return std::nullopt;
    const std::optional<offer> got = read_offer(all.front());
    if (!wish || all.size() != 1 || !got) refuse();
    if (got->has_client_window && !got->client_window) refuse();  // §7.1.2.2: it has a value
    if (!wish->peer_context && !got->server_has_no_context) refuse();
    const int peer_window = got->server_window.value_or(largest_window);
    if (peer_window > wish->peer_window) refuse();
    deflate_agreement agreed;
    agreed.peer_window = peer_window;
    agreed.own_window = std::min(wish->own_window, got->client_window.value_or(largest_window));
    agreed.own_context = wish->own_context && !got->client_has_no_context;
    agreed.peer_context = !got->server_has_no_context;
    return agreed;
}

}  // namespace zocalo::ws
