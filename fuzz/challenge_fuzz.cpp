// SPDX-License-Identifier: MIT
// WWW-Authenticate and Authorization: nothing is thrown; what is read can be printed and is read as
// the same; a reading that cuts at commas and compares finds the same; a client's answer to a
// challenge of Digest is the one that a server with the same password expects.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "require.hpp"
#include "zocalo/http/challenge.hpp"
#include "zocalo/http/digest.hpp"
#include "zocalo/http/grammar.hpp"

namespace {

namespace http = zocalo::http;
using all = std::optional<std::vector<http::challenge>>;

constexpr std::string_view spaces = " \t";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(spaces);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

/// What stands between commas that are in no quotes.
std::vector<std::string_view> elements_of(std::string_view text) {
    std::vector<std::string_view> found;
    bool is_quoted = false;
    std::size_t first = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i == text.size() || (text[i] == ',' && !is_quoted)) {
            const std::string_view element = trimmed(text.substr(first, i - first));
            if (!element.empty()) found.push_back(element);
            first = i + 1;
        } else if (text[i] == '"') {
            is_quoted = !is_quoted;
        } else if (text[i] == '\\' && is_quoted && i + 1 < text.size()) {
            ++i;
        }
    }
    return found;
}

std::optional<std::string> value_of(std::string_view text) {
    if (http::is_token(text)) return std::string(text);
    if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return std::nullopt;
    text = text.substr(1, text.size() - 2);
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') return std::nullopt;
        if (text[i] == '\\') ++i;
        if (i == text.size()) return std::nullopt;
        plain += text[i];
    }
    const auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7F'; };
    if (std::ranges::any_of(plain, is_control)) return std::nullopt;
    return plain;
}

/// Adds `name = value`, if it is that.
bool add_parameter(http::challenge& to, std::string_view text) {
    const std::size_t sign = text.find('=');
    if (sign == std::string_view::npos) return false;
    const std::string_view name = trimmed(text.substr(0, sign));
    const auto value = value_of(trimmed(text.substr(sign + 1)));
    if (!http::is_token(name) || !value || to.parameters.find(name)) return false;
    to.parameters.set(name, *value);
    return to.parameters.size() <= http::parameters::most;
}

bool is_token68(std::string_view text) {
    const std::size_t end = text.find_last_not_of('=');
    if (end == std::string_view::npos) return false;
    return std::ranges::all_of(text.substr(0, end + 1), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               std::string_view("-._~+/").find(c) != std::string_view::npos;
    });
}

all read_naively(std::string_view text) {
    std::vector<http::challenge> found;
    for (const std::string_view element : elements_of(text)) {
        const bool goes_on = !found.empty() && !found.back().parameters.empty();
        const std::size_t name_ends = std::min(element.find_first_of(" \t="), element.size());
        const std::string_view rest = trimmed(element.substr(name_ends));
        if (rest.starts_with('=')) {
            if (!goes_on || !add_parameter(found.back(), element)) return std::nullopt;
            continue;
        }
        http::challenge next{.scheme = std::string(element.substr(0, name_ends))};
        if (!http::is_token(next.scheme) || found.size() == http::challenge::most)
            return std::nullopt;
        if (is_token68(rest)) {
            next.token = rest;
        } else if (!rest.empty() && !add_parameter(next, rest)) {
            return std::nullopt;
        }
        found.push_back(std::move(next));
    }
    return found;
}

void answer(const http::challenge& asked) {
    if (!http::can_answer_digest(asked)) return;
    const http::digest_request request{.content = "content", .client_nonce = "nonce"};
    const http::credentials shown = http::answer_digest(asked, request, "user", "password");
    const auto again = http::credentials::try_parse(shown.to_string());
    require(again == shown);
    const auto claim = http::digest_claim::try_parse(*again);
    if (!claim) return;  // a server of ours asks for no such answer
    const std::string secret =
        http::digest_secret(claim->algorithm, "user", asked.realm(), "password");
    require(claim->knows(secret, "GET", "content"));
    require(!claim->knows(secret, "PUT", "content"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const all read = http::challenge::try_parse_all(text);
    require(read == read_naively(text));
    if (const auto shown = http::credentials::try_parse(text)) {
        require(http::credentials::try_parse(shown->to_string()) == shown);
        if (const auto both = http::read_basic(*shown))
            require(http::basic_credentials(both->user, both->password).token == shown->token);
    }
    if (!read) return 0;
    std::string printed;
    for (const http::challenge& each : *read) {
        printed += each.to_string() + ", ";
        answer(each);
    }
    require(http::challenge::try_parse_all(printed) == read);
    return 0;
}
