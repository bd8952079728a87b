// SPDX-License-Identifier: MIT
// DNS messages: only the declared error; an answer has only what its name leads to; what is shown
// can be printed.
#include <algorithm>
#include <cstdint>

#include "require.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/net/dns.hpp"

namespace {

namespace dns = zocalo::net::dns;

bool is_printable(const std::string& text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= ' '; });
}

void look_at(const dns::message& read) {
    require(read.name.size() <= std::size_t{4} * 255 && is_printable(read.name));
    for (const dns::record& each : read.answers) {
        require(is_printable(each.owner) && each.ttl.count() >= 0);
        require(is_printable(each.to_string()));
    }
    try {
        const dns::answer answer = dns::answer_to(read.name, read.asked, read);
        require((answer.status == dns::status::found) == !answer.records.empty());
        for (const dns::record& each : answer.records)
            require((each.type == read.asked || read.asked == dns::type::any) &&
                    dns::same_name(each.owner, answer.canonical_name));
        std::string_view from = read.name;
        for (const dns::record& each : answer.aliases) {
            require(dns::same_name(each.owner, from));
            from = std::get<dns::cname>(each.data).host;
        }
        require(from == answer.canonical_name && answer.aliases.size() <= 16);
    } catch (const zocalo::protocol_error&) {  // declared
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        look_at(dns::parse(zocalo::const_buffer(data, size)));
    } catch (const zocalo::protocol_error&) {  // declared
    }
    return 0;
}
