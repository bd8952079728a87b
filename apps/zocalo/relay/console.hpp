// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "zocalo/io/mutex.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::program {

struct link_options;

/// A stream over a copy of descriptor 0 or 1. Throws std::system_error.
[[nodiscard]] io::stream standard_descriptor(int number);

/// Standard input and output as the local side of one conversation, or of many at once.
///
/// Input goes to all places that are taken, and is not read while there is none or while one of
/// them has no room; output comes from all of them.
class console {
 public:
    /// `ends_with_peer`: who has heard the end of the peer says nothing more. A person at a
    /// terminal always does so.
    console(const link_options& options, bool ends_with_peer);
    console(const console&) = delete;
    console& operator=(const console&) = delete;

    /// A place for one conversation. This must outlive it.
    [[nodiscard]] io::stream join();

    /// Reads the input and passes it on; goes on for ever. Throws file_error.
    io::task<> read_input();

    [[nodiscard]] bool is_interactive() const noexcept { return input_is_terminal_; }

 private:
    class place;
    struct inbox;
    io::task<> pass_on(std::string piece);
    io::task<> print(const_buffer text);

    const link_options& options_;
    const bool input_is_terminal_;
    const bool output_is_terminal_;
    const bool ends_with_peer_;
    bool input_has_ended_ = false;
    io::stream input_;
    io::stream output_;
    io::mutex printing_;
    io::event joined_;
    std::vector<std::shared_ptr<inbox>> inboxes_;
};

}  // namespace zocalo::program
