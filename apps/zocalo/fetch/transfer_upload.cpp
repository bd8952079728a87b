// SPDX-License-Identifier: MIT
// Files that are sent, with whoever watches how far that is.
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "fetch/transfer.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::program {

namespace {

using told = std::function<void(std::size_t bytes)>;

/// Passes on, no faster than it should, and tells.
class counted_writer final : public http::body_writer {
 public:
    counted_writer(http::body_writer& to, io::bandwidth* rate, const told& tell)
        : to_(to), rate_(rate), tell_(tell) {}

    io::task<> write(const_buffer data) override {
        while (!data.empty()) {
            const const_buffer part = data.first(rate_ != nullptr ? rate_->burst() : data.size());
            if (rate_ != nullptr) co_await rate_->wait();
            if (rate_ != nullptr) rate_->charge(part.size());  // before others ask whether they may
            co_await to_.write(part);
            tell_(part.size());
            data = data.without(part.size());
        }
    }
    io::task<> flush() override { return to_.flush(); }
    void set_trailers(http::fields last) override { to_.set_trailers(std::move(last)); }

 private:
    http::body_writer& to_;
    io::bandwidth* rate_;
    const told& tell_;
};

io::task<> send(const http::body& content, http::body_writer& to, io::bandwidth* rate,
                const told& tell, std::function<void(http::content_size)> begin) {
    io::task<http::content_size> measuring = content.size();
    const http::content_size size = co_await std::move(measuring);
    begin(size);
    counted_writer counting(to, rate, tell);
    io::task<> sending = content.write_to(counting, size);
    co_await std::move(sending);
}

io::task<> write_all(const http::body& content, http::body_writer& to) {
    io::task<http::content_size> measuring = content.size();
    const http::content_size size = co_await std::move(measuring);
    io::task<> sending = content.write_to(to, size);
    co_await std::move(sending);
}

/// Content whose size is not told before.
http::body in_chunks(http::body content) {
    const std::string type = content.type();
    const auto again =
        content.is_repeatable() ? http::body::again::repeatable : http::body::again::never;
    const auto write = [inner = std::move(content)](http::body_writer& to) -> io::task<> {
        return write_all(inner, to);
    };
    return http::body::stream(write, {}, type, again);
}

}  // namespace

/// What -H says of the fields that go with content.
void transfer::settle_content(http::request& asked) const {
    if (with_.leaves_out("Expect")) asked.expect_continue = false;
    if (with_.leaves_out("Content-Type") && !asked.body.type().empty()) {
        if (!asked.body.is_bytes())
            throw std::invalid_argument("-H \"Content-Type:\": a form in parts is none without it");
        asked.body = http::body(asked.body.bytes());
    }
    with_.take_away(asked.fields);
    const auto coding = asked.fields.find("Transfer-Encoding");
    if (!coding) return;
    if (!http::same_name(*coding, "chunked"))
        throw std::invalid_argument("-H Transfer-Encoding: chunked is the only one: " +
                                    quoted(*coding));
    asked.fields.remove("Transfer-Encoding");
    const bool is_empty = asked.body.is_bytes() && asked.body.bytes().empty();
    if (!is_empty) asked.body = in_chunks(std::move(asked.body));
}

/// A Content-Length of -H that is the right one is as good as none.
io::task<> transfer::check_length(http::request& asked) const {
    const std::string said(asked.fields.get("Content-Length"));
    if (!asked.fields.contains("Content-Length")) co_return;
    asked.fields.remove("Content-Length");
    io::task<http::content_size> measuring = asked.body.size();
    const http::content_size size = co_await std::move(measuring);
    if (size && from_digits<std::uint64_t>(said) == size) co_return;
    const std::string is = size ? "it is " + std::to_string(*size) : "nobody knows it before";
    throw std::invalid_argument("-H \"Content-Length: " + escaped(said) + "\": " + is);
}

http::body transfer::metered(http::body content) {
    const auto begin = [this](http::content_size size) {
        report_.sent = meter_.done = 0;  // it may be sent once more, with a password
        meter_.whole = size;
        has_read_input_ = request_.content.is_input();
    };
    const told tell = [this](std::size_t bytes) { meter_.done = report_.sent += bytes; };
    const std::string type = content.type();
    const auto again =
        content.is_repeatable() ? http::body::again::repeatable : http::body::again::never;
    std::error_code error;
    const std::uint64_t in_file = std::filesystem::file_size(request_.content.upload, error);
    const http::content_size size = error ? http::content_size() : http::content_size(in_file);
    const auto write = [this, begin, tell,
                        inner = std::move(content)](http::body_writer& to) -> io::task<> {
        return send(inner, to, rate_.get(), tell, begin);
    };
    return http::body::stream(write, size, type, again);
}

/// Nothing was stored: it is somewhere else that the file should go to.
void transfer::refuse_redirect(const http::response_stream& answer) {
    report_.error = http::error_response(answer.status(), answer.url()).what();
    report_.error += ", so nothing was stored";
    const std::string_view target = answer.fields().get("Location");
    if (!target.empty()) report_.error += "; it should go to " + quoted(target);
    if (!target.empty() && !request_.follow) report_.error += ", which -L does";
    if (has_read_input_) report_.error += "; standard input cannot be sent once more";
    report_.code = exit_code::refused;
}

}  // namespace zocalo::program
