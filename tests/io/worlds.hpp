// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "support/cannot_run.hpp"
#include "zocalo/io/detail/as_task.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/sim/world.hpp"

/// One test body, run on every backend: `class streams : public in_every_world {}`.
namespace zocalo::tests {

/// A kind of loop, or none: a host in a simulated network.
using world_kind = std::optional<io::backend_kind>;

class in_every_world : public testing::TestWithParam<world_kind> {
 protected:
    void SetUp() override {
        if (!GetParam()) return;
        try {
            const io::loop probe(*GetParam());
        } catch (const std::system_error& error) {
            ZOCALO_CANNOT_RUN(error.what());
        }
    }

    /// Only there does nothing but waiting take time, so that "at most so long" can be asked for.
    [[nodiscard]] static bool is_simulated() { return !GetParam(); }

    template <class T>
    T run(io::task<T> what) {
        if (!GetParam()) {
            simulated_.host("here").set_faults(faults);
            return simulated_.host("here").run(std::move(what));
        }
        io::loop loop(*GetParam());
        loop.set_faults(faults);
        return loop.run(std::move(what));
    }

    template <io::detail::no_task Awaited>
    auto run(Awaited what) {
        return run(io::detail::as_task(std::move(what)));
    }

    io::fault_hook faults;  ///< of the runs to come

 private:
    sim::world simulated_{1};
};

inline std::string world_name(const testing::TestParamInfo<world_kind>& info) {
    return info.param ? std::string(io::to_text(*info.param)) : "sim";
}

}  // namespace zocalo::tests

/// For bodies that need the kernel: its pipes, signals and descriptors.
#define ZOCALO_ON_EVERY_KERNEL_BACKEND(suite)                                            \
    INSTANTIATE_TEST_SUITE_P(                                                            \
        on, suite,                                                                       \
        testing::Values(zocalo::io::backend_kind::poll, zocalo::io::backend_kind::epoll, \
                        zocalo::io::backend_kind::uring),                                \
        zocalo::tests::world_name)

#define ZOCALO_IN_EVERY_WORLD(suite)       \
    ZOCALO_ON_EVERY_KERNEL_BACKEND(suite); \
    INSTANTIATE_TEST_SUITE_P(in, suite, testing::Values(std::nullopt), zocalo::tests::world_name)
