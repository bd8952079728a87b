// SPDX-License-Identifier: MIT
#include "zocalo/io/durable_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "support/folder.hpp"
#include "zocalo/sim/seeds.hpp"

namespace {

namespace io = zocalo::io;
namespace sim = zocalo::sim;

io::task<> make(std::string path, std::string text, io::existing other) {
    io::durable_file made = co_await io::create_durable_file(path);
    co_await made.write(text.substr(0, text.size() / 2));
    co_await made.write(text.substr(text.size() / 2));
    EXPECT_EQ(made.size(), text.size());
    co_await made.keep(other);
}

io::task<> begin_only(std::string path) {
    io::durable_file made = co_await io::create_durable_file(path);
    co_await made.write("half of it");
    made = co_await io::create_durable_file(path);
    co_await made.write("half of another");
}

class durable_files : public zocalo::tests::in_every_world {
 protected:
    [[nodiscard]] std::string at(const char* name) const { return folder_.file(name); }
    std::string text(const char* name) { return run(io::read_file(at(name), 1000)); }
    /// What is left beside; the kernel's folder only.
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& each : std::filesystem::directory_iterator(folder_.path()))
            all.push_back(each.path().filename());
        return all;
    }

 private:
    zocalo::tests::folder folder_;
};

TEST_P(durable_files, have_their_name_when_they_are_whole) {
    run(begin_only(at("mail")));
    EXPECT_THROW(text("mail"), std::system_error);
    EXPECT_TRUE(names().empty());
    run(make(at("mail"), "first", io::existing::refuse));
    EXPECT_EQ(text("mail"), "first");
}

TEST_P(durable_files, take_no_name_from_another_unless_told_to) {
    run(make(at("mail"), "first", io::existing::refuse));
    try {
        run(make(at("mail"), "second", io::existing::refuse));
        FAIL() << "took the name";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::file_exists);
        EXPECT_NE(std::string(error.what()).find(at("mail")), std::string::npos);
    }
    EXPECT_EQ(text("mail"), "first");
    run(make(at("mail"), "second", io::existing::replace));
    EXPECT_EQ(text("mail"), "second");
    EXPECT_LE(names().size(), 1U);
}

/// As on a file system that knows no files without names.
/// Names have 255 bytes at most, and the one that is had meanwhile is not longer.
TEST_P(durable_files, replace_what_has_a_long_name) {
    const std::string name(255, 'x');
    for (const char* const each : {"first", "second"}) {
        run(make(at(name.c_str()), each, io::existing::replace));
        EXPECT_EQ(text(name.c_str()), each);
    }
}

TEST_P(durable_files, do_without_unnamed_files) {
    const auto cannot =
        io::fail_nth(io::operation_kind::open_file, 1, std::errc::operation_not_supported);
    faults = cannot;
    run(make(at("mail"), "first", io::existing::refuse));
    run(make(at("mail"), "second", io::existing::replace));
    run(begin_only(at("other")));
    faults = nullptr;
    EXPECT_EQ(text("mail"), "second");
    EXPECT_LE(names().size(), 1U);
}

TEST_P(durable_files, whatever_fails_leaves_the_old_or_the_new_one) {
    run(make(at("mail"), "old", io::existing::refuse));
    int failed = 0;
    for (std::uint64_t n = 1;; ++n) {
        faults = io::fail_nth(n, std::errc::io_error);
        try {
            run(make(at("mail"), "new", io::existing::replace));
            break;
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::io_error) << error.what();
            ++failed;
        }
        faults = nullptr;
        EXPECT_TRUE(text("mail") == "old" || text("mail") == "new");
        run(make(at("mail"), "old", io::existing::replace));
    }
    EXPECT_GE(failed, 8) << "open, two writes, sync, link, rename, the folder, close";
    EXPECT_LE(names().size(), 1U);
}

/// Says yes when it is kept, as a mail server does.
io::task<> accept_mail(std::vector<std::string>& accepted) {
    for (int i = 0;; ++i) {
        const std::string name = "new/" + std::to_string(i);
        co_await make(name, std::string(500, 'm'), io::existing::refuse);
        accepted.push_back(name);
    }
}

TEST(durable_file, that_was_confirmed_survives_a_crash_at_any_moment) {
    sim::for_seeds(300,
                   [](sim::world& world) {
                       std::vector<std::string> accepted;
                       sim::host& host = world.host("mail");
                       host.on_start([&] { return accept_mail(accepted); });
                       world.run_for(world.random().up_to(std::chrono::milliseconds(100)));
                       const std::vector<std::string> promised = accepted;
                       host.crash();
                       sim::host& reader = world.host("reader");
                       for (const std::string& name : promised)
                           EXPECT_EQ(reader.run(host.disk().read(name)).size(), 500U) << name;
                       for (const std::string& name : host.disk().names())
                           EXPECT_EQ(reader.run(host.disk().read(name)).size(), 500U)
                               << name << " in part";
                   },
                   {.failed = testing::Test::HasFailure});
}

io::task<> replace_for_ever(int& kept) {
    for (;; ++kept) {
        std::string text(500, static_cast<char>('a' + kept % 26));
        co_await make("etc/settings", std::move(text), io::existing::replace);
    }
}

TEST(durable_file, that_replaces_another_is_whole_after_a_crash) {
    sim::for_seeds(300,
                   [](sim::world& world) {
                       int kept = 0;
                       sim::host& host = world.host("server");
                       host.on_start([&] { return replace_for_ever(kept); });
                       world.run_for(world.random().up_to(std::chrono::milliseconds(100)));
                       const int promised = kept;
                       host.crash();
                       const auto left =
                           world.host("reader").run(host.disk().try_read("etc/settings"));
                       if (promised == 0) return;
                       ASSERT_TRUE(left.has_value());
                       EXPECT_EQ(*left, std::string(500, left->at(0)));
                   },
                   {.failed = testing::Test::HasFailure});
}

ZOCALO_IN_EVERY_WORLD(durable_files);

}  // namespace
