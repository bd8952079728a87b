// SPDX-License-Identifier: MIT
// One line of text with the names, and the descriptors with its first byte; then one byte back.
#include "zocalo/serve/hand_over.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "net/fail.hpp"
#include "serve/identity.hpp"
#include "sys/process.hpp"
#include "zocalo/net/acceptor.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/message.hpp"
#include "zocalo/net/option.hpp"

namespace zocalo::serve {

namespace {

constexpr std::size_t most_sockets = 250;  // SCM_MAX_FD is 253
constexpr std::size_t longest_line = 65536;
constexpr std::chrono::seconds patience{30};  ///< for the other process to begin to serve
constexpr std::string_view ready_byte = "R";

void must_be_ours(const net::socket& line, const net::endpoint& where,
                  const std::string& user = {}) {
    const net::credentials other = line.get<net::option::peer_credentials>().value;
    if (other.user == 0 || other.user == sys::effective_user()) return;
    if (!user.empty() && other.user == detail::look_up(user).user) return;
    net::fail("hand over sockets with another user's process at", where, -EACCES);
}

std::string line_of_names(const std::vector<inherited_socket>& sockets) {
    std::string line;
    for (const inherited_socket& one : sockets) {
        if (one.name.find_first_of(":\n") != std::string::npos)
            throw std::invalid_argument("hand_over: a name with a colon or a line end");
        line += one.name + ":";
    }
    return line + "\n";
}

std::vector<int> numbers_of(const std::vector<inherited_socket>& sockets) {
    std::vector<int> fds;
    for (const inherited_socket& one : sockets)
        fds.push_back(one.socket.fileno());
    return fds;
}

/// Whether that process took the sockets and is ready.
bool hand_to(net::socket& line, const net::endpoint& where,
             const std::vector<inherited_socket>& sockets) {
    must_be_ours(line, where);
    line.set_timeout(patience);
    const std::string names = line_of_names(sockets);
    const std::vector<int> fds = numbers_of(sockets);
    net::send_fds(line, const_buffer(names).first(1), fds);
    line.send_all(const_buffer(names).without(1));
    return line.recv(1) == ready_byte;
}

/// "http:https:\n" and as many descriptors.
std::vector<inherited_socket> match(std::string_view line, std::vector<unique_fd>& fds) {
    std::vector<inherited_socket> all;
    for (unique_fd& each : fds) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) break;
        net::socket socket = net::socket::adopt(each.get());
        static_cast<void>(each.release());
        all.push_back({std::string(line.substr(0, colon)), std::move(socket)});
        line.remove_prefix(colon + 1);
    }
    if (all.size() != fds.size() || line != "\n")
        throw std::runtime_error("take over sockets: names and descriptors do not match");
    return all;
}

}  // namespace

net::socket open_door(const std::string& path) {
    return net::create_server(net::endpoint::local(path), {.backlog = 8, .permissions = 0600});
}

void hand_over(net::socket door, const std::vector<inherited_socket>& sockets,
               const net::stop_condition& stop,
               const std::function<void(const net::credentials& by)>& taken) {
    if (sockets.empty() || sockets.size() > most_sockets)
        throw std::invalid_argument("hand_over: 1 to 250 sockets");
    const net::endpoint where = door.local_endpoint();
    net::acceptor entrance(std::move(door));
    entrance.listener().stop_with(stop);
    for (;;) {
        net::accepted next = entrance.accept();
        next.client.stop_with(stop);
        try {
            if (!hand_to(next.client, where, sockets)) continue;
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
            continue;  // that process has failed; the next one may come
        }
        if (taken) taken(next.client.get<net::option::peer_credentials>().value);
        entrance.listener().close();  // before the line: the other one goes on when that ends
        return;
    }
}

take_over::take_over(const std::string& path, timeout limit, const std::string& user) {
    const net::endpoint where = net::endpoint::local(path);
    net::socket line(net::family::local);
    line.set_timeout(limit);
    const std::error_code error = line.try_connect(where);
    if (error == std::errc::no_such_file_or_directory || error == std::errc::connection_refused)
        return;
    if (error) net::fail("connect to", where, error.value());
    must_be_ours(line, where, user);
    std::string names(longest_line, '\0');
    net::received_fds got =
        net::recv_fds(line, mutable_buffer(names.data(), names.size()), most_sockets);
    names.resize(got.size);
    while (!names.ends_with('\n') && names.size() < longest_line) {
        const std::string more = line.recv(longest_line - names.size());
        if (more.empty()) break;
        names += more;
    }
    sockets_ = match(names, got.fds);
    line_ = std::move(line);
}

void take_over::ready() {
    if (!line_.is_open()) return;
    line_.send_all(ready_byte);
    static_cast<void>(line_.recv(1));  // ends when the old process has left its place
    line_.close();
}

}  // namespace zocalo::serve
