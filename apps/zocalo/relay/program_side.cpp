// SPDX-License-Identifier: MIT
#include "relay/program_side.hpp"

#include <stdexcept>

#include "relay/local_side.hpp"
#include "relay/packet_link.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::program {

namespace {

/// Takes one word from the front of `text`, which does not begin with white space.
std::string take_word(std::string_view& text) {
    constexpr std::string_view space = " \t\r\n";
    std::string word;
    char quote = '\0';
    while (!text.empty() && (quote != '\0' || space.find(text[0]) == std::string_view::npos)) {
        const char c = text[0];
        const char next = text.size() > 1 ? text[1] : '\0';
        text.remove_prefix(1);
        const bool escapes = quote == '\0' || (quote == '"' && (next == '"' || next == '\\'));
        if (c == '\\' && escapes && !text.empty()) {
            word += next;
            text.remove_prefix(1);
        } else if (quote == '\0' && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == quote) {
            quote = '\0';
        } else {
            word += c;
        }
    }
    if (quote != '\0') throw std::invalid_argument("a quote is left open");
    return word;
}

}  // namespace

local_end start_program(const std::vector<std::string>& arguments, bool in_packets,
                        const net::endpoint& peer, const net::endpoint& here) {
    auto [ours, theirs] = net::socket::pair(in_packets ? net::type::seqpacket : net::type::stream);
    io::process process(arguments, {.connection = &theirs,
                                    .environment = {"ZOCALO_PEER=" + peer.to_string(),
                                                    "ZOCALO_LOCAL=" + here.to_string()}});
    return {in_packets ? open_records(std::move(ours)) : io::stream(std::move(ours)),
            std::move(process)};
}

std::vector<std::string> split_arguments(std::string_view text) {
    std::vector<std::string> words;
    try {
        for (;;) {
            const auto begin = text.find_first_not_of(" \t\r\n");
            if (begin == std::string_view::npos) break;
            std::string_view rest = text.substr(begin);
            words.push_back(take_word(rest));
            text = rest;
        }
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument("command " + quoted(text) + ": " + error.what());
    }
    if (words.empty()) throw std::invalid_argument("the command is empty");
    return words;
}

}  // namespace zocalo::program
