// SPDX-License-Identifier: MIT
// resolv.conf, RES_OPTIONS and LOCALDOMAIN: any text is read, within the bounds of resolv.conf(5);
// servers and options are what a naive reader finds; what was read is written and read again the
// same; linear time.
#include "io/names/resolv_conf.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "linear.hpp"
#include "require.hpp"

namespace {

namespace net = zocalo::net;
using zocalo::io::detail::resolv_conf;

resolv_conf read(const std::string& text) {
    std::istringstream from(text);
    return zocalo::io::detail::read_resolv_conf(from);
}

/// The words of a line, without a comment.
std::vector<std::string> words_of(const std::string& line) {
    std::istringstream from(line);
    std::vector<std::string> all;
    for (std::string word; from >> word && word[0] != '#' && word[0] != ';';)
        all.push_back(word);
    return all;
}

/// The number of `name:3`, or `otherwise`.
int number_of(const std::string& word, const std::string& name, int least, int most,
              int otherwise) {
    if (!word.starts_with(name)) return otherwise;
    const std::string digits = word.substr(name.size());
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos)
        return otherwise;
    int number = 0;
    for (const char each : digits) {
        number = number * 10 + (each - '0');
        if (number > 65535) return otherwise;
    }
    return number < least ? otherwise : std::min(number, most);
}

/// The oracle, which leaves the domains out.
resolv_conf naive(const std::string& text) {
    resolv_conf all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::vector<std::string> words = words_of(line);
        if (words.size() >= 2 && words[0] == "nameserver") {
            const auto ip = net::address::try_parse_liberal(words[1]);
            if (ip && std::ranges::find(all.servers, *ip) == all.servers.end())
                all.servers.push_back(*ip);
        }
        if (words.empty() || words[0] != "options") continue;
        for (const std::string& word : words) {
            all.dots = number_of(word, "ndots:", 0, 15, all.dots);
            all.milliseconds = number_of(word, "timeout:", 1, 30, all.milliseconds / 1000) * 1000;
            all.attempts = number_of(word, "attempts:", 1, 5, all.attempts);
            all.rotate |= word == "rotate";
            all.tcp |= word == "use-vc";
            all.no_single_labels |= word == "no-tld-query";
        }
    }
    return all;
}

bool have_same_options(const resolv_conf& one, const resolv_conf& other) {
    return one.dots == other.dots && one.milliseconds == other.milliseconds &&
           one.attempts == other.attempts && one.rotate == other.rotate && one.tcp == other.tcp &&
           one.no_single_labels == other.no_single_labels;
}

std::string options_of(const resolv_conf& all) {
    return "ndots:" + std::to_string(all.dots) +
           " timeout:" + std::to_string(all.milliseconds / 1000) +
           " attempts:" + std::to_string(all.attempts) + (all.rotate ? " rotate" : "") +
           (all.tcp ? " use-vc" : "") + (all.no_single_labels ? " no-tld-query" : "");
}

std::string domains_of(const std::vector<std::string>& all) {
    std::string text;
    for (const std::string& each : all) {
        text += ' ';
        text += each;
        text += '.';
    }
    return text;
}

std::string written(const resolv_conf& all) {
    std::string text = "options " + options_of(all) + '\n';
    for (const net::address& each : all.servers) {
        text += "nameserver ";
        text += each.to_string();
        text += '\n';
    }
    if (all.search) {
        text += "search";
        text += domains_of(*all.search);
    }
    return text;
}

void check(const resolv_conf& all) {
    require(all.dots >= 0 && all.dots <= 15);
    require(all.milliseconds >= 1000 && all.milliseconds <= 30'000);
    require(all.attempts >= 1 && all.attempts <= 5);
    if (!all.search) return;
    require(!all.search->empty());
    for (const std::string& each : *all.search)
        require(each.size() <= 253);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    linear::require_linear(text, [](const std::string& all) { (void)read(all); });
    const resolv_conf all = read(text);
    check(all);
    const resolv_conf expected = naive(text);
    require(all.servers == expected.servers && have_same_options(all, expected));
    const resolv_conf again = read(written(all));
    require(again.servers == all.servers && again.search == all.search);
    require(have_same_options(again, all));

    // The whole text as one of the environment's variables.
    resolv_conf changed = all;
    zocalo::io::detail::take_resolv_options(text, changed);
    check(changed);
    resolv_conf once_more;
    zocalo::io::detail::take_resolv_options(options_of(changed), once_more);
    require(have_same_options(once_more, changed));
    const std::vector<std::string> domains = zocalo::io::detail::search_list(text);
    require(zocalo::io::detail::search_list(domains_of(domains)) == domains);
    return 0;
}
