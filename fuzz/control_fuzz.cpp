// SPDX-License-Identifier: MIT
// Ancillary data, damaged: every item lies within the bytes, and every typed question has an answer
// or none.
#include <cstdint>

#include "require.hpp"
#include "zocalo/net/control.hpp"

namespace {

using zocalo::const_buffer;

void walk(const_buffer all) {
    std::size_t seen = 0;
    zocalo::net::control_view(all).for_each([&](const zocalo::net::control_item& item) {
        seen += item.data.size();
        require(item.data.empty() ||
                (item.data.data() >= all.data() &&
                 item.data.data() + item.data.size() <= all.data() + all.size()));
    });
    require(seen <= all.size());
}

void ask(const zocalo::net::control_view& control) {
    (void)control.destination();
    (void)control.hop_limit();
    (void)control.traffic_class();
    (void)control.time();
    (void)control.hardware_time();
    (void)control.drops();
    (void)control.segment_size();
    (void)control.queued_bytes();
    (void)control.sender();
    if (const auto name = control.original_destination()) (void)name->to_string();
    if (const auto report = control.error()) (void)report->offender.to_string();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const const_buffer all(data, size);
    walk(all);
    ask(zocalo::net::control_view(all));
    return 0;
}
