// SPDX-License-Identifier: MIT
#include "net/packet/cooked_filter.hpp"

#include <linux/filter.h>

#include <optional>
#include <stdexcept>

#include "net/packet/raw_frame.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/packet/capture_filter.hpp"

namespace zocalo::net::packet {

namespace {

/// Where the kernel has what an instruction reads of a cooked frame.
std::optional<std::uint32_t> place_of(const filter_instruction& one) {
    constexpr auto ask = static_cast<std::uint32_t>(SKF_AD_OFF);
    if (one.operand >= ask) return one.operand;  // asks the kernel already
    if (one.operand >= raw_frame::cooked_size) return one.operand - raw_frame::cooked_size;
    if (BPF_MODE(one.code) != BPF_ABS) return std::nullopt;
    switch (one.operand) {
        case 0:
            return ask + SKF_AD_PROTOCOL;
        case 4:
            return ask + SKF_AD_IFINDEX;
        case 8:
            return ask + SKF_AD_HATYPE;
        case 10:
            return ask + SKF_AD_PKTTYPE;
        default:
            return std::nullopt;
    }
}

bool reads_frame(const filter_instruction& one) {
    const unsigned kind = BPF_CLASS(one.code);
    const unsigned mode = BPF_MODE(one.code);
    return (kind == BPF_LD && (mode == BPF_ABS || mode == BPF_IND)) ||
           (kind == BPF_LDX && mode == BPF_MSH);
}

}  // namespace

std::vector<filter_instruction> compile_cooked_filter(std::string_view expression,
                                                      std::uint32_t snap_length) {
    auto program = compile_filter(expression, link_type::linux_cooked_v2, snap_length);
    for (filter_instruction& one : program) {
        if (!reads_frame(one)) continue;
        const auto place = place_of(one);
        if (!place) {
            throw std::invalid_argument("capture filter " + quoted(expression) +
                                        ": not to be had on all interfaces at once");
        }
        one.operand = *place;
    }
    return program;
}

}  // namespace zocalo::net::packet
