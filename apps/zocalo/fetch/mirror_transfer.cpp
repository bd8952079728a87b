// SPDX-License-Identifier: MIT
#include "fetch/mirror_transfer.hpp"

#include <algorithm>
#include <utility>

#include "zocalo/http/date.hpp"
#include "zocalo/http/media_type.hpp"

namespace zocalo::program {

namespace {

using seconds = std::chrono::sys_seconds;

/// Goes into the file, and into memory when it is a page.
class mirror_sink final : public sink {
 public:
    mirror_sink(mirror& of, std::string* page, std::optional<mirrored_file> file,
                std::optional<seconds> modified)
        : of_(of), page_(page), file_(std::move(file)), modified_(modified) {}

    io::task<> write(const_buffer data) override {
        of_.count(data.size());
        if (page_ != nullptr) {
            const std::size_t room = mirror_transfer::longest_page - page_->size();
            page_->append(data.first(room).text());
        }
        if (file_) co_await file_->file.write(data);
    }
    io::task<> finish() override {
        if (file_) co_await mirror_folder::keep(*file_, modified_);
        if (file_) ++of_.counts.files;
    }
    [[nodiscard]] std::string path() const override { return file_ ? file_->path : std::string(); }

 private:
    mirror& of_;
    std::string* page_;
    std::optional<mirrored_file> file_;
    std::optional<seconds> modified_;
};

bool is_page(std::string_view type) {
    const auto read = http::media_type::try_parse(type);
    return read && (read->is("text/html") || read->is("application/xhtml+xml"));
}

/// A file that was fetched before has no type any more.
bool looks_like_page(std::string_view text) {
    std::string begin(text.substr(0, 1000));
    std::ranges::transform(begin, begin.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return begin.find("<!doctype html") != std::string::npos ||
           begin.find("<html") != std::string::npos;
}

std::optional<seconds> modified(const http::fields& fields) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return http::parse_date(fields.get("Last-Modified"), now);
}

}  // namespace

mirror_transfer::mirror_transfer(session& with, mirror& of, const context& shared, mirror_page page,
                                 transfer_meter& meter)
    : transfer(with, of.options(), shared, page.where.to_string(), {}, meter),
      of_(of),
      page_(std::move(page)) {}

http::request mirror_transfer::make_request() {
    http::request asked = transfer::make_request();
    asked.redirects = 0;  // a redirect is a link
    const auto there = of_.options().timestamping && page_.is_kept
                           ? of_.folder().modified(page_.name)
                           : std::nullopt;
    if (there) asked.fields.set("If-Modified-Since", http::date_text(*there));
    return asked;
}

io::task<std::unique_ptr<sink>> mirror_transfer::open_sink(const http::response_stream* answer) {
    text_.clear();
    location_.clear();
    const http::fields& fields = answer->fields();
    if (is_redirection(answer->status())) location_ = fields.get("Location");
    is_unchanged_ = answer->status() == http::status::not_modified;
    if (is_unchanged_) {
        std::string there = of_.folder().text(page_.name, longest_page).value_or("");
        if (looks_like_page(there)) text_ = std::move(there);
    }
    if (answer->status() != http::status::ok) co_return no_sink();
    std::string* const page = is_page(fields.get("Content-Type")) ? &text_ : nullptr;
    if (!page_.is_kept) {
        co_return std::make_unique<mirror_sink>(of_, page, std::nullopt, std::nullopt);
    }
    io::task<mirrored_file> beginning = of_.folder().begin(page_.name);
    mirrored_file file = co_await std::move(beginning);
    co_return std::make_unique<mirror_sink>(of_, page, std::move(file), modified(fields));
}

}  // namespace zocalo::program
