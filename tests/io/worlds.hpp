// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <system_error>
#include <utility>

#include "support/cannot_run.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/task.hpp"

/// One test body, run on every backend: `class streams : public in_every_world {}`.
namespace zocalo::tests {

class in_every_world : public testing::TestWithParam<io::backend_kind> {
 protected:
    void SetUp() override {
        try {
            const io::loop probe(GetParam());
        } catch (const std::system_error& error) {
            ZOCALO_CANNOT_RUN(error.what());
        }
    }

    template <class T>
    T run(io::task<T> what) {
        io::loop loop(GetParam());
        return loop.run(std::move(what));
    }
};

inline std::string world_name(const testing::TestParamInfo<io::backend_kind>& info) {
    return std::string(io::to_text(info.param));
}

}  // namespace zocalo::tests

#define ZOCALO_IN_EVERY_WORLD(suite)                                                     \
    INSTANTIATE_TEST_SUITE_P(                                                            \
        on, suite,                                                                       \
        testing::Values(zocalo::io::backend_kind::poll, zocalo::io::backend_kind::epoll, \
                        zocalo::io::backend_kind::uring),                                \
        zocalo::tests::world_name)
