// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zocalo/io/readiness.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/socket.hpp"

/// Other programs, whose standard input and output are streams.
namespace zocalo::io {

/// Where one of a program's standard descriptors leads.
enum class standard : std::uint8_t {
    pipe,     ///< to a stream here
    inherit,  ///< where ours leads
    nothing,  ///< /dev/null
};

struct process_options {
    /// A connected socket that becomes both its input and its output, in place of `in` and `out`:
    /// the other end is yours to talk through. Must live until the program has been started.
    const net::socket* connection = nullptr;
    standard in = standard::pipe;
    standard out = standard::pipe;
    standard err = standard::inherit;
    /// `NAME=value`, in place of those of our environment or beside them.
    std::vector<std::string> environment = {};
    /// Nothing of our environment: `environment` is all.
    bool only_that_environment = false;
    std::string folder = {};  ///< where it starts; empty: where we are
    /// The programs that it starts belong to it: what ends it by force ends them, too.
    bool with_offspring = false;
};

/// A program that we have started, and that ends with this object at the latest, unless it was
/// released.
///
///     io::process sort({"sort", "-u"});
///     co_await sort.in.write("b\na\nb\n");
///     sort.in.close();
///     ... co_await sort.out.read() ...
///     co_await sort.wait();  // 0
///
/// No shell is involved, no descriptor but the three is inherited, and no signal is blocked in it.
/// Write and read side by side when there is much: a program that nobody reads stops reading, too.
/// **Threads.** That of the loop which uses the streams.
class process {
 public:
    /// The first argument is the program, looked for in PATH when it has no slash. Throws
    /// std::system_error that names the program when it cannot be started, and
    /// std::invalid_argument when there is none or a NUL in what it is given.
    explicit process(const std::vector<std::string>& arguments,
                     const process_options& options = {});
    process(process&& other) noexcept;
    process& operator=(process&& other) noexcept;
    /// Kills it when it has not ended (SIGKILL), and waits for that.
    ~process();

    stream in;   ///< what is written comes in there; close() it to end the program's input
    stream out;  ///< what it prints
    stream err;  ///< its complaints; closed unless they were asked for

    /// Input and output as one connection, for protocols that are spoken with a program: reads what
    /// it prints, writes what it reads, and finish() ends its input. `in` and `out` are closed
    /// then.
    [[nodiscard]] stream take_connection();

    /// Waits until it has ended: its exit status; 128 and the number of a signal that killed it.
    [[nodiscard]] task<int> wait();
    /// Sends it a signal, such as io::signals::terminate, unless it was waited for.
    void signal(int number);
    /// Lets it go on alone when this object ends: nobody waits for it then.
    void release() noexcept { id_ = -1; }
    /// Its number for other programs.
    [[nodiscard]] int id() const noexcept { return id_; }

 private:
    /// Kills it and waits for that, unless it has been waited for.
    void end() noexcept;
    /// Takes its exit status if it has ended.
    void reap();

    int id_ = -1;  ///< none when it was moved from
    bool with_offspring_ = false;
    int status_ = -1;
    readiness ended_;  ///< can be read when it has ended
};

}  // namespace zocalo::io
