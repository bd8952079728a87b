// SPDX-License-Identifier: MIT
#include "zocalo/sim/disk.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "zocalo/sim/world.hpp"

namespace {

namespace io = zocalo::io;
namespace sim = zocalo::sim;

io::task<> write_two(sim::disk& to) {
    co_await to.write("synced", "first");
    co_await to.sync("synced");
    co_await to.sync_names();
    co_await to.append("synced", " second");
    co_await to.write("other", "third");
}

io::task<std::string> all_of(sim::disk& from) {
    std::string text;
    for (const std::string& name : from.names()) {
        text += name + '=';
        text += co_await from.read(name);
        text += ';';
    }
    co_return text;
}

TEST(disk, is_there_for_every_reader_at_once) {
    sim::world world{1};
    sim::host& host = world.host("host");
    host.run(write_two(host.disk()));
    EXPECT_EQ(host.run(all_of(host.disk())), "other=third;synced=first second;");
    host.kill();
    host.restart();
    EXPECT_EQ(host.run(all_of(host.disk())), "other=third;synced=first second;") << "no power lost";
}

TEST(disk, crash_keeps_what_was_synced_and_of_the_rest_what_chance_wants) {
    std::set<std::string> seen;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        sim::world world{seed};
        sim::host& host = world.host("host");
        host.run(write_two(host.disk()));
        host.crash();
        host.restart();
        const std::string left = host.run(all_of(host.disk()));
        EXPECT_NE(left.find("synced=first"), std::string::npos) << left;
        seen.insert(left);
    }
    EXPECT_TRUE(seen.contains("synced=first;"));
    EXPECT_TRUE(seen.contains("synced=first second;"));
    EXPECT_TRUE(seen.contains("other=third;synced=first;"));
    EXPECT_TRUE(seen.contains("synced=first sec;")) << "in part";
}

io::task<> replace_safely(sim::disk& on, std::string data) {
    co_await on.write("new", std::move(data));
    co_await on.sync("new");
    co_await on.rename("new", "file");
    co_await on.sync_names();
}

io::task<> replace_for_ever(sim::disk& on) {
    for (int i = 0;; ++i)
        co_await replace_safely(on, std::string(1000, static_cast<char>('a' + i % 26)));
}

TEST(disk, file_that_is_replaced_safely_is_always_whole) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        sim::world world{seed};
        sim::host& host = world.host("host");
        host.run(replace_safely(host.disk(), std::string(1000, 'z')));
        host.on_start([&] { return replace_for_ever(host.disk()); });
        world.run_for(world.random().up_to(std::chrono::milliseconds(100)));
        host.crash();
        sim::host& other = world.host("reader");  // it can look at the disk as well
        const std::string file = other.run(host.disk().read("file"));
        ASSERT_EQ(file.size(), 1000U);
        EXPECT_EQ(file, std::string(1000, file[0]));
    }
}

io::task<> fill(sim::disk& on) {
    co_await on.write("small", "12345");
    co_await on.write("large", "1234567");
}

TEST(disk, full_or_missing_is_an_error_with_the_name) {
    sim::world world{1};
    sim::host& host = world.host("host");
    host.disk().set_capacity(10);
    try {
        host.run(fill(host.disk()));
        FAIL() << "12 bytes on 10";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_space_on_device);
        EXPECT_NE(std::string(error.what()).find("write \"large\""), std::string::npos)
            << error.what();
    }
    EXPECT_EQ(host.run(host.disk().read("small")), "12345");
    EXPECT_THROW(host.run(host.disk().read("none")), std::system_error);
    EXPECT_FALSE(host.run(host.disk().try_read("none")).has_value());
    EXPECT_THROW(host.run(host.disk().sync("none")), std::system_error);
    EXPECT_THROW(host.run(host.disk().rename("none", "x")), std::system_error);
    host.run(host.disk().remove("small"));
    EXPECT_THROW(host.run(host.disk().remove("small")), std::system_error);
}

}  // namespace
