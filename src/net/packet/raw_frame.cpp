// SPDX-License-Identifier: MIT
#include "net/packet/raw_frame.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace zocalo::net::packet {

namespace {

constexpr std::size_t tag_size = 4;

/// The header of link_type::linux_cooked_v2, field by field in network order.
struct cooked_header {
    std::uint16_t protocol;
    std::uint16_t reserved;
    std::uint32_t interface;
    std::uint16_t hardware_type;
    std::uint8_t packet_type;
    std::uint8_t address_size;
    std::uint8_t address[8];
};
static_assert(sizeof(cooked_header) == raw_frame::cooked_size);
static_assert(sizeof(cooked_header) + tag_size == raw_frame::front_room);

}  // namespace

void raw_frame::put_in_front(const void* header, std::size_t count) noexcept {
    data -= count;
    size += count;
    wire_length += count;
    std::memcpy(data, header, count);
}

void raw_frame::put_back_tag() noexcept {
    struct {
        std::byte addresses[12];
        std::uint16_t type;
        std::uint16_t control;
    } head{};
    if (!tag || size < sizeof head.addresses) return;
    std::memcpy(head.addresses, data, sizeof head.addresses);
    head.type = htons(tag->type);
    head.control = htons(tag->control);
    data += sizeof head.addresses;
    size -= sizeof head.addresses;
    wire_length -= sizeof head.addresses;
    put_in_front(&head, sizeof head);
}

void raw_frame::put_cooked_header() noexcept {
    cooked_header header{.protocol = from.sll_protocol,
                         .reserved = 0,
                         .interface = htonl(static_cast<std::uint32_t>(from.sll_ifindex)),
                         .hardware_type = htons(from.sll_hatype),
                         .packet_type = from.sll_pkttype,
                         .address_size = from.sll_halen,
                         .address = {}};
    // Beyond its length the kernel leaves there what was there before.
    std::memcpy(header.address, from.sll_addr,
                std::min<std::size_t>(from.sll_halen, sizeof header.address));
    if (tag) {
        const std::uint16_t words[] = {htons(tag->control), header.protocol};
        put_in_front(words, tag_size);
        header.protocol = htons(tag->type);
    }
    put_in_front(&header, sizeof header);
}

}  // namespace zocalo::net::packet
