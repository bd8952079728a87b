// SPDX-License-Identifier: MIT
#include "arguments.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

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

/// Where the password stands in `word`, the URL of a proxy, up to its last @; `npos` in both when
/// it has none.
std::pair<std::size_t, std::size_t> proxy_password_in(std::string_view word,
                                                      std::string_view before) {
    constexpr std::array<std::string_view, 2> options{"-x", "--proxy"};
    constexpr std::pair none{std::string_view::npos, std::string_view::npos};
    const bool is_url = std::ranges::find(options, before) != options.end() ||
                        word.starts_with("--proxy=") || word.starts_with("-x");
    const std::size_t at = word.rfind('@');
    if (!is_url || at == std::string_view::npos) return none;
    const std::size_t scheme = word.find("://");
    const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
    const std::size_t colon = word.find(':', begin);
    return colon < at ? std::pair(colon + 1, at) : none;
}

void hide(char* word, std::size_t from, std::size_t to = std::string_view::npos) {
    const std::size_t end = std::min(to, std::string_view(word).size());
    std::ranges::fill(std::span(word, end).subspan(from), '*');
}

void hide_secret(char* word, std::string_view before, bool may_be_user) {
    const std::string_view text(word);
    if (const auto secret = secret_in(text, before); secret != std::string_view::npos)
        return hide(word, secret);
    if (!may_be_user) return;
    const auto [begin, end] = proxy_password_in(text, before);
    if (begin != std::string_view::npos) return hide(word, begin, end);
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
