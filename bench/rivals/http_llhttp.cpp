// SPDX-License-Identifier: MIT
// llhttp for bench/http_parser.cpp: its header and that of http-parser share names.
#include <llhttp.h>

#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

struct noted {
    std::vector<std::string_view> spans;
    std::size_t messages = 0;
};

int note(llhttp_t* parser, const char* at, std::size_t size) {
    static_cast<noted*>(parser->data)->spans.emplace_back(at, size);
    return 0;
}

int ended(llhttp_t* parser) {
    auto& to = *static_cast<noted*>(parser->data);
    ++to.messages;
    to.spans.clear();
    return 0;
}

}  // namespace

void nodes_new(std::string_view bytes, std::size_t expected);

void nodes_new(std::string_view bytes, std::size_t expected) {
    static noted into;
    static llhttp_t parser;
    static llhttp_settings_t settings;
    into.messages = 0;
    llhttp_settings_init(&settings);
    settings.on_url = settings.on_header_field = settings.on_header_value = note;
    settings.on_message_complete = ended;
    llhttp_init(&parser, HTTP_REQUEST, &settings);
    parser.data = &into;
    if (llhttp_execute(&parser, bytes.data(), bytes.size()) != HPE_OK) std::abort();
    if (into.messages != expected) std::abort();
}
