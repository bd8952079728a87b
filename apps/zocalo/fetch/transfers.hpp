// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <string>

#include "command.hpp"
#include "fetch/session.hpp"
#include "fetch/transfer.hpp"
#include "fetch/transfer_board.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/scope.hpp"

namespace zocalo::program {

/// All transfers of one command line: one after the other, or some of them at once.
class transfers {
 public:
    /// What is in `options` is for all of them.
    transfers(const get_request& options, context& shared);

    /// One more, told by a request that lives as long as this. `output` is the file of -o, or
    /// empty.
    void add(const get_request& what, std::string url, std::string output = {});

    /// Runs them, and ends them on Ctrl-C. Errors are told as they happen; the last one is the
    /// status of the program.
    void run();
    /// Writes --json-report.
    void report() const;

 private:
    [[nodiscard]] io::task<> run_all();
    [[nodiscard]] io::task<> start();
    [[nodiscard]] io::task<> one(transfer& what, io::semaphore::permit);
    void finish(const transfer_report& told);

    const get_request& options_;
    context& shared_;
    session with_;
    std::deque<transfer_meter> meters_;
    transfer_board board_;
    std::deque<transfer> all_;
    io::semaphore slots_;
    io::scope scope_;
};

}  // namespace zocalo::program
