// SPDX-License-Identifier: MIT
// The one file that knows libpcap. A "dead" handle is one that captures nothing: it only compiles.
#include "zocalo/net/packet/capture_filter.hpp"

#include <pcap/pcap.h>

#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "zocalo/core/escape.hpp"

namespace zocalo::net::packet {

namespace {

struct closer {
    void operator()(pcap_t* handle) const noexcept { pcap_close(handle); }
};

/// Gives the instructions back to libpcap.
struct compiled {
    bpf_program program{};

    compiled() = default;
    compiled(const compiled&) = delete;
    compiled& operator=(const compiled&) = delete;
    ~compiled() { pcap_freecode(&program); }
};

[[noreturn]] void refuse(std::string_view expression, const char* why) {
    throw std::invalid_argument("capture filter " + quoted(expression) + ": " + escaped(why));
}

}  // namespace

std::vector<filter_instruction> compile_filter(std::string_view expression, link_type first,
                                               std::uint32_t snap_length) {
    // libpcap reads up to the first NUL, so a filter with one would not be the one that was meant.
    if (expression.find('\0') != std::string_view::npos) refuse(expression, "a NUL within it");
    constexpr std::uint32_t most = 0x7FFFFFFF;
    const std::unique_ptr<pcap_t, closer> handle(pcap_open_dead(
        static_cast<int>(first), static_cast<int>(snap_length < most ? snap_length : most)));
    if (!handle) throw std::bad_alloc();
    compiled code;
    const std::string text(expression);
    if (pcap_compile(handle.get(), &code.program, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
        refuse(expression, pcap_geterr(handle.get()));
    }
    std::vector<filter_instruction> instructions;
    for (unsigned i = 0; i < code.program.bf_len; ++i) {
        const bpf_insn& from = code.program.bf_insns[i];
        instructions.push_back({from.code, from.jt, from.jf, from.k});
    }
    return instructions;
}

}  // namespace zocalo::net::packet
