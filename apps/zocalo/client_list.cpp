// SPDX-License-Identifier: MIT
#include "client_list.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/receive.hpp"

namespace zocalo::program {

namespace {

/// What the largest list takes that a server with the usual limits can send: six bytes for each.
constexpr std::size_t largest_list = 16'000'000;

}  // namespace

std::string client_list::serve(net::socket& client) {
    std::string name = net::receive_line(
        client, {.limit = limits_.length, .quiet = std::chrono::milliseconds(200)});
    add(name);
    client.send_all(to_json());
    return name;
}

bool client_list::add(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (name.empty() || names_.size() >= limits_.names) return false;
    if (!known_.insert(name).second) return false;
    names_.push_back(name);
    return true;
}

std::string client_list::to_json() const {
    const std::lock_guard lock(mutex_);
    return program::to_json(names_);
}

void check_name(std::string_view name) {
    if (name.find('\n') == std::string_view::npos) return;
    throw std::invalid_argument("a name is one line, and not " + quoted(name));
}

std::vector<std::string> join_client_list(net::socket& server, std::string_view name) {
    check_name(name);
    server.send_all(std::string(name) + '\n');
    const std::string answer = net::receive_all(server, largest_list);
    try {
        return nlohmann::json::parse(answer).get<std::vector<std::string>>();
    } catch (const nlohmann::json::exception&) {
        throw protocol_error("the answer is not a list of names in JSON: " + quoted(answer, 80));
    }
}

std::string to_json(const std::vector<std::string>& names) {
    const nlohmann::json list = names;
    return list.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace zocalo::program
