// SPDX-License-Identifier: MIT
// The files of a form, one after the other as they come: only a piece of one is ever in memory.
#include <array>
#include <exception>
#include <optional>
#include <utility>

#include "http/folder.hpp"
#include "zocalo/http/content_disposition.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/http/multipart.hpp"
#include "zocalo/http/negotiate.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http {

namespace {

media_type form_type(const fields& request) {
    auto type = media_type::try_parse(request.get("Content-Type"));
    if (!type || !type->is("multipart/form-data"))
        throw status_error(status::unsupported_media_type);
    return *std::move(type);
}

/// Steps through the parts of a request's content.
class parts_of_request {
 public:
    parts_of_request(exchange& asked, std::size_t most)
        : asked_(asked), reader_(form_type(asked.request().fields), {.parts = most}) {}

    /// The next thing that means something; its data is good until the next call.
    io::task<multipart_reader::step> next() {
        for (;;) {
            const std::string_view rest = std::string_view(received_).substr(used_);
            const multipart_reader::step step = reader_.next(rest, is_all_);
            used_ += step.used;
            if (step.what != part_event::need_data) co_return step;
            if (is_all_) throw status_error(status::bad_request);
            received_.erase(0, std::exchange(used_, 0));
            io::task<const_buffer> reading = read();
            const const_buffer piece = co_await std::move(reading);
            received_ += piece.text();
        }
    }
    /// Content that was cut off is no form, whatever has come of it (RFC 9112 §8): reads what is
    /// behind the last part.
    io::task<> read_rest() {
        constexpr std::size_t most = std::size_t{64} * 1024;
        for (std::size_t size = 0; !is_all_;) {
            io::task<const_buffer> reading = read();
            const const_buffer piece = co_await std::move(reading);
            size += piece.size();
            if (size > most) throw status_error(status::bad_request, "too much behind a form");
        }
    }
    /// What was cut off, or could not be read.
    [[nodiscard]] bool is_cut() const noexcept { return is_reading_; }
    /// The name of the file that the part is; empty when it is none.
    [[nodiscard]] std::string file_name() const {
        const auto said = form_part::of(reader_.head()).file_name;
        return !said || said->empty() ? std::string() : safe_file_name(*said, "upload");
    }

 private:
    io::task<const_buffer> read() {
        is_reading_ = true;
        const const_buffer piece = co_await asked_.read();
        is_reading_ = false;
        is_all_ = piece.empty();
        co_return piece;
    }

    exchange& asked_;
    multipart_reader reader_;
    std::string received_;
    std::size_t used_ = 0;
    bool is_all_ = false;
    bool is_reading_ = false;
};

/// Browsers go back to the folder; programs are told what is there now, and that nothing is.
void report(exchange& asked, const std::string& folder, const std::string& names) {
    constexpr std::array<std::string_view, 2> offered{"text/plain", "text/html"};
    const bool is_browser =
        choose_media_type(asked.request().fields.joined("Accept"), offered) == 1;
    if (names.empty() && !is_browser)
        throw status_error(status::bad_request, "a form without a file");
    asked.response().fields.set("Location", folder);
    asked.response().status = is_browser ? status::see_other : status::created;
    asked.reply(names);
}

/// Files that were whole before something went wrong are there, and stay.
std::string what_was_kept(std::string_view why, std::string_view names) {
    std::string text(why.empty() ? std::string_view("a file could not be kept") : why);
    text += "; these are there: ";
    for (const char c : names.substr(0, names.size() - 1))
        text += c == '\n' ? std::string(", ") : std::string(1, c);
    return text;
}

}  // namespace

io::task<> folder_service::post(exchange& asked) const {
    const std::string folder = name_asked_for(asked);
    if (!asked.path().ends_with('/')) throw status_error(status::bad_request);
    refuse_coded(asked);
    std::string names;
    try {
        io::task<> taking = take_files(asked, folder, names);
        co_await std::move(taking);
    } catch (const status_error& error) {
        if (names.empty()) throw;
        throw status_error(error.answer(), what_was_kept(error.what(), names));
    } catch (const bad_message& error) {
        if (names.empty()) throw;
        throw status_error(error.answer(), what_was_kept(error.what(), names));
    }
    std::string where = options_.prefix + '/' + url::quote(folder);
    report(asked, where, names);
}

io::task<> folder_service::take_files(exchange& asked, std::string folder,
                                      std::string& names) const {
    parts_of_request parts(asked, options_.upload.files);
    std::optional<upload> current;
    bool replaces = false;
    bool is_whole = false;  // it is kept when more has come: the last one may be all that is cut
    std::string name;
    for (;;) {
        multipart_reader::step step{};
        std::exception_ptr error;
        bool is_end = false;
        try {
            io::task<multipart_reader::step> next = parts.next();
            step = co_await std::move(next);
            is_end = step.what == part_event::finished;
            io::task<> reading = is_end ? parts.read_rest() : io::task<>();
            if (is_end) co_await std::move(reading);
        } catch (const net::stopped&) {
            throw;
        } catch (...) {
            error = std::current_exception();
        }
        if (error && parts.is_cut()) std::rethrow_exception(error);
        if (is_whole && (error || is_end || step.what == part_event::head)) {
            co_await current->keep(replaces);
            current.reset();
            names += name + "\n";
            is_whole = false;
        }
        if (error) std::rethrow_exception(error);
        if (is_end) break;
        if (step.what == part_event::head) {
            name = parts.file_name();
            if (name.empty()) continue;
            const std::string path = folder + name;
            const std::optional<serve::opened_entry> before = co_await find(path);
            replaces = before.has_value();
            refuse_replacing(before ? &*before : nullptr);
            upload made = co_await begin_upload(path);
            current.emplace(std::move(made));
        } else if (step.what == part_event::data && current) {
            const const_buffer data(step.data);
            co_await current->write(data);
        } else if (step.what == part_event::end && current) {
            is_whole = true;
        }
    }
}

}  // namespace zocalo::http
