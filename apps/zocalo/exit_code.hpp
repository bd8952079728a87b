// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <string_view>

/// How the program ends, by the phase in which it failed.
namespace zocalo::program {

enum class exit_code : int {
    ok = 0,
    failure = 1,
    usage = 2,
    name = 3,
    connect = 4,
    timed_out = 5,
    peer = 6,
    permission = 7,
    bind = 8,
    refused = 9,
    interrupted = 130,
};

/// What each code means: the one list behind --help, the man pages and the tests.
struct exit_meaning {
    exit_code code;
    std::string_view meaning;
};
inline constexpr exit_meaning exit_meanings[] = {
    {exit_code::ok, "it worked"},
    {exit_code::failure, "it did not, for another reason than those below"},
    {exit_code::usage, "the command line is wrong"},
    {exit_code::name, "a host or service name could not be looked up"},
    {exit_code::connect, "no connection: refused or unreachable"},
    {exit_code::timed_out, "it took longer than the time-out allows"},
    {exit_code::peer, "the peer broke the connection, or the rules of a format"},
    {exit_code::permission, "the system did not permit it"},
    {exit_code::bind, "the local address is taken, or is not one of this machine"},
    {exit_code::refused, "the server said no: a fault, or with --fail a status of 400 or more"},
    {exit_code::interrupted, "Ctrl-C or a polite kill ended it before it was done"},
};

/// The phase that an error belongs to.
[[nodiscard]] exit_code exit_code_of(const std::exception& error) noexcept;

}  // namespace zocalo::program
