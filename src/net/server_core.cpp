// SPDX-License-Identifier: MIT
#include <cerrno>
#include <iostream>
#include <stdexcept>

#include "net/server_state.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::net {

namespace {

/// What a peer does when it goes away, or does nothing: worth counting, not worth a line each.
bool is_everyday(const std::error_code& code) {
    if (code.category() != std::system_category()) return false;
    switch (code.value()) {
        case ECONNRESET:
        case EPIPE:
        case ETIMEDOUT:
        case ENOTCONN:
            return true;
        default:
            return false;
    }
}

/// What there is to say about an error, or nothing.
std::string message_of(std::exception_ptr error) {
    try {
        std::rethrow_exception(std::move(error));
    } catch (const std::system_error& e) {
        return is_everyday(e.code()) ? "" : e.what();
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "an exception that is not a std::exception";
    }
}

void print_error(const endpoint& peer, std::exception_ptr error) {
    const std::string message = message_of(std::move(error));
    if (message.empty()) return;
    std::string line = "handler for ";
    line += peer.to_string();
    line += ": ";
    line += escaped(message, 1000);
    line += '\n';
    std::cerr << line;
}

/// A server with one of these would accept nobody, or take requests that nobody ever handles.
server_options checked(server_options options) {
    const auto require = [](bool holds, const char* what) {
        if (!holds) throw std::invalid_argument(std::string("server_limits: ") + what);
    };
    require(options.limits.connections > 0, "connections is 0");
    require(options.limits.handlers > 0, "handlers is 0");
    require(options.limits.workers > 0, "workers is 0");
    require(options.limits.backlog >= 0, "the backlog is below 0");
    return options;
}

}  // namespace

server_core::server_core(server_options wanted, concurrency usual)
    : options(checked(std::move(wanted))),
      how(options.how.value_or(usual)),
      stopping({&stop}),
      admitted(options.limits.per_address) {}

const stop_condition& server_core::end_of_waits() const noexcept {
    if (how == concurrency::in_turn) return stopping;
    return cut_off;
}

bool server_core::verified(const endpoint& peer) {
    if (!options.hooks.verify_request) return true;
    try {
        return options.hooks.verify_request(peer);
    } catch (...) {
        report(peer, std::current_exception());
        return false;
    }
}

void server_core::report(const endpoint& peer, std::exception_ptr error) noexcept {
    try {
        if (options.hooks.handle_error) {
            options.hooks.handle_error(peer, std::move(error));
        } else {
            print_error(peer, std::move(error));
        }
    } catch (...) {
        return;  // there is nobody left to tell
    }
}

}  // namespace zocalo::net
