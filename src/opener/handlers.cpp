// SPDX-License-Identifier: MIT
#include "opener/handlers.hpp"

#include <stdexcept>
#include <utility>

#include "zocalo/http/media_types.hpp"
#include "zocalo/opener/data_url.hpp"

namespace zocalo::url::detail {

namespace {

class http_source final : public content_source {
 public:
    explicit http_source(http::response_stream from) noexcept : from_(std::move(from)) {}
    io::task<const_buffer> read() override { return from_.read(); }

 private:
    http::response_stream from_;
};

/// The first piece was looked at.
class gopher_source final : public content_source {
 public:
    gopher_source(gopher::answer_stream from, std::string first) noexcept
        : from_(std::move(from)), first_(std::move(first)) {}

    io::task<const_buffer> read() override {
        if (!is_first_) return from_.read();
        is_first_ = false;
        return first();
    }

 private:
    io::task<const_buffer> first() { co_return first_; }

    gopher::answer_stream from_;
    std::string first_;
    bool is_first_ = true;
};

constexpr std::size_t longest_first_line = 1000;

/// What there is up to the end of the first line.
io::task<std::string> first_line(gopher::answer_stream& from) {
    std::string begin;
    while (begin.size() < longest_first_line && begin.find('\n') == std::string::npos) {
        io::task<const_buffer> reading = from.read();
        const const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        begin += piece.text();
    }
    co_return begin;
}

std::string_view type_of(const gopher::location& where) {
    switch (where.type) {
        case gopher::item_type::menu:
        case gopher::item_type::search:
            return "application/gopher-menu";
        case gopher::item_type::text:
            return "text/plain";
        case gopher::item_type::html:
            return "text/html";
        case gopher::item_type::gif:
            return "image/gif";
        default:
            break;
    }
    const http::guessed_type guessed = http::media_types().guess(where.request.selector);
    const bool is_plain = !guessed.type.empty() && guessed.coding.empty();
    return is_plain ? guessed.type : "application/octet-stream";
}

}  // namespace

void require_plain(const http::request& what, std::string_view scheme) {
    const bool reads = what.method == http::method::get || what.method == http::method::head;
    const bool has_content = !what.body.is_bytes() || !what.body.bytes().empty();
    if (reads && !has_content) return;
    throw std::invalid_argument(std::string(scheme) + ": can only be read");
}

opened head_or_all(const http::request& what, opened answer) {
    const auto size = answer.size();
    if (size) answer.fields().set("Content-Length", std::to_string(*size));
    if (what.method != http::method::head) return answer;
    opened head(answer.url(), std::string());
    head.fields() = answer.fields();
    head.set_status(answer.status());
    return head;
}

io::task<opened> open_http(http::client& by, http::request what) {
    io::task<http::response_stream> opening = by.open(std::move(what));
    http::response_stream from = co_await std::move(opening);
    const std::string url = from.url();
    const http::content_size size = from.size();
    const http::response_head head = from.head();
    opened answer(url, std::make_unique<http_source>(std::move(from)), size);
    answer.fields() = head.fields;
    answer.set_status(head.status);
    co_return answer;
}

io::task<opened> open_gopher(const gopher::client& by, http::request what) {
    require_plain(what, "gopher");
    const gopher::location where = gopher::location::parse(what.url);
    io::task<gopher::answer_stream> opening = by.open(where);
    gopher::answer_stream from = co_await std::move(opening);
    io::task<std::string> looking = first_line(from);
    std::string begin = co_await std::move(looking);
    const bool is_error = from.is_error() || gopher::is_error_answer(begin);
    const std::string url = where.to_uri().to_string();
    opened answer(url, std::make_unique<gopher_source>(std::move(from), std::move(begin)));
    answer.fields().add("Content-Type", is_error ? "text/plain" : type_of(where));
    if (is_error) answer.set_status(http::status::not_found);
    co_return head_or_all(what, std::move(answer));
}

io::task<opened> open_data(http::request what, std::size_t limit) {
    require_plain(what, "data");
    data_url parsed = data_url::parse(what.url, limit);
    opened answer(what.url, std::move(parsed.content));
    answer.fields().add("Content-Type", parsed.type.to_string());
    co_return head_or_all(what, std::move(answer));
}

}  // namespace zocalo::url::detail
