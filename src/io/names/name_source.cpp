// SPDX-License-Identifier: MIT
#include "io/names/name_source.hpp"

namespace zocalo::io::detail {

name_source::~name_source() = default;

std::optional<task<net::dns::answer>> name_source::ask_neighbours(
    const std::string& /*name*/, net::dns::type /*which*/, std::chrono::nanoseconds /*patience*/) {
    return std::nullopt;
}

std::vector<net::address> name_source::known(const std::string& /*host*/,
                                             const resolver_options& /*how*/) {
    return {};
}

bool name_source::known_comes_last() {
    return false;
}

std::vector<std::string> name_source::candidates(const std::string& host,
                                                 const resolver_options& /*how*/) {
    return {host};
}

std::optional<net::address> name_source::source_for(const net::address& to) {
    return to.is_v4() ? net::address::any_v4() : net::address::any_v6();
}

}  // namespace zocalo::io::detail
