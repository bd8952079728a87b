// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/capture_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "bytes_of.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/net/packet/capture_writer.hpp"

namespace zocalo::net::packet {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const capture_time moment{1'763'690'000'123'456'789ns};

std::string file_of(std::string_view hex) {
    return text_of(bytes_of(hex));
}

/// What is wrong with a file; empty when nothing is.
std::string complaint(const std::string& file, const capture_limits& limits = {}) {
    std::istringstream in(file);
    try {
        capture_reader reader(in, limits);
        while (reader.next()) {
        }
    } catch (const protocol_error& e) {
        return e.what();
    }
    return "";
}

class both_orders : public testing::TestWithParam<std::endian> {};

TEST_P(both_orders, pcap_comes_back) {
    for (const bool nanoseconds : {true, false}) {
        std::stringstream file;
        pcap_writer out(file, {.snap_length = 96, .nanoseconds = nanoseconds, .order = GetParam()});
        const bytes data = bytes_of("0102030405");
        out.write(captured_packet{.time = moment, .data = data, .wire_length = 1500});
        out.write(captured_packet{.time = moment + 1s, .data = {}});
        capture_reader in(file);
        EXPECT_EQ(in.format(), capture_format::pcap);
        ASSERT_EQ(in.interfaces().size(), 1U);
        EXPECT_EQ(in.interfaces()[0].snap_length, 96U);
        const auto first = in.next();
        ASSERT_TRUE(first);
        EXPECT_EQ(bytes(first->data.begin(), first->data.end()), data);
        EXPECT_EQ(first->wire_length, 1500U);
        EXPECT_EQ(first->time, nanoseconds ? moment : moment - 789ns);
        const auto second = in.next();
        ASSERT_TRUE(second);
        EXPECT_TRUE(second->data.empty());
        EXPECT_FALSE(in.next());
        EXPECT_FALSE(in.next());
    }
}

TEST_P(both_orders, pcapng_comes_back) {
    const capture_origin origin{"a machine", "Linux", "zocalo", "a comment"};
    const capture_interface east{.first = link_type::ethernet,
                                 .snap_length = 100,
                                 .name = "east",
                                 .description = "a wire",
                                 .filter = "udp port 53",
                                 .comment = "odd"};
    const capture_interface tunnel{.first = link_type::raw_ip, .name = "tun0"};
    const capture_secrets keys{.data = bytes_of("434c49454e54")};
    const std::vector<capture_name> names{{address::v4(192, 0, 2, 1), {"one", "uno"}},
                                          {address::loopback_v6(), {"me"}}};
    const capture_statistics counted{0, moment, 10, 3};
    std::stringstream file;
    pcapng_writer out(file, origin, GetParam());
    EXPECT_EQ(out.add_interface(east), 0U);
    EXPECT_EQ(out.add_interface(tunnel), 1U);
    out.write(keys);
    out.write(names);
    const bytes data = bytes_of("0102030405");
    out.write({.interface = 1,
               .time = moment,
               .data = data,
               .wire_length = 77,
               .outgoing = true,
               .comment = "look"});
    out.write(counted);

    capture_reader in(file);
    EXPECT_EQ(in.format(), capture_format::pcapng);
    const auto packet = in.next();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->interface, 1U);
    EXPECT_EQ(packet->first, link_type::raw_ip);
    EXPECT_EQ(packet->time, moment);
    EXPECT_EQ(bytes(packet->data.begin(), packet->data.end()), data);
    EXPECT_EQ(packet->wire_length, 77U);
    EXPECT_EQ(packet->outgoing, true);
    EXPECT_EQ(packet->comment, "look");
    EXPECT_FALSE(in.next());
    EXPECT_THAT(in.sections(), testing::ElementsAre(origin));
    EXPECT_THAT(in.interfaces(), testing::ElementsAre(east, tunnel));
    EXPECT_THAT(in.secrets(), testing::ElementsAre(keys));
    EXPECT_EQ(in.names(), names);
    EXPECT_THAT(in.statistics(), testing::ElementsAre(counted));
}

INSTANTIATE_TEST_SUITE_P(capture, both_orders,
                         testing::Values(std::endian::little, std::endian::big));

constexpr std::string_view section =
    "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000 ";
constexpr std::string_view interface = "01000000 14000000 0100 0000 00000000 14000000 ";

std::string block(std::string_view more) {
    return file_of(std::string(section) + std::string(interface) + std::string(more));
}

TEST(pcapng, simple_and_obsolete_packets_and_unknown_blocks) {
    std::istringstream file(
        block("03000000 14000000 03000000 aabbcc00 14000000 "
              "ad0b0000 10000000 01020304 10000000 "
              "02000000 24000000 0000 0500 00000000 01000000 02000000 09000000 "
              "ddee0000 24000000"));
    capture_reader in(file);
    const auto simple = in.next();
    ASSERT_TRUE(simple);
    EXPECT_EQ(bytes(simple->data.begin(), simple->data.end()), bytes_of("aabbcc"));
    EXPECT_FALSE(simple->time);
    const auto obsolete = in.next();
    ASSERT_TRUE(obsolete);
    EXPECT_EQ(obsolete->wire_length, 9U);
    EXPECT_EQ(obsolete->time, capture_time(1us)) << "without an option, units are microseconds";
    EXPECT_FALSE(in.next());
}

TEST(pcapng, sections_of_different_orders_follow_each_other) {
    std::stringstream file;
    for (const auto order : {std::endian::little, std::endian::big}) {
        pcapng_writer out(file, {}, order);
        out.add_interface({.name = order == std::endian::big ? "big" : "little"});
        out.write(captured_packet{.data = bytes_of("01")});
    }
    capture_reader in(file);
    EXPECT_EQ(in.next()->interface, 0U);
    const auto second = in.next();
    ASSERT_TRUE(second);
    EXPECT_EQ(in.interfaces()[second->interface].name, "big");
    EXPECT_EQ(in.sections().size(), 2U);
}

TEST(pcapng, times_have_any_resolution_and_offset) {
    // if_tsresol, the count, and the nanoseconds that it means.
    struct {
        const char* resolution;
        const char* high_low;
        std::chrono::nanoseconds expected;
    } cases[] = {
        {"00", "00000000 02000000", 2s},
        {"03", "00000000 d0070000", 2s},
        {"09", "00000000 15cd5b07", 123456789ns},
        {"0c", "1d000000 03cd5b07", 124'677ms + 0ns},  // picoseconds, see below
        {"81", "00000000 03000000", 1500ms},
        {"a0", "01000000 00000080", 1500ms},
        {"be", "00000060 00000000", 1500ms},
    };
    for (const auto& one : cases) {
        const std::string options = std::string("0900 0100 ") + one.resolution + "000000 00000000";
        std::istringstream file(file_of(std::string(section) +
                                        "01000000 20000000 0100 0000 00000000 " + options +
                                        " 20000000 06000000 20000000 00000000 " + one.high_low +
                                        " 00000000 00000000 20000000"));
        capture_reader in(file);
        const auto packet = in.next();
        ASSERT_TRUE(packet) << one.resolution;
        if (std::string_view(one.resolution) == "0c") {
            const auto picoseconds = (0x1dULL << 32 | 0x075bcd03ULL);
            EXPECT_EQ(packet->time->time_since_epoch().count(),
                      static_cast<std::int64_t>(picoseconds / 1000));
        } else {
            EXPECT_EQ(packet->time, capture_time(one.expected)) << one.resolution;
        }
    }
    const std::string offset =
        file_of(std::string(section) +
                "01000000 24000000 0100 0000 00000000 0e00 0800 0a00000000000000 00000000 24000000"
                "06000000 20000000 00000000 00000000 01000000 00000000 00000000 20000000");
    std::istringstream file(offset);
    EXPECT_EQ(capture_reader(file).next()->time, capture_time(10s + 1us));
}

TEST(pcapng, a_time_beyond_our_clock_is_none) {
    std::istringstream file(
        file_of(std::string(section) +
                "01000000 20000000 0100 0000 00000000 0900 0100 00000000 00000000 20000000"
                "06000000 20000000 00000000 ffffffff ffffffff 00000000 00000000 20000000"));
    const auto packet = capture_reader(file).next();
    ASSERT_TRUE(packet);
    EXPECT_FALSE(packet->time);
}

TEST(capture, broken_files_are_refused_with_the_offset) {
    EXPECT_THAT(complaint(""), HasSubstr("capture file at offset 0: the file ends"));
    EXPECT_THAT(complaint("GIF89a.."), HasSubstr("begins neither like pcap nor like pcapng"));
    EXPECT_THAT(complaint(file_of("d4c3b2a1 0200")), HasSubstr("pcap header at offset 4"));
    const std::string pcap = file_of("d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000");
    EXPECT_EQ(complaint(pcap), "");
    EXPECT_THAT(complaint(pcap + "x"), HasSubstr("pcap record: seconds at offset 24"));
    EXPECT_THAT(complaint(pcap + file_of("00000000 00000000 ffffffff ffffffff")),
                HasSubstr("pcap record at offset 24: a packet longer than the limit"));
    EXPECT_THAT(complaint(pcap + file_of("00000000 00000000 05000000 05000000 01")),
                HasSubstr("packet at offset 40: the file ends within it"));
    EXPECT_THAT(complaint(file_of("d4c3b2a1 0300 0400 00000000 00000000 00000400 01000000")),
                HasSubstr("version at offset 4: not 2"));

    EXPECT_EQ(complaint(block("")), "");
    for (const auto& [more, why] : std::vector<std::pair<const char*, const char*>>{
             {"01", "offset 48: the file ends within it"},
             {"06000000 0d000000", "a length that is no multiple of 4"},
             {"06000000 08000000", "a length below the smallest"},
             {"06000000 fcffffff", "longer than the limit"},
             {"06000000 0c000000 10000000", "its two lengths differ"},
             {"06000000 0c000000 0c000000", "pcapng packet: interface at offset 56"},
             {"06000000 20000000 01000000 00000000 00000000 00000000 00000000 20000000",
              "an interface that was not described"},
             {"06000000 20000000 00000000 00000000 00000000 01000000 00000000 20000000",
              "data at offset 76"},
             {"01000000 20000000 0100 0000 00000000 0900 0100 14000000 00000000 20000000",
              "a time resolution that 64 bits cannot count"},
             {"01000000 1c000000 0100 0000 00000000 0200 0900 61620000 1c000000", "option"},
             {"0a000000 14000000 4b534c54 01000000 14000000", "pcapng secrets: data"},
             {"04000000 10000000 0100 0300 10000000", "pcapng names: record"},
         }) {
        EXPECT_THAT(complaint(block(more)), HasSubstr(why)) << more;
    }
    EXPECT_THAT(complaint(file_of("0a0d0d0a 1c000000 00000000 00000000")),
                HasSubstr("a byte-order magic of neither order"));
}

TEST(capture, limits_hold) {
    std::stringstream file;
    pcapng_writer out(file);
    for (int i = 0; i < 5; ++i)
        out.add_interface({.name = "x"});
    EXPECT_EQ(complaint(file.str()), "");
    EXPECT_THAT(complaint(file.str(), {.most_interfaces = 4}), HasSubstr("too many interfaces"));
    EXPECT_THAT(complaint(file.str(), {.most_kept = 300}), HasSubstr("pass the limit"));
    EXPECT_EQ(complaint(file.str(), {.largest_block = 40}), "");
    EXPECT_THAT(complaint(file.str(), {.largest_block = 39}), HasSubstr("longer than the limit"));
}

TEST(capture, limits_count_the_memory_of_short_names) {
    std::stringstream file;
    pcapng_writer out(file);
    const capture_name many{address::v4(1, 2, 3, 4), std::vector<std::string>(1000, "n")};
    out.write(std::span(&many, 1));
    EXPECT_EQ(complaint(file.str(), {.most_kept = 40000}), "");
    EXPECT_THAT(complaint(file.str(), {.most_kept = 30000}), HasSubstr("pass the limit"));
}

TEST(capture, writers_refuse_what_a_file_cannot_say) {
    std::stringstream file;
    pcapng_writer out(file);
    EXPECT_THROW(out.write(captured_packet{}), std::invalid_argument);
    EXPECT_THROW(out.write(capture_statistics{}), std::invalid_argument);
    out.add_interface({});
    EXPECT_THROW(out.write(captured_packet{.time = capture_time(-1ns)}), std::invalid_argument);
    EXPECT_NO_THROW(out.write(captured_packet{.wire_length = 0xFFFFFFFF}));
    EXPECT_THROW(out.write(captured_packet{.wire_length = 0x100000000}), std::invalid_argument);
    EXPECT_THROW((void)out.add_interface({.name = std::string(65536, 'x')}), std::invalid_argument);
    EXPECT_THROW(pcap_writer(file).write({.time = capture_time(-1s)}), std::invalid_argument);
    file.setstate(std::ios::badbit);
    EXPECT_THROW(out.write(captured_packet{}), std::system_error);
}

TEST(capture, every_truncation_and_change_ends_in_a_declared_way) {
    std::stringstream file;
    pcapng_writer out(file, {"h", "s", "a", "c"});
    out.add_interface({.name = "east", .filter = "arp"});
    out.write(capture_secrets{.data = bytes_of("0102")});
    out.write(std::vector<capture_name>{{address::v4(1, 2, 3, 4), {"n"}}});
    out.write(captured_packet{.data = bytes_of("010203"), .outgoing = false, .comment = "c"});
    out.write(capture_statistics{});
    const std::string whole = file.str();
    for (std::size_t size = 0; size < whole.size(); ++size)
        (void)complaint(whole.substr(0, size));
    std::mt19937 random(5);
    for (int round = 0; round < 3000; ++round) {
        std::string changed = whole;
        for (int i = 0; i < 3; ++i)
            changed[random() % changed.size()] = static_cast<char>(random() & 0x7F);
        (void)complaint(changed);
    }
}

}  // namespace
}  // namespace zocalo::net::packet
