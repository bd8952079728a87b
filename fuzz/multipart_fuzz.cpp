// SPDX-License-Identifier: MIT
// Parts: only the declared error; the same however they were split; what a form is made of comes
// out of it; a name is never more than a name.
#include <string>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/http/content_disposition.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/form.hpp"
#include "zocalo/http/multipart.hpp"

namespace {

namespace http = zocalo::http;

/// What was said, and "refused" at the end when it was.
std::string transcript(std::string_view content, std::size_t step) {
    std::string said;
    std::string received;
    std::size_t given = 0;
    try {
        for (http::multipart_reader from("b", {.parts = 5, .preamble = 64});;) {
            const auto got = from.next(received, given == content.size());
            if (got.what == http::part_event::head) {
                said += "\n[";
                from.head().append_to(said);
                said += ']';
            }
            said += got.data;
            if (got.what == http::part_event::end) said += "|";
            if (got.what == http::part_event::finished) return said;
            received.erase(0, got.used);
            if (got.what != http::part_event::need_data) continue;
            received += content.substr(given, step);
            given = std::min(content.size(), given + step);
        }
    } catch (const http::bad_message&) {
        return "refused";
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    require(transcript(text, 1) == transcript(text, text.size() + 1));
    try {
        (void)http::form::parse("multipart/form-data; boundary=b", text);
    } catch (const http::bad_message&) {  // declared
    }
    http::multipart_form made("0123456789abcdef0123456789abcdef");
    if (text.find("0123456789abcdef") == std::string_view::npos) {
        made.add("a", text).add_file("f", "name", text);
        const auto read = http::form::parse(made.content_type(), made.to_string());
        require(read.find("a") == text && read.find_file("f")->content == text);
    }
    const std::string name = http::safe_file_name(text);
    require(!name.empty() && name.size() <= 255 && name[0] != '.' && name[0] != '-');
    require(name.find_first_of(std::string_view("/\\\0\n", 4)) == std::string::npos);
    if (const auto said = http::content_disposition::try_parse(text)) {
        (void)said->file_name();
        require(http::content_disposition::try_parse(said->to_string()).has_value());
    }
    linear::require_linear(text, [](const std::string& all) {
        (void)transcript(all, 64);
        try {
            (void)http::form::parse("multipart/form-data; boundary=b", all);
        } catch (const http::bad_message&) {
            return;
        }
    });
    return 0;
}
