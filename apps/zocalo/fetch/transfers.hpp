// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "command.hpp"
#include "fetch/session.hpp"
#include "fetch/transfer.hpp"
#include "fetch/transfer_board.hpp"
#include "fetch/write_out.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/scope.hpp"

namespace zocalo::program {

/// All transfers of one command line: one after the other, or some of them at once. What has ended
/// is gone; only a report stays, for those who want one.
class transfers {
 public:
    /// What is in `options` is for all of them.
    transfers(const get_request& options, context& shared);

    /// One more, told by a request that lives as long as this. `output` is the file of -o, or
    /// empty; `number` that of the URL on the command line, when several are from one.
    void add(const get_request& what, std::string url, std::string output = {},
             std::optional<std::size_t> number = std::nullopt);
    /// One more that knows by itself what becomes of it.
    using maker = std::function<std::unique_ptr<transfer>(session& with, transfer_meter& meter)>;
    void add(const std::string& url, const maker& make);
    /// Told of each that has ended; more may be added then.
    std::function<void(transfer& which)> ended;
    /// Asked before each; what it says no to is dropped without a word.
    std::function<io::task<bool>(transfer& which, session& with)> before;
    /// What is done before the first of them, and behind the last.
    std::function<io::task<>(session& with)> first;
    std::function<io::task<>()> last;
    /// So much time is between the beginnings of two of them.
    std::chrono::milliseconds pause{};
    /// What has not begun never does.
    void drop_rest() noexcept { next_ = all_.size(); }

    /// Runs them, and ends them on Ctrl-C. Errors are told as they happen; the last one is the
    /// status of the program.
    void run();
    /// Writes --json-report.
    void report() const;

 private:
    [[nodiscard]] io::task<> run_all();
    [[nodiscard]] io::task<> start();
    [[nodiscard]] io::task<> keep_pause();
    [[nodiscard]] io::task<> one(std::size_t which, io::semaphore::permit);
    void finish(std::size_t which);
    void tell(const transfer_report& of);

    const get_request& options_;
    context& shared_;
    const write_out format_;
    session with_;
    std::deque<transfer_meter> meters_;
    std::map<std::size_t, std::size_t> numbers_;  ///< of URLs, where it is another one
    transfer_board board_;
    std::deque<std::unique_ptr<transfer>> all_;  ///< null: it has ended
    std::size_t next_ = 0;                       ///< of them
    std::size_t under_way_ = 0;
    std::optional<std::chrono::steady_clock::time_point> began_;  ///< the last one
    io::event changed_;                                           ///< one has ended
    std::map<std::size_t, transfer_report> reports_;
    io::semaphore slots_;
    io::scope scope_;
};

}  // namespace zocalo::program
