// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>
#include <string_view>

#include "net/fail.hpp"
#include "zocalo/net/control.hpp"

namespace zocalo::net {

namespace {

struct meaning {
    std::uint8_t type;
    std::uint8_t code;
    std::string_view text;
};

// RFC 792, RFC 1812 §5.2.7.1, RFC 1191.
constexpr meaning of_icmp[] = {
    {3, 0, "network unreachable"},
    {3, 1, "host unreachable"},
    {3, 2, "protocol unreachable"},
    {3, 3, "port unreachable"},
    {3, 4, "too large"},
    {3, 5, "source route failed"},
    {3, 6, "network unknown"},
    {3, 7, "host unknown"},
    {3, 9, "network prohibited"},
    {3, 10, "host prohibited"},
    {3, 13, "prohibited"},
    {11, 0, "too many hops"},
    {11, 1, "fragments did not come together"},
    {12, 0, "header not understood"},
};

// RFC 4443 §3.
constexpr meaning of_icmp6[] = {
    {1, 0, "no route"},
    {1, 1, "prohibited"},
    {1, 2, "beyond the scope of the source address"},
    {1, 3, "host unreachable"},
    {1, 4, "port unreachable"},
    {1, 5, "source address prohibited"},
    {1, 6, "route rejected"},
    {2, 0, "too large"},
    {3, 0, "too many hops"},
    {3, 1, "fragments did not come together"},
    {4, 0, "header not understood"},
};

std::string by_number(const error_report& report) {
    return "ICMP type " + std::to_string(report.type) + " code " + std::to_string(report.code);
}

template <std::size_t Count>
std::string look_up(const meaning (&table)[Count], const error_report& report) {
    const auto* const found = std::ranges::find_if(table, [&](const meaning& one) {
        return one.type == report.type && one.code == report.code;
    });
    return found == std::end(table) ? by_number(report) : std::string(found->text);
}

}  // namespace

std::string to_string(const error_report& report) {
    switch (report.origin) {
        case error_report::origin_type::icmp:
            return look_up(of_icmp, report);
        case error_report::origin_type::icmp6:
            return look_up(of_icmp6, report);
        case error_report::origin_type::transmit_time:
            return "time stamp of something sent";
        case error_report::origin_type::zero_copy:
            return "zero-copy sends " + std::to_string(report.info) + " to " +
                   std::to_string(report.data) + " are done";
        case error_report::origin_type::missed_time:
            return "its time to be sent had passed";
        default:
            return error_from(report.error).message();
    }
}

}  // namespace zocalo::net
