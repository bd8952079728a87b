// SPDX-License-Identifier: MIT
#include "zocalo/serve/service_manager.hpp"

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "net/fail.hpp"
#include "sys/environment.hpp"
#include "sys/file.hpp"
#include "sys/user.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::serve {

namespace {

constexpr unsigned first_inherited = 3;
constexpr unsigned most_inherited = 1024;

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

unsigned number_in(const char* name, const std::string& text) {
    const auto number = from_digits<unsigned>(text);
    if (number) return *number;
    throw std::invalid_argument(std::string(name) + " is no number: " + quoted(text));
}

/// "http:https:admin"
std::vector<std::string> names_in(std::string_view text, std::size_t count) {
    std::vector<std::string> names;
    while (names.size() < count) {
        const std::size_t colon = text.find(':');
        names.emplace_back(text.substr(0, colon));
        text = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    }
    return names;
}

}  // namespace

std::vector<inherited_socket> take_inherited_sockets() {
    const std::string process = variable("LISTEN_PID");
    const std::string wanted = variable("LISTEN_FDS");
    const std::string names = variable("LISTEN_FDNAMES");
    if (process.empty() || wanted.empty()) return {};
    if (number_in("LISTEN_PID", process) != static_cast<unsigned>(sys::own_process())) return {};
    const unsigned count = number_in("LISTEN_FDS", wanted);
    if (count > most_inherited) throw std::invalid_argument("LISTEN_FDS is too large: " + wanted);
    for (const char* const name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
        sys::unset_variable(name);
    std::vector<std::string> called = names_in(names, count);
    std::vector<inherited_socket> all;
    for (unsigned place = 0; place < count; ++place) {
        const int fd = static_cast<int>(first_inherited + place);
        const int flags = sys::set_descriptor_flags(fd, FD_CLOEXEC);
        if (flags < 0) net::fail("take over descriptor " + std::to_string(fd), flags);
        all.push_back({std::move(called[place]), net::socket::adopt(fd)});
    }
    return all;
}

service_manager service_manager::from_environment() {
    const std::string where = variable("NOTIFY_SOCKET");
    if (where.empty()) return {};
    if (where[0] == '@') return service_manager(net::endpoint::abstract(where.substr(1)));
    return service_manager(net::endpoint::local(where));
}

service_manager::service_manager(net::endpoint notify) : notify_(notify) {
    try {
        net::socket line(net::family::local, net::type::datagram);
        line.set_timeout(timeout::zero());
        line.connect(notify);
        line_ = std::move(line);
    } catch (const std::system_error&) {
        // Passed over: somebody may listen later.
    }
}

/// Type=notify-reload wants to know when it began.
void service_manager::reloading() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    std::string what = "RELOADING=1\nMONOTONIC_USEC=";
    what += std::to_string(micros) + "\n";
    tell(what);
}

void service_manager::main_process(std::int64_t process) {
    tell("MAINPID=" + std::to_string(process) + "\n");
}

void service_manager::status(std::string_view what) {
    std::string line = "STATUS=";
    line += escaped(what) + "\n";
    tell(line);
}

void service_manager::tell(std::string_view what) {
    if (!notify_) return;
    try {
        if (line_.is_open()) {
            line_.send_all(what);
            return;
        }
    } catch (const std::system_error&) {
        // Passed over: another one may listen there now.
    }
    try {
        net::socket teller(net::family::local, net::type::datagram);
        teller.set_timeout(timeout::zero());
        teller.send_to(what, *notify_);
    } catch (const std::system_error&) {
        // Passed over: a manager that does not listen must not end the service.
    }
}

}  // namespace zocalo::serve
