// SPDX-License-Identifier: MIT
#include "io/names/hosts_file.hpp"

#include <string>

#include "io/names/once_each.hpp"
#include "io/names/words.hpp"
#include "zocalo/net/dns.hpp"

namespace zocalo::io::detail {

namespace {

std::string_view without_dot(std::string_view name) noexcept {
    if (name.ends_with('.')) name.remove_suffix(1);
    return name;
}

/// Whether the rest of a line names the host.
bool has_name(std::string_view names, std::string_view host) noexcept {
    for (auto name = next_word(names); !name.empty(); name = next_word(names)) {
        if (net::dns::same_name(without_dot(name), host)) return true;
    }
    return false;
}

}  // namespace

std::vector<net::address> find_in_hosts(std::istream& file, std::string_view host) {
    host = without_dot(host);
    once_each found;
    for (std::string line; std::getline(file, line);) {
        std::string_view rest = std::string_view(line).substr(0, line.find('#'));
        const auto ip = net::address::try_parse(next_word(rest));
        if (ip && has_name(rest, host)) found.add(*ip);
    }
    return found.take();
}

}  // namespace zocalo::io::detail
