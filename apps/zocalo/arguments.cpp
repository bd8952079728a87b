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

/// Where what an option has stands in `word`, all of which is secret.
std::size_t secret_in(std::string_view word, std::string_view before) {
    for (const std::string_view option : {"--oauth2-bearer", "--pass"}) {
        if (before == option) return 0;
        const bool has_one =
            word.starts_with(option) && word.size() > option.size() && word[option.size()] == '=';
        if (has_one) return option.size() + 1;
    }
    return std::string_view::npos;
}

void hide(char* word, std::size_t from) {
    std::ranges::fill(std::span(word, std::string_view(word).size()).subspan(from), '*');
}

void hide_secret(char* word, std::string_view before, bool may_be_user) {
    const std::string_view text(word);
    if (const auto secret = secret_in(text, before); secret != std::string_view::npos)
        return hide(word, secret);
    if (!may_be_user) return;
    const std::size_t user = user_in(text, before);
    if (user == std::string_view::npos) return;
    const std::size_t colon = text.find(':', user);
    if (colon == std::string_view::npos) return;
    hide(word, colon + 1);
}

}  // namespace

std::vector<std::string> take_arguments(std::span<char* const> words) {
    std::vector<std::string> copies(words.begin(), words.end());
    if (copies.size() < 2) return copies;
    const bool may_be_user = has_users(copies[1]);
    for (std::size_t i = 2; i < copies.size(); ++i)
        hide_secret(words[i], copies[i - 1], may_be_user);
    return copies;
}

}  // namespace zocalo::program
