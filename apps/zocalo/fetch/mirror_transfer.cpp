// SPDX-License-Identifier: MIT
#include "fetch/mirror_transfer.hpp"

#include <algorithm>
#include <utility>

#include "fetch/letters.hpp"
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
            const std::size_t room = longest_page - page_->size();
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

page_kind kind_of(std::string_view type) {
    const auto read = http::media_type::try_parse(type);
    if (!read) return page_kind::none;
    if (read->is("text/css")) return page_kind::style;
    const bool is_html = read->is("text/html") || read->is("application/xhtml+xml");
    return is_html ? page_kind::html : page_kind::none;
}

/// A file that was fetched before has no type any more.
page_kind kind_of_file(const std::string& name, std::string_view text) {
    if (name.ends_with(".css")) return page_kind::style;
    const std::string begin = lower(text.substr(0, 1000));
    const bool is_html = begin.find("<!doctype html") != std::string::npos ||
                         begin.find("<html") != std::string::npos;
    return is_html ? page_kind::html : page_kind::none;
}

/// What the user says to the server of the mirror is nobody else's business: a page can name any.
void forget_who(http::request& asked) {
    http::fields common;
    for (const char* name : {"User-Agent", "Accept", "Accept-Language"})
        if (const auto value = asked.fields.find(name)) common.add(name, *value);
    asked.fields = std::move(common);
    asked.login.reset();
    asked.login_follows = false;
}

std::optional<seconds> modified(const http::fields& fields) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return http::parse_date(fields.get("Last-Modified"), now);
}

/// From a server of HTTP.
class web_transfer final : public mirror_transfer {
 public:
    using mirror_transfer::mirror_transfer;

 private:
    [[nodiscard]] http::request make_request() override;
    [[nodiscard]] io::task<std::unique_ptr<sink>> open_sink(
        const http::response_stream* answer) override;
    void look_at_file();

    std::string there_;  ///< what an earlier mirror has called it
};

http::request web_transfer::make_request() {
    http::request asked = transfer::make_request();
    asked.redirects = 0;  // a redirect is a link
    if (!of_.is_own(page_.where)) forget_who(asked);
    if (of_.options().spider && !of_.may_lead_on(page_.where)) asked.method = http::method::head;
    const bool is_asked = of_.options().timestamping && page_.is_kept;
    if (!is_asked) return asked;
    there_ = of_.name_there(page_.name);
    const auto there = of_.folder().modified(there_);
    if (!there) return asked;
    // Where links are changed, the page that is there is not the server's any more.
    look_at_file();
    if (of_.options().convert_links && kind_ != page_kind::none) return asked;
    asked.fields.set("If-Modified-Since", http::date_text(*there));
    return asked;
}

/// What an earlier mirror has left.
void web_transfer::look_at_file() {
    text_ = of_.folder().text(there_, longest_page).value_or("");
    kind_ = kind_of_file(there_, text_);
    if (kind_ == page_kind::none) text_.clear();
}

io::task<std::unique_ptr<sink>> web_transfer::open_sink(const http::response_stream* answer) {
    location_.clear();
    const http::fields& fields = answer->fields();
    if (is_redirection(answer->status())) location_ = fields.get("Location");
    is_unchanged_ = answer->status() == http::status::not_modified;
    if (is_unchanged_) {
        file_ = there_;
        co_return no_sink();
    }
    text_.clear();
    kind_ = page_kind::none;
    if (answer->status() != http::status::ok) co_return no_sink();
    kind_ = kind_of(fields.get("Content-Type"));
    std::string* const page = kind_ != page_kind::none ? &text_ : nullptr;
    if (!page_.is_kept || of_.options().spider) {
        co_return std::make_unique<mirror_sink>(of_, page, std::nullopt, std::nullopt);
    }
    if (file_.empty()) file_ = of_.claim(page_.name, kind_);  // one for all tries
    io::task<mirrored_file> beginning = of_.folder().begin(file_);
    mirrored_file file = co_await std::move(beginning);
    co_return std::make_unique<mirror_sink>(of_, page, std::move(file), modified(fields));
}

}  // namespace

mirror_transfer::mirror_transfer(session& with, mirror& of, const context& shared, mirror_page page,
                                 transfer_meter& meter)
    : transfer(with, of.options(), shared, page.where.to_string(), {}, meter),
      of_(of),
      page_(std::move(page)) {}

std::unique_ptr<mirror_transfer> make_web_transfer(session& with, mirror& of, const context& shared,
                                                   mirror_page page, transfer_meter& meter) {
    return std::make_unique<web_transfer>(with, of, shared, std::move(page), meter);
}

}  // namespace zocalo::program
