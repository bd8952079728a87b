// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>

/// Ends a test that this machine cannot run, saying why. Where ZOCALO_CI is set that is a failure:
/// a machine of the project can run everything.
#define ZOCALO_CANNOT_RUN(why)                                                    \
    do {                                                                          \
        if (std::getenv("ZOCALO_CI") != nullptr) FAIL() << "cannot run: " << why; \
        GTEST_SKIP() << "cannot run: " << why;                                    \
    } while (false)
