// SPDX-License-Identifier: MIT
#include "arguments.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace zocalo::program {

namespace {

constexpr std::array<std::string_view, 4> user_options{"-u", "--user", "-U", "--proxy-user"};

bool has_users(std::string_view subcommand) {
    constexpr std::array<std::string_view, 4> known{"get", "put", "ls", "rpc"};
    return std::ranges::find(known, subcommand) != known.end();
}

/// Where the user stands in `word`: right after the option, or in all of it behind one.
std::size_t user_in(std::string_view word, std::string_view before) {
    if (std::ranges::find(user_options, before) != user_options.end()) return 0;
    for (const std::string_view each : {"--user=", "--proxy-user=", "-u", "-U"}) {
        if (word.starts_with(each)) return each.size();
    }
    return std::string_view::npos;
}

constexpr std::string_view token_option = "--oauth2-bearer";

/// Where a token stands in `word`, all of which is secret.
std::size_t token_in(std::string_view word, std::string_view before) {
    if (before == token_option) return 0;
    const bool has_one = word.starts_with(token_option) && word.size() > token_option.size() &&
                         word[token_option.size()] == '=';
    return has_one ? token_option.size() + 1 : std::string_view::npos;
}

void hide(char* word, std::size_t from) {
    std::ranges::fill(std::span(word, std::string_view(word).size()).subspan(from), '*');
}

void hide_password(char* word, std::string_view before) {
    const std::string_view text(word);
    if (const auto token = token_in(text, before); token != std::string_view::npos)
        return hide(word, token);
    const std::size_t user = user_in(text, before);
    if (user == std::string_view::npos) return;
    const std::size_t colon = text.find(':', user);
    if (colon == std::string_view::npos) return;
    hide(word, colon + 1);
}

}  // namespace

std::vector<std::string> take_arguments(std::span<char* const> words) {
    std::vector<std::string> copies(words.begin(), words.end());
    if (copies.size() < 2 || !has_users(copies[1])) return copies;
    for (std::size_t i = 2; i < copies.size(); ++i)
        hide_password(words[i], copies[i - 1]);
    return copies;
}

}  // namespace zocalo::program
