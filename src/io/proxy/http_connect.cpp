// SPDX-License-Identifier: MIT
// CONNECT (RFC 9110 §9.3.6). This is as much of HTTP as it takes to be let through: the status
// counts, and the fields of the answer say nothing about what comes behind it.
#include "io/proxy/http_connect.hpp"

#include <algorithm>
#include <optional>

#include "core/ascii.hpp"
#include "core/base64.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/io/proxy_question.hpp"
#include "zocalo/io/reader.hpp"

namespace zocalo::io::detail {

namespace {

constexpr std::size_t longest_answer = std::size_t{16} * 1024;
constexpr int most_interim_answers = 8;

std::string request(const target& to) {
    const std::string authority = to.to_string();
    std::string text = "CONNECT ";
    text += authority;
    text += " HTTP/1.1\r\nHost: ";
    text += authority;
    text += "\r\n";
    if (!to.through.user.empty()) {
        text += "Proxy-Authorization: Basic ";
        text += base64(to.through.user + ':' + to.through.password);
        text += "\r\n";
    }
    for (const auto& [name, value] : to.through.fields) {
        text += name;
        text += ": ";
        text += value;
        text += "\r\n";
    }
    return text + "\r\n";
}

/// 200 of "HTTP/1.1 200 Connection established".
std::optional<unsigned> status_of(std::string_view line) {
    if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return std::nullopt;
    if (line.size() > 12 && line[12] != ' ') return std::nullopt;
    return from_digits<unsigned>(line.substr(9, 3));
}

std::system_error refusal(unsigned status, std::string_view line, const target& to) {
    const std::string said = "it answers " + quoted(line, 200);
    switch (status) {
        case 403:
        case 407:
            return to.refused(std::errc::permission_denied, said);
        case 502:
        case 503:
            return to.refused(std::errc::host_unreachable, said);
        case 504:
            return to.refused(std::errc::timed_out, said);
        default:
            return to.refused(std::errc::connection_refused, said);
    }
}

/// What a proxy says in its Proxy-Authenticate, as one list.
std::string question_of(std::string_view head) {
    constexpr std::string_view name = "proxy-authenticate:";
    std::string all;
    while (!head.empty()) {
        const std::string_view line = head.substr(0, head.find("\r\n"));
        head.remove_prefix(std::min(head.size(), line.size() + 2));
        if (lower(line.substr(0, name.size())) != name) continue;
        if (!all.empty()) all += ", ";
        all += line.substr(name.size());
    }
    return all;
}

}  // namespace

task<std::string> http_connect(stream& line, const target& to) {
    const std::string question = request(to);
    co_await line.write(const_buffer(question));
    reader in(line);
    for (int interim = 0; interim <= most_interim_answers; ++interim) {
        std::optional<std::string_view> head;
        try {
            head = co_await in.read_until("\r\n\r\n", longest_answer);
        } catch (const protocol_error& error) {
            throw to.garbled(error.what());
        }
        if (!head) throw to.garbled("it closed the connection before it answered");
        const std::string_view first = head->substr(0, head->find("\r\n"));
        const auto status = status_of(first);
        if (!status) throw to.garbled("it answers " + quoted(first, 200) + ", which is no HTTP");
        if (*status >= 200 && *status < 300) co_return std::string(in.buffered().text());
        if (*status == 407) throw proxy_question(refusal(*status, first, to), question_of(*head));
        if (*status < 100 || *status >= 200) throw refusal(*status, first, to);
    }
    throw to.garbled("it keeps saying that it will answer");
}

}  // namespace zocalo::io::detail
