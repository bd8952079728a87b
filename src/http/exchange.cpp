// SPDX-License-Identifier: MIT
#include "zocalo/http/exchange.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <stdexcept>

#include "http/dialogue.hpp"
#include "zocalo/http/coding.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http {

namespace {

/// The time of day as a field; made once in a second for all connections of a thread.
std::string_view date_now() {
    thread_local date_clock clock;
    return clock.at(std::chrono::sys_seconds(std::chrono::seconds(std::time(nullptr))));
}

/// The part of an absolute target that is a path.
std::string_view without_authority(std::string_view target) noexcept {
    if (target.starts_with('/')) return target;
    const std::size_t scheme = target.find("://");
    if (scheme == std::string_view::npos) return target;
    const std::size_t path = target.find_first_of("/?", scheme + 3);
    return path == std::string_view::npos || target[path] == '?' ? "/" : target.substr(path);
}

/// What says that more is to come is sent by send_interim().
void must_be_final(const response_head& head) {
    if (is_informational(head.status) && head.status != status::switching_protocols)
        throw std::logic_error("HTTP: a response with status " +
                               std::to_string(number(head.status)));
}

}  // namespace

exchange::exchange(detail::dialogue& in, response_head& head) noexcept : in_(in), response_(head) {
    response_.status = status::ok;
    response_.reason.clear();
    response_.fields.clear();
}

exchange::~exchange() = default;

const request_head& exchange::request() const noexcept {
    return in_.request();
}

std::string_view exchange::authority() const noexcept {
    const std::string_view target = request().target;
    if (request().method == method::connect && request().protocol.empty()) return target;
    const std::size_t scheme =
        target.starts_with('/') ? std::string_view::npos : target.find("://");
    if (scheme == std::string_view::npos) return request().fields.get("Host");
    const std::string_view rest = target.substr(scheme + 3);
    return rest.substr(0, rest.find_first_of("/?"));
}

std::string_view exchange::path() const noexcept {
    const std::string_view target = without_authority(request().target);
    return target.substr(0, target.find('?'));
}

std::string_view exchange::query() const noexcept {
    const std::string_view target = request().target;
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

std::string exchange::parameter(std::string_view name) const {
    for (const auto& [each, text] : in_.parameters()) {
        if (each != name) continue;
        auto decoded = url::try_unquote(text);
        if (!decoded) throw status_error(status::bad_request, "an escape that is none");
        return *std::move(decoded);
    }
    throw std::logic_error("a parameter that the route does not have: " + std::string(name));
}

serve::connection& exchange::client() const noexcept {
    return in_.client();
}

bool exchange::is_secure() const {
    return in_.is_secure();
}

io::task<const_buffer> exchange::read() {
    return in_.read();
}

io::task<std::string> exchange::content(std::size_t limit) {
    const auto refuse = [] { throw status_error(status::content_too_large); };
    if (in_.announced().value_or(0) > limit) refuse();
    std::string all;
    for (;;) {
        const const_buffer piece = co_await in_.read();
        if (piece.empty()) co_return all;
        if (piece.size() > limit - all.size()) refuse();
        all += piece.text();
    }
}

io::task<> exchange::client_left() {
    return in_.wait_for_end();
}

void exchange::enter(serve::phase next) noexcept {
    in_.enter(next);
}

content_size exchange::announced() const noexcept {
    return in_.announced();
}

bool exchange::has_content() const noexcept {
    return in_.has_content();
}

const fields& exchange::trailers() const noexcept {
    return in_.trailers();
}

void exchange::begin(content_size size) {
    must_be_final(response_);
    if (coding_ && is_worth_encoding(size)) {
        begin_encoding();
        size.reset();
    }
    add_date();
    in_.begin(response_, size);
    has_begun_ = true;
}

void exchange::add_date() {
    if (!response_.fields.contains("Date")) response_.fields.add("Date", date_now());
}

void exchange::reply(std::string_view content, std::string_view type) {
    must_be_final(response_);
    if (!type.empty() && !response_.fields.contains("Content-Type"))
        response_.fields.add("Content-Type", type);
    if (coding_ && is_worth_encoding(content.size())) {
        begin_encoding();
        std::string coded;
        encoder_->put(content, coded);
        encoder_->end(coded);
        encoder_.reset();
        return reply(coded, {});
    }
    send_whole(content);
}

void exchange::send_whole(std::string_view content) {
    add_date();
    in_.send_whole(response_, content);
    has_begun_ = true;
    size_ = content.size();
}

io::task<> exchange::write(const_buffer data) {
    if (encoder_) return write_encoded(data);
    size_ += data.size();
    return in_.write(data);
}

io::task<std::uint64_t> exchange::send_cached(const serve::opened_entry& file, std::uint64_t offset,
                                              std::uint64_t most) {
    if (encoder_) co_return 0;
    const std::uint64_t moved = co_await in_.send_cached(file, offset, most);
    size_ += moved;
    co_return moved;
}

io::task<> exchange::flush() {
    if (encoder_) return flush_encoded();
    return in_.flush();
}

void exchange::end(const fields& trailers) {
    if (encoder_) {
        std::string rest;
        encoder_->end(rest);
        encoder_.reset();
        in_.send_data(rest);
        size_ += rest.size();
    }
    in_.end(trailers);
}

void exchange::send_interim(const response_head& head) {
    in_.send_interim(head);
}

io::task<> exchange::continue_in(const site& other) {
    return in_.pass_to(*this, other);
}

io::task<io::stream> exchange::take_over() {
    return in_.take_over();
}

// --- Coding

/// Parts of a whole and what is in a coding already are somebody else's choice.
bool exchange::is_worth_encoding(content_size size) const {
    constexpr std::uint64_t smallest = 512;  // below that it is one packet either way
    const fields& head = response_.fields;
    if (size && *size < smallest) return false;
    if (response_.status == status::partial_content || is_bodiless(response_.status)) return false;
    if (head.contains("Content-Encoding") || head.contains("Content-Range")) return false;
    if (head.lists("Cache-Control", "no-transform")) return false;
    const auto type = media_type::try_parse(head.get("Content-Type"));
    return type && type->is_text();
}

void exchange::begin_encoding() {
    fields& head = response_.fields;
    encoder_ = std::make_unique<encoder>(*coding_);
    head.set("Content-Encoding", to_text(*coding_));
    head.remove("Accept-Ranges");
    const std::string tag(head.get("ETag"));
    if (tag.starts_with('"')) head.set("ETag", "W/" + tag);
    coding_.reset();
}

io::task<> exchange::write_encoded(const_buffer data) {
    std::string coded;
    encoder_->put(data, coded);
    size_ += coded.size();
    if (!coded.empty()) co_await in_.write(coded);
}

io::task<> exchange::flush_encoded() {
    std::string coded;
    encoder_->flush(coded);
    size_ += coded.size();
    if (!coded.empty()) co_await in_.write(coded);
    co_await in_.flush();
}

}  // namespace zocalo::http
