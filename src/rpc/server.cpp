// SPDX-License-Identifier: MIT
#include "zocalo/rpc/server.hpp"

#include <array>
#include <memory>
#include <optional>

#include "http/page.hpp"
#include "rpc/pages.hpp"
#include "zocalo/http/coding.hpp"
#include "zocalo/http/exchange.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/http/negotiate.hpp"
#include "zocalo/rpc/answer.hpp"

namespace zocalo::rpc {

namespace {

/// What is served at one path.
struct endpoint {
    methods what;
    serve_options options;
};
using endpoint_ptr = std::shared_ptr<const endpoint>;

enum class document : std::uint8_t { xml, json };

/// Throws status_error (415) for what is not spoken here.
document document_of(const http::exchange& asked, const serve_options& options) {
    const std::string_view type = asked.request().fields.get("Content-Type");
    const auto media = http::media_type::try_parse(type);
    if (media && options.xml && (media->is("text/xml") || media->is("application/xml")))
        return document::xml;
    if (media && options.json && media->is("application/json")) return document::json;
    throw http::status_error(http::status::unsupported_media_type);
}

/// Throws status_error (415) for a coding that is unknown; bad_message for what is none of it.
std::string decoded(const http::exchange& asked, std::string content, std::size_t limit) {
    const auto list = asked.request().fields.joined("Content-Encoding");
    const auto codings = http::try_parse_codings(list, 2);  // nobody means more
    if (!codings) throw http::status_error(http::status::unsupported_media_type);
    if (codings->empty()) return content;
    return http::decode(content, *codings, {.size = limit, .ratio_from = limit});
}

/// Compressed for those who take it so.
void offer_codings(http::exchange& asked) {
    constexpr std::array codings{http::coding::zstd, http::coding::gzip};
    constexpr std::array<std::string_view, 2> names{"zstd", "gzip"};
    const auto best = http::choose_coding(asked.request().fields.find("Accept-Encoding"), names);
    if (best) asked.may_encode(codings.at(*best));
}

io::task<> answer(endpoint_ptr at, http::exchange& asked) {
    const document kind = document_of(asked, at->options);
    const std::size_t limit = at->what.limits().size;
    io::task<std::string> reading = asked.content(limit);
    std::string received = co_await std::move(reading);
    std::string content = decoded(asked, std::move(received), limit);
    const bool is_xml = kind == document::xml;
    const caller who(asked);
    io::task<std::string> answering =
        is_xml ? answer_xml(at->what, std::move(content), at->options.failed, who)
               : answer_json(at->what, std::move(content), at->options.failed, who);
    const std::string text = co_await std::move(answering);
    if (text.empty()) {
        asked.reply(http::status::no_content);
    } else {
        offer_codings(asked);
        asked.reply(text, is_xml ? "text/xml; charset=utf-8" : "application/json");
    }
}

/// `int add(int, int)`
std::string call_of(const std::string& name, const method& what) {
    if (what.signature.empty()) return name + "(...)";
    std::string text = what.signature[0] + " " + name + "(";
    for (std::size_t i = 1; i < what.signature.size(); ++i) {
        text.append(i > 1 ? ", " : "").append(what.signature[i]);
        if (!what.names.empty()) text.append(" ").append(what.names[i - 1]);
    }
    return text += ")";
}

/// A page about the methods; all that it shows is text.
std::string page_of(const endpoint& at, std::string_view nonce) {
    std::string list;
    for (const std::string& name : at.what.names()) {
        const method& each = *at.what.find(name);
        list.append("<dt id=\"").append(http::html(name)).append("\"><code>");
        list.append(http::html(call_of(name, each))).append("</code></dt>\n<dd>");
        list.append(http::html(each.help)).append("</dd>\n");
    }
    const std::string title = http::html(at.options.title);
    const std::string body =
        http::fill(pages::methods_html,
                   {{"title", title}, {"about", http::html(at.options.about)}, {"methods", list}});
    return http::whole_page(
        {.title = title, .nonce = nonce, .style = pages::methods_css, .body = body});
}

void show_page(const endpoint& at, http::exchange& asked) {
    const std::string nonce = http::make_nonce();
    http::fields& head = asked.response().fields;
    head.set("Content-Security-Policy", http::content_policy(nonce));
    head.set("X-Content-Type-Options", "nosniff");
    asked.reply(page_of(at, nonce), "text/html; charset=utf-8");
}

}  // namespace

void add_methods(http::routes& to, std::string_view path, methods what,
                 const serve_options& options) {
    const auto at = std::make_shared<const endpoint>(std::move(what), options);
    to.post(path, [at](http::exchange& asked) { return answer(at, asked); });
    if (options.page) to.get(path, [at](http::exchange& asked) { show_page(*at, asked); });
}

}  // namespace zocalo::rpc
