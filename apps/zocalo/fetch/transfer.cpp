// SPDX-License-Identifier: MIT
#include "fetch/transfer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "fetch/file_name.hpp"
#include "fetch/file_time.hpp"
#include "fetch/transfer_text.hpp"
#include "file.hpp"
#include "sys/file.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/tls/error.hpp"

namespace zocalo::program {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto longest_pause = 10min;  // between two tries

/// Empty when there is no such file yet.
std::string version_in(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error)) return {};
    auto file = open_file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// -z: a date or a file, or what is behind a `-`, for what is not newer.
void add_condition(http::fields& to, const std::string& newer_than) {
    const bool is_older = newer_than.starts_with('-');
    const std::string date = http::date_text(time_of(newer_than.substr(is_older ? 1 : 0)));
    to.set(is_older ? "If-Unmodified-Since" : "If-Modified-Since", date);
}

bool is_about_certificate(const std::exception& error) {
    const auto* const failed = dynamic_cast<const std::system_error*>(&error);
    return failed != nullptr && failed->code() == tls::errc::certificate_refused;
}

/// Whether that is why it has failed.
bool is_over(const std::exception& error, timeout most, std::chrono::nanoseconds gone) {
    const auto* const failed = dynamic_cast<const std::system_error*>(&error);
    const bool is_late = failed != nullptr && failed->code() == std::errc::timed_out;
    return is_late && !most.is_none() && gone >= *most.value();
}

bool is_busy(unsigned status) {
    constexpr unsigned busy[] = {408, 429, 500, 502, 503, 504};
    return std::ranges::find(busy, status) != std::end(busy);
}

/// `path`, or curl's `path.1`, `path.2` and so on when that is there.
std::string free_name(const std::string& path) {
    constexpr int most = 100;
    std::error_code error;
    const fs::file_type there = fs::status(path, error).type();
    if (there == fs::file_type::character || there == fs::file_type::fifo) return path;
    std::string name = path;
    for (int i = 1; fs::exists(fs::symlink_status(name, error)); ++i) {
        if (i > most)
            throw file_error(std::make_error_code(std::errc::file_exists),
                             quoted(path) + " and a hundred that are numbered behind it");
        name = path + "." + std::to_string(i);
    }
    return name;
}

}  // namespace

transfer::transfer(session& with, const get_request& request, const context& shared,
                   std::string url, std::string output, transfer_meter& meter)
    : with_(with),
      request_(request),
      shared_(shared),
      asked_(std::move(url)),
      output_(std::move(output)),
      offset_(offset_of(request)),
      meter_(meter),
      rate_(request.rate == 0 ? nullptr : std::make_unique<io::bandwidth>(request.rate)) {
    report_.url = report_.asked = meter_.name;
}

io::task<> transfer::run() {
    const auto began = clock::now();
    meter_.at = transfer_meter::stage::under_way;
    auto pause = 1000ms;
    for (;; ++report_.tries) {
        bool again = false;
        report_.error.clear();
        const auto tried = clock::now();
        report_.code = exit_code::ok;
        try {
            io::task<> trying = attempt();
            co_await io::timeout(request_.within, std::move(trying));
            again = is_worth_another_try(nullptr);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::exception& error) {
            report_.error = error.what();
            if (is_over(error, request_.within, clock::now() - tried))
                report_.error += " (--max-time is over)";
            report_.code = exit_code_of(error);
            report_.is_unverified = is_about_certificate(error);
            again = is_worth_another_try(&error);
        }
        const auto gone = clock::now() - began;
        const timeout most = request_.retry_within;
        const bool is_late = !most.is_none() && gone >= *most.value();
        if (!again || is_late || report_.tries > request_.retries) break;
        if (has_read_input_) {
            report_.error += "; standard input cannot be sent once more";
            break;
        }
        timeout wait = request_.retry_delay.is_none() ? timeout(pause) : request_.retry_delay;
        if (!retry_after_.is_none()) wait = shorter(retry_after_, longest_pause);
        say(shared_, 1,
            fmt::format("{}: once more in {:.0f} s", meter_.name,
                        std::chrono::duration<double>(*wait.value()).count()));
        co_await io::sleep(wait);
        pause = std::min<std::chrono::milliseconds>(pause * 2, longest_pause);
    }
    report_.took = clock::now() - began;
    const bool is_done = report_.code == exit_code::ok;
    meter_.at = is_done ? transfer_meter::stage::done : transfer_meter::stage::failed;
}

/// Nothing is sent to where a try has written already, and only what was asked for can be asked
/// for once more.
bool transfer::is_worth_another_try(const std::exception* error) const {
    const bool has_written = report_.size != 0 && report_.path.empty() && !request_.drops_content;
    if (request_.retries == 0 || has_written) return false;
    if (request_.retry_any && error != nullptr) return report_.code != exit_code::usage;
    if (error == nullptr || report_.code == exit_code::refused) return is_busy(report_.status);
    if (report_.code == exit_code::connect) return request_.retry_refused;
    return report_.code == exit_code::timed_out;
}

io::task<> transfer::attempt() {
    meter_.done = meter_.before = report_.size = report_.sent = 0;
    report_.heads = report_.requests = 0;
    report_.is_unverified = false;
    report_.redirects = report_.status = 0;
    report_.head = {};
    meter_.whole.reset();
    retry_after_ = timeout::none();
    const bool is_download = request_.continue_at == "-" || request_.segments > 1;
    if (is_gopher(asked_) || is_local(asked_)) with_.admit(asked_);
    const auto begin = [this, is_download] {
        if (is_gopher(asked_)) return fetch_gopher();
        if (is_local(asked_)) return fetch_local();
        return is_download ? fetch_whole() : fetch();
    };
    io::task<> fetching = begin();
    co_await std::move(fetching);
}

http::request transfer::make_request() {
    http::request asked = with_.request_for(asked_);
    const request_content& content = request_.content;
    if (content.into_url && !content.data.empty()) {
        const bool has_query = asked.url.find('?') != std::string::npos;
        asked.url += (has_query ? '&' : '?') + data_of(content);
    }
    asked.body = body_of(content);
    if (!content.upload.empty()) {
        asked.expect_continue = true;  // what is not wanted is not sent
        asked.body = metered(asked.body);
    }
    const bool has_content = !content.is_empty() && !content.into_url;
    if (has_content) {
        asked.method = content.upload.empty() ? http::method::post : http::method::put;
    }
    if (request_.head_only) asked.method = http::method::head;
    if (!request_.method.empty()) asked.method = http::method::parse(request_.method);
    if (content.is_json() && !asked.fields.contains("Accept"))
        asked.fields.add("Accept", "application/json");
    if (!request_.range.empty()) asked.fields.set("Range", "bytes=" + request_.range);
    if (offset_) asked.fields.set("Range", "bytes=" + std::to_string(*offset_) + "-");
    if (!request_.etag_compare.empty()) {
        const std::string known = version_in(request_.etag_compare);
        if (!known.empty()) asked.fields.set("If-None-Match", known);
    }
    if (!request_.newer_than.empty()) add_condition(asked.fields, request_.newer_than);
    settle_content(asked);
    return asked;
}

io::task<> transfer::fetch() {
    http::request asked = make_request();
    io::task<> checking = check_length(asked);
    co_await std::move(checking);
    if (!is_upload()) {
        io::task<http::content_size> measuring = asked.body.size();
        const http::content_size size = co_await std::move(measuring);
        content_ = size.value_or(0);
    }
    watch(asked);
    io::task<http::response_stream> opening = with_.http().open(std::move(asked));
    http::response_stream answer = co_await std::move(opening);
    report_.url = answer.url();
    report_.status = number(answer.status());
    report_.type = answer.fields().get("Content-Type");
    report_.hops = answer.hops();
    report_.is_unverified = request_.tls.insecure && report_.url.starts_with("https:");
    tell(report_.hops);
    write_heads();
    const auto later = from_digits<std::uint32_t>(answer.fields().get("Retry-After"));
    if (later) retry_after_ = std::chrono::seconds(*later);
    check_redirect(answer);
    const bool is_refused = is_error(answer.status());
    const http::error_response refusal(answer.status(), answer.url());
    if (is_refused && request_.fail) throw refusal;
    if (is_upload() && request_.drops_content && !is_refused && !is_success(answer.status())) {
        refuse_redirect(answer);
        co_return;
    }
    // What will be tried again is not what was asked for.
    if (report_.tries <= request_.retries && is_busy(report_.status)) throw refusal;
    if (offset_ && !is_rest_there(answer)) co_return;
    io::task<> receiving = receive(answer);
    co_await std::move(receiving);
    if (!request_.etag_save.empty()) keep_version(answer);
    if (is_refused && request_.fail_with_body) throw refusal;
}

io::task<> transfer::receive(http::response_stream& answer) {
    io::task<std::unique_ptr<sink>> opening = open_sink(&answer);
    const std::unique_ptr<sink> to = co_await std::move(opening);
    report_.path = to->path();
    if (shows_heads()) co_await to->write(heads_);
    if (!is_upload()) meter_.whole = request_.head_only ? 0 : answer.size();
    if (!request_.head_only) check_size(answer.size().value_or(0));
    for (;;) {
        io::task<const_buffer> reading = answer.read();
        const const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        io::task<> passing = pass_on(*to, piece);
        co_await std::move(passing);
    }
    co_await to->finish();
    if (request_.remote_time) keep_time(answer.fields());
}

/// A time that cannot be kept is not worth an error: the file is there.
void transfer::keep_time(const http::fields& of) const {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto when = http::parse_date(of.get("Last-Modified"), now);
    if (!when || report_.path.empty()) return;
    std::error_code error;
    fs::last_write_time(report_.path, fs::file_time_type::clock::from_sys(*when), error);
    if (error) say(shared_, 0, quoted(report_.path) + ": its time was not set: " + error.message());
}

io::task<> transfer::pass_on(sink& to, const_buffer piece) {
    while (!piece.empty()) {
        const std::size_t most = rate_ ? rate_->burst() : piece.size();
        const const_buffer part = piece.first(most);
        if (rate_) co_await rate_->wait();
        co_await to.write(part);
        if (rate_) rate_->charge(part.size());
        if (!is_upload()) meter_.done += part.size();
        piece = piece.without(part.size());
        report_.size += part.size();
        check_size(report_.size);
    }
}

/// With -L the client has followed all that may be; but 0 means to it that nothing is followed.
void transfer::check_redirect(const http::response_stream& answer) const {
    if (!request_.follow || request_.redirects != 0 || request_.recursive) return;
    const bool leads_on = is_redirection(answer.status()) &&
                          answer.status() != http::status::not_modified &&
                          answer.fields().contains("Location");
    if (leads_on) throw protocol_error(answer.url() + ": more than 0 redirects");
}

void transfer::check_size(std::uint64_t bytes) const {
    if (request_.largest == 0 || bytes <= request_.largest) return;
    throw std::runtime_error(meter_.name + ": more content than --max-filesize");
}

/// That of content which has come whole.
void transfer::keep_version(const http::response_stream& answer) const {
    const auto version = answer.fields().find("ETag");
    if (!version || answer.status() != http::status::ok) return;
    auto file = create_file(request_.etag_save);
    file << *version << '\n';
    flush(file, request_.etag_save);
}

std::string transfer::path_for(const http::response_stream* answer) const {
    std::string name = output_;
    if (name.empty() && request_.remote_name) {
        if (request_.header_name && answer != nullptr)
            name = name_in_fields(answer->fields()).value_or("");
        if (name.empty()) name = name_in_url(meter_.name).value_or("");
        if (name.empty()) {
            throw std::invalid_argument(meter_.name + ": ends in no name for a file: use -o FILE");
        }
    }
    if (name.empty() || name == "-" || request_.folder.empty()) return name;
    return (fs::path(request_.folder) / name).string();
}

void transfer::make_folder_of(const std::string& path) const {
    if (!request_.create_folders || !fs::path(path).has_parent_path()) return;
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    if (error) throw file_error(error, "make the folder of " + quoted(path));
}

io::task<std::unique_ptr<sink>> transfer::open_sink(const http::response_stream* answer) {
    if (request_.drops_content) co_return no_sink();
    const std::string path = path_for(answer);
    if (path.empty() || path == "-") {
        meter_.is_hidden = sys::isatty(1) == 1;
        co_return output_sink(path == "-");
    }
    // What is there is what the server has.
    if (answer != nullptr && answer->status() == http::status::not_modified) co_return no_sink();
    make_folder_of(path);
    std::error_code error;
    if (offset_) {
        io::task<std::unique_ptr<sink>> opening = rest_sink(path, *offset_);
        co_return co_await std::move(opening);
    }
    if (request_.no_clobber) {
        io::task<std::unique_ptr<sink>> making = file_sink(free_name(path), io::existing::refuse);
        co_return co_await std::move(making);
    }
    const bool may_replace = !request_.header_name || request_.clobber || !output_.empty();
    if (!may_replace && fs::exists(fs::symlink_status(path, error))) {
        throw file_error(std::make_error_code(std::errc::file_exists),
                         quoted(path) + " stays as it is without --clobber");
    }
    io::task<std::unique_ptr<sink>> opening =
        file_sink(path, may_replace ? io::existing::replace : io::existing::refuse);
    co_return co_await std::move(opening);
}

}  // namespace zocalo::program
