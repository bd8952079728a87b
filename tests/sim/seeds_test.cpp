// SPDX-License-Identifier: MIT
#include "zocalo/sim/seeds.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace sim = zocalo::sim;

/// The environment as it was before, at the end.
class with_environment {
 public:
    with_environment(const char* name, const char* value) : name_(name) {
        ::setenv(name, value, 1);
    }
    with_environment(const with_environment&) = delete;
    with_environment& operator=(const with_environment&) = delete;
    ~with_environment() { ::unsetenv(name_); }

 private:
    const char* name_;
};

/// Without those that whoever runs the tests has set.
class seeds : public testing::Test {
 protected:
    void SetUp() override {
        ::unsetenv("ZOCALO_SEED");
        ::unsetenv("ZOCALO_SEEDS");
    }
};

io::task<> sleep_then_fail(sim::world& in) {
    co_await io::sleep(5s);
    in.note("about to fail");
    if (in.seed() == 7) throw std::runtime_error("seven is bad");
}

void body(sim::world& world) {
    world.host("alone").run(sleep_then_fail(world));
}

TEST_F(seeds, first_that_fails_says_how_to_replay_it) {
    try {
        sim::for_seeds(100, body);
        FAIL() << "seed 7 did not fail";
    } catch (const sim::failed_seed& error) {
        EXPECT_EQ(error.seed(), 7U);
        const std::string text = error.what();
        EXPECT_EQ(text.find("seed 7 fails: seven is bad\nReplay it alone with ZOCALO_SEED=7\n"), 0U)
            << text;
        EXPECT_NE(text.find("\n   5.000000000  *: about to fail\n"), std::string::npos) << text;
    }
}

TEST_F(seeds, environment_says_which_and_how_many) {
    std::vector<std::uint64_t> seen;
    const auto note = [&](const sim::world& in) { seen.push_back(in.seed()); };
    sim::for_seeds(3, note);
    {
        const with_environment only("ZOCALO_SEED", "12345678901234567890");
        sim::for_seeds(3, note);
    }
    {
        const with_environment more("ZOCALO_SEEDS", "2");
        sim::for_seeds(10, note, {.first = 50});
    }
    EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2, 3, 12345678901234567890U, 50, 51}));
    const with_environment wrong("ZOCALO_SEED", "seven");
    EXPECT_THROW(sim::for_seeds(3, note), std::invalid_argument);
}

TEST_F(seeds, failure_without_an_exception_counts) {
    int runs = 0;
    const auto body_of = [&](const sim::world& /*in*/) { ++runs; };
    EXPECT_THROW(sim::for_seeds(10, body_of, {.failed = [&] { return runs == 3; }}),
                 sim::failed_seed);
    EXPECT_EQ(runs, 3);
}

TEST_F(seeds, links_of_chance_make_sense) {
    sim::random chance{1};
    int bad = 0;
    for (int i = 0; i < 1000; ++i) {
        sim::world world{1, {.usual_link = sim::any_link(chance)}};  // throws when it is nonsense
        if (sim::any_link(chance).loss > 0) ++bad;
    }
    EXPECT_GT(bad, 100);
    EXPECT_LT(bad, 900);
}

}  // namespace
