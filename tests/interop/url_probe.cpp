// SPDX-License-Identifier: MIT
// Says what we make of URLs. Each line of the input is a command and its arguments, in JSON; each
// line of the output is the answer, null for a refusal.
//
//     ["web", "http://a\\b"]   ["web", "../c", "http://a/b"]   ["join", "http://a/b", "../c"]
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "probe.hpp"
#include "zocalo/url/query.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/robots.hpp"
#include "zocalo/url/uri.hpp"
#include "zocalo/url/web_url.hpp"

namespace {

namespace url = zocalo::url;
using nlohmann::json;

json text_or_null(const std::optional<std::string_view>& text) {
    return text ? json(*text) : json();
}

json web(const json& given) {
    std::optional<url::web_url> base;
    if (given.size() > 2) base = url::web_url::parse(given[2].get<std::string>());
    const auto parsed = url::web_url::parse(given[1].get<std::string>(), base ? &*base : nullptr);
    (void)parsed.to_uri();  // there is always one
    return parsed.to_string_with_user_info();
}

json split(const url::uri& parsed) {
    return {{"scheme", parsed.scheme()},
            {"user_info", text_or_null(parsed.user_info())},
            {"host", parsed.host()},
            {"port", parsed.port() ? json(*parsed.port()) : json()},
            {"path", parsed.path()},
            {"query", parsed.query().value_or("")},
            {"fragment", parsed.fragment().value_or("")}};
}

json fields(const json& given) {
    const url::query_options options{.keep_blank_values = given[2], .strict = given[3]};
    return url::parse_qsl(given[1].get<std::string>(), options);
}

/// The text of robots.txt, an agent, and URLs.
json robots(const json& given) {
    const auto rules = url::robots::parse(given[1].get<std::string>());
    const std::string agent = given[2];
    json may = json::array();
    for (const json& each : given[3])
        may.push_back(rules.can_fetch(agent, url::uri::parse(each.get<std::string>())));
    const auto delay = rules.crawl_delay(agent);
    const auto rate = rules.request_rate(agent);
    return {{"may", may},
            {"delay", delay ? json(delay->count() / 1000) : json()},
            {"rate", rate ? json({rate->requests, rate->in.count()}) : json()},
            {"maps", rules.site_maps()}};
}

json answer(const json& given) {
    const std::string command = given[0];
    const std::string text = given[1];
    if (command == "web") return web(given);
    if (command == "split") return split(url::uri::parse(text));
    if (command == "join") {
        return url::uri::parse(text).join(given[2].get<std::string>()).to_string_with_user_info();
    }
    if (command == "quote") return url::quote(text, given[2].get<std::string>());
    if (command == "quote_plus") return url::quote_plus(text, given[2].get<std::string>());
    if (command == "unquote") return url::unquote(text);
    if (command == "unquote_plus") return url::unquote_plus(text);
    if (command == "fields") return fields(given);
    if (command == "robots") return robots(given);
    throw std::logic_error("no command: " + command);
}

}  // namespace

int main() {
    zocalo::tests::answer_lines(answer);
}
