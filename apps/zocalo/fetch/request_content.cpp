// SPDX-License-Identifier: MIT
#include "fetch/request_content.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "file.hpp"
#include "relay/console.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::program {

namespace {

using kind = request_content::kind;

/// `content`, `=content`, `name=content`, `@file` or `name@file`.
std::string encoded(const std::string& text) {
    const auto mark = text.find_first_of("=@");
    if (mark == std::string::npos) return url::quote_plus(text);
    const std::string rest = text.substr(mark + 1);
    const std::string value = url::quote_plus(text[mark] == '@' ? read_file(rest) : rest);
    return mark == 0 ? value : text.substr(0, mark) + "=" + value;
}

std::string text_of(const request_content::piece& from) {
    if (from.is_read || from.how == kind::raw) return from.text;
    if (from.how == kind::encoded) return encoded(from.text);
    if (!from.text.starts_with('@')) return from.text;
    std::string content = read_file(from.text.substr(1));
    if (from.how == kind::plain) {
        std::erase_if(content, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    }
    return content;
}

struct content_option {
    const char* names;
    kind how;
    const char* about;
};

constexpr content_option content_options[] = {
    {"-d,--data,--data-ascii", kind::plain,
     "POST this as a form: name=value, or @FILE without its line ends; each further one is put "
     "behind an &"},
    {"--data-raw", kind::raw, "The same, and @ means nothing"},
    {"--data-binary", kind::binary, "The same, and the bytes of @FILE stay as they are"},
    {"--data-urlencode", kind::encoded, "The same with %-escapes: name=TEXT, name@FILE"},
    {"--json", kind::json,
     "POST this as JSON, or @FILE; asks for JSON, too. For a report in JSON see --json-report"},
};

/// A pipe, whose length nobody knows.
http::body from_input() {
    const auto copy = [](http::body_writer& to) -> io::task<> {
        io::stream input = standard_descriptor(0);
        for (;;) {
            const io::chunk piece = co_await input.read();
            if (piece.empty()) break;
            co_await to.write(piece);
        }
    };
    return http::body::stream(copy, {}, "");
}

}  // namespace

bool request_content::is_json() const noexcept {
    return !data.empty() && data.front().how == kind::json;
}

void add_content_options(CLI::App& command, request_content& into) {
    for (const content_option& each : content_options) {
        const auto keep = [&into, how = each.how](const std::string& text) {
            into.data.push_back({.how = how, .text = text});
        };
        command.add_option_function<std::string>(each.names, keep, each.about)
            ->trigger_on_parse()
            ->type_name("DATA")
            ->group("Content");
    }
    command.add_flag("-G,--get", into.into_url, "Put what -d and its like say into the URL")
        ->group("Content");
    const auto add_form = [&](const char* names, bool is_literal, const char* about) {
        const auto keep = [&into, is_literal](const std::string& text) {
            into.parts.push_back({.text = text, .is_literal = is_literal});
        };
        command.add_option_function<std::string>(names, keep, about)
            ->trigger_on_parse()
            ->type_name("PART")
            ->group("Content");
    };
    add_form("-F,--form", false,
             "POST a form in parts: name=text, name=@FILE, name=<FILE; ;type=T and ;filename=N may "
             "follow");
    add_form("--form-string", true, "The same: name=text, in which @, < and ; mean nothing");
    command
        .add_option("-T,--upload-file", into.upload,
                    "PUT this file, - is standard input; see `zocalo put`")
        ->type_name("FILE")
        ->group("Content");
}

std::string data_of(const request_content& what) {
    std::string all;
    for (std::size_t i = 0; i < what.data.size(); ++i) {
        if (i != 0 && !what.is_json()) all += '&';
        all += text_of(what.data[i]);
    }
    return all;
}

void make_content(request_content& what) {
    for (request_content::piece& each : what.data) {
        each.text = text_of(each);
        each.is_read = true;
    }
    what.made = body_of(what);
}

http::body body_of(const request_content& what) {
    if (what.made) return *what.made;
    const int kinds = int{!what.data.empty() && !what.into_url} + int{!what.parts.empty()} +
                      int{!what.upload.empty()};
    if (kinds > 1) throw std::invalid_argument("only one of -d, -F and -T makes the content");
    if (!what.parts.empty()) return form_of(what.parts);
    if (!what.upload.empty()) return upload_of(what.upload);
    if (what.data.empty() || what.into_url) return {};
    return {data_of(what),
            what.is_json() ? "application/json" : "application/x-www-form-urlencoded"};
}

std::string upload_url(const std::string& file, const std::string& url) {
    const std::size_t end = std::min(url.find_first_of("?#"), url.size());
    if (end == 0 || url[end - 1] != '/') return url;
    const std::string name = std::filesystem::path(file).filename().string();
    if (file == "-" || name.empty())
        throw std::invalid_argument(quoted(file) + " has no name: say it in the URL");
    return url.substr(0, end) + url::quote(name, "") + url.substr(end);
}

http::body upload_of(const std::string& path) {
    if (path == "-") return from_input();
    (void)open_file(path);  // says now what is wrong with it
    return http::body::file(path, "");
}

}  // namespace zocalo::program
