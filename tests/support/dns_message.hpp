// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "zocalo/net/dns.hpp"

namespace zocalo::test {

/// DNS messages byte by byte, wrong ones too.
class dns_message {
 public:
    static constexpr std::uint16_t response = 0x8180;
    static constexpr std::uint16_t truncated = 0x8380;
    static constexpr std::uint16_t no_such_name = 0x8183;

    /// The header and the question, whose name begins at byte 12.
    dns_message(std::uint16_t id, std::uint16_t flags, std::string_view name, net::dns::type type) {
        u16(id).u16(flags).u16(1).u16(0).u16(0).u16(0);
        this->name(name).u16(static_cast<std::uint16_t>(type)).u16(1);
    }
    /// The question that came, answered: same id, same bytes.
    dns_message(std::string_view question, std::uint16_t flags) {
        bytes_.assign(question.substr(0, end_of_question(question)));
        patch(2, flags).patch(4, 1).patch(6, 0).patch(8, 0).patch(10, 0);
    }

    dns_message& u8(unsigned value) {
        bytes_ += static_cast<char>(value);
        return *this;
    }
    dns_message& u16(unsigned value) { return u8(value >> 8 & 0xFF).u8(value & 0xFF); }
    dns_message& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xFFFF); }
    dns_message& raw(std::string_view bytes) {
        bytes_ += bytes;
        return *this;
    }
    /// A name with dots; an empty one is the root.
    dns_message& name(std::string_view dotted) { return raw(wire_name(dotted)); }

    /// A record with the name of the question, as an answer or (8) as an authority.
    dns_message& record(net::dns::type type, std::uint32_t ttl, std::string_view data,
                        std::size_t section = 6) {
        return record_of("\xC0\x0C", type, ttl, data, section);
    }
    /// The same with an owner of its own, in wire form.
    dns_message& record_of(std::string_view owner, net::dns::type type, std::uint32_t ttl,
                           std::string_view data, std::size_t section = 6) {
        raw(owner).u16(static_cast<std::uint16_t>(type)).u16(1).u32(ttl);
        u16(static_cast<unsigned>(data.size())).raw(data);
        return count_up(section);
    }
    /// The number at 6 (answers) or 8 (authorities) is one more.
    dns_message& count_up(std::size_t section) {
        return patch(section, 1U + static_cast<std::uint8_t>(bytes_.at(section + 1)));
    }
    dns_message& patch(std::size_t at, unsigned value) {
        bytes_.at(at) = static_cast<char>(value >> 8 & 0xFF);
        bytes_.at(at + 1) = static_cast<char>(value & 0xFF);
        return *this;
    }

    [[nodiscard]] const std::string& bytes() const { return bytes_; }

    static std::string wire_name(std::string_view dotted) {
        std::string wire;
        while (!dotted.empty()) {
            const std::size_t size = std::min(dotted.find('.'), dotted.size());
            wire += static_cast<char>(size);
            wire += dotted.substr(0, size);
            dotted.remove_prefix(std::min(size + 1, dotted.size()));
        }
        return wire + '\0';
    }
    /// Where the first question of a message ends; it has no pointers.
    static std::size_t end_of_question(std::string_view message) {
        std::size_t at = 12;
        while (message.at(at) != 0)
            at += std::size_t{1} + static_cast<std::uint8_t>(message[at]);
        return at + 5;
    }

 private:
    std::string bytes_;
};

}  // namespace zocalo::test
