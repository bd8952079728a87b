// SPDX-License-Identifier: MIT
// Files like /etc/hosts; the first line is the host that is looked for: any text is read; what is
// found is what a naive reader finds, once each, and is found again where it is written; linear
// time.
#include "io/names/hosts_file.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "linear.hpp"
#include "require.hpp"

namespace {

namespace net = zocalo::net;
using addresses = std::vector<net::address>;

addresses find(const std::string& file, const std::string& host) {
    std::istringstream from(file);
    return zocalo::io::detail::find_in_hosts(from, host);
}

std::string same_case(std::string name) {
    if (!name.empty() && name.back() == '.') name.pop_back();
    for (char& each : name) {
        if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
    }
    return name;
}

/// The oracle: words as the standard library cuts them off.
addresses naive(const std::string& file, const std::string& host) {
    addresses all;
    std::istringstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string word;
        if (!(words >> word)) continue;
        const auto ip = net::address::try_parse(word);
        bool is_named = false;
        while (words >> word)
            is_named |= same_case(word) == same_case(host);
        if (ip && is_named && std::ranges::find(all, *ip) == all.end()) all.push_back(*ip);
    }
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string host = text.substr(0, end);
    const std::string file = text.substr(std::min(end + 1, text.size()));
    const addresses found = find(file, host);
    require(found == naive(file, host));
    std::string written;
    for (const net::address& each : found) {
        written += each.to_string();
        written += "\tname.example NAME\n";
    }
    require(find(written, "name.") == found);
    require(find(written, "example").empty());
    linear::require_linear(file, [&host](const std::string& all) { (void)find(all, host); });
    return 0;
}
