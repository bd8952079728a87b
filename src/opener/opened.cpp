// SPDX-License-Identifier: MIT
#include "zocalo/opener/opened.hpp"

#include <utility>

#include "core/utf8.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::url {

namespace {

/// Bytes that are there, in one piece.
class bytes_source final : public content_source {
 public:
    explicit bytes_source(std::string bytes) noexcept : bytes_(std::move(bytes)) {}

    io::task<const_buffer> read() override {
        given_ = std::exchange(bytes_, {});
        co_return given_;
    }

 private:
    std::string bytes_;
    std::string given_;
};

std::string from_latin1(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (const char c : bytes)
        append_utf8(text, static_cast<unsigned char>(c));
    return text;
}

std::string as_utf8(std::string bytes, const std::string& charset, const std::string& url) {
    if (charset == "iso-8859-1" || charset == "latin1") return from_latin1(bytes);
    const bool is_known = charset.empty() || charset == "utf-8" || charset == "utf8" ||
                          charset == "us-ascii" || charset == "ascii";
    if (!is_known)
        throw protocol_error(url + ": text in " + quoted(charset) + " cannot be read here");
    if (!is_utf8(bytes)) throw protocol_error(url + ": the content is no text in UTF-8");
    return bytes;
}

void require_room(std::size_t has, std::size_t more, std::size_t limit, const std::string& url) {
    if (more > limit - has)
        throw protocol_error(url + ": more than " + std::to_string(limit) + " bytes of content");
}

}  // namespace

opened::opened(std::string url, std::string content)
    : url_(std::move(url)),
      size_(content.size()),
      from_(std::make_unique<bytes_source>(std::move(content))) {}

opened::opened(std::string url, std::unique_ptr<content_source> from, http::content_size size)
    : url_(std::move(url)), size_(size), from_(std::move(from)) {}

std::optional<http::media_type> opened::type() const {
    return http::media_type::try_parse(fields_.get("Content-Type"));
}

io::task<const_buffer> opened::read() {
    return from_->read();
}

io::task<std::string> opened::content(std::size_t limit) {
    std::string all;
    for (;;) {
        io::task<const_buffer> reading = from_->read();
        const const_buffer piece = co_await std::move(reading);
        if (piece.empty()) co_return all;
        require_room(all.size(), piece.size(), limit, url_);
        all += piece.text();
    }
}

io::task<std::string> opened::text(std::size_t limit) {
    io::task<std::string> reading = content(limit);
    std::string bytes = co_await std::move(reading);
    const auto said = type();
    const std::string charset = said ? said->charset() : std::string();
    co_return as_utf8(std::move(bytes), charset, url_);
}

error_answer::error_answer(opened answer)
    : http::error_response(answer.status(), answer.url()),
      answer_(std::make_shared<opened>(std::move(answer))) {}

content_too_short::content_too_short(const std::string& url, std::uint64_t got, std::uint64_t size)
    : protocol_error(url + ": " + std::to_string(got) + " of " + std::to_string(size) +
                     " bytes came"),
      got_(got),
      size_(size) {}

}  // namespace zocalo::url
