// SPDX-License-Identifier: MIT
#include "fetch/wire_log.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <chrono>
#include <iostream>
#include <utility>

#include "fetch/tls_lines.hpp"
#include "fetch/transfer_text.hpp"
#include "file.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

using serve::flow;

namespace {

std::ostream& output_of(const std::string& path, std::ofstream& file) {
    if (path == "-") return std::cout;
    if (path == "%") return std::cerr;
    file = create_file(path);
    return file;
}

char printable(char each) noexcept {
    return each >= 0x20 && each < 0x7f ? each : '.';
}

std::string rows_of_bytes(std::string_view bytes) {
    constexpr std::size_t width = 16;
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += width) {
        const std::string_view row = bytes.substr(at, width);
        std::string seen;
        text += fmt::format("{:04x}: ", at);
        for (std::size_t i = 0; i < width; ++i)
            text += i < row.size() ? fmt::format("{:02x} ", static_cast<unsigned char>(row[i]))
                                   : std::string("   ");
        for (const char each : row)
            seen += printable(each);
        text += seen + '\n';
    }
    return text;
}

/// A row ends where a line does.
std::string rows_of_text(std::string_view bytes) {
    constexpr std::size_t width = 64;
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
        std::string_view row = bytes.substr(at, width);
        text += fmt::format("{:04x}: ", at);
        const std::size_t end = bytes.substr(at, width + 2).find("\r\n");
        if (end != std::string_view::npos) row = row.substr(0, end);
        for (const char each : row)
            text += printable(each);
        text += '\n';
        at += row.size() + (end != std::string_view::npos ? 2 : 0);
    }
    return text;
}

std::string head_text(const http::request_head& head) {
    http::fields all = head.fields;
    std::string text =
        fmt::format("{} {} {}\r\n", head.method.text(), head.target, to_text(head.version));
    all.append_to(text);
    return text + "\r\n";
}

}  // namespace

wire_log::wire_log(wire_log_choice choice)
    : choice_(std::move(choice)), out_(output_of(choice_.path, file_)) {}

io::stream wire_log::over(io::stream made, bool is_http2) {
    add_connection(made);
    auto tell = [log = shared_from_this()](flow which, wire_part part, std::string_view bytes) {
        log->add(which, part, bytes);
    };
    if (is_http2) {
        auto split = std::make_shared<http2_split>(std::move(tell));
        return serve::watch(std::move(made), [split](flow which, std::string_view bytes) {
            split->see(which, bytes);
        });
    }
    auto split = std::make_shared<http1_split>(std::move(tell));
    return serve::watch(std::move(made),
                        [split](flow which, std::string_view bytes) { split->see(which, bytes); });
}

io::stream wire_log::over_plain(io::stream made) {
    add_connection(made);
    return serve::watch(std::move(made),
                        [log = shared_from_this()](flow which, std::string_view bytes) {
                            log->add(which, wire_part::data, bytes);
                        });
}

void wire_log::add_connection(const io::stream& made) {
    add_info("connected to " + made.peer_endpoint().to_string());
    for (const std::string& each : lines_about_tls(made))
        add_info(each);
}

void wire_log::add_head(const http::request_head& head) {
    http1_split split(
        [this](flow which, wire_part part, std::string_view bytes) { add(which, part, bytes); });
    if (head.version == http::version::http_2) split.see(flow::sent, head_text(head));
}

void wire_log::add_head(const http::response_head& head) {
    http1_split split(
        [this](flow which, wire_part part, std::string_view bytes) { add(which, part, bytes); });
    if (head.version == http::version::http_2) split.see(flow::received, program::head_text(head));
}

void wire_log::begin_line() {
    if (!choice_.has_time) return;
    const auto now = std::chrono::system_clock::now();
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(now - second);
    const std::time_t when = std::chrono::system_clock::to_time_t(second);
    out_ << fmt::format("{:%H:%M:%S}.{:06} ", fmt::localtime(when), rest.count());
}

void wire_log::add_info(std::string_view text) {
    begin_line();
    out_ << "== Info: " << escaped(text, 1000) << std::endl;
}

void wire_log::add(flow which, wire_part part, std::string_view bytes) {
    begin_line();
    out_ << (which == flow::sent ? "=> Send " : "<= Recv ")
         << (part == wire_part::head ? "header" : "data")
         << fmt::format(", {} bytes (0x{:x})\n", bytes.size(), bytes.size())
         << (choice_.is_text ? rows_of_text(bytes) : rows_of_bytes(bytes)) << std::flush;
}

void wire_log::finish() {
    flush(out_, choice_.path);
}

}  // namespace zocalo::program
