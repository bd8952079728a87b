// SPDX-License-Identifier: MIT
#pragma once

#include "command.hpp"

/// The subcommands of `zocalo frame`, one file each.
namespace zocalo::program {

void add_frame_send(CLI::App& frame, context& shared);
void add_frame_capture(CLI::App& frame, context& shared);
void add_frame_read(CLI::App& frame, context& shared);
void add_frame_scan(CLI::App& frame, context& shared);

}  // namespace zocalo::program
