// SPDX-License-Identifier: MIT
// A change locks the folder, reads the file again, writes another one, and renames that.
#include "zocalo/tls/known_keys.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "core/ascii.hpp"
#include "net/fail.hpp"
#include "sys/file.hpp"
#include "sys/file_lock.hpp"
#include "tls/certificate_data.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/io/durable_file.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/net/host_port.hpp"

namespace zocalo::tls {

namespace {

constexpr std::size_t pin_size = 8 + 44;  // "sha256//", and 32 bytes in base 64

std::string server_name(std::string_view host, std::uint16_t port) {
    std::string name = lower(host);
    if (name.ends_with('.')) name.pop_back();
    const bool fits_a_line = std::ranges::none_of(
        name, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '#'; });
    if (name.empty() || !fits_a_line) {
        throw std::invalid_argument("known key of " + quoted(host) + ": no host");
    }
    return net::host_port(name, port).to_string();
}

std::string_view next_line(std::string_view& text) noexcept {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

bool is_for_people(std::string_view line) noexcept {
    return line.empty() || line.starts_with('#');
}

/// `HOST:PORT sha256//PIN`
std::pair<std::string_view, std::string_view> parts_of(std::string_view line,
                                                       const std::string& path) {
    const auto space = line.find(' ');
    const auto pin = line.substr(space == std::string_view::npos ? line.size() : space + 1);
    if (space == 0 || pin.size() != pin_size || !pin.starts_with("sha256//")) {
        throw std::invalid_argument("known keys in " + quoted(path) +
                                    ": no HOST:PORT and key: " + quoted(line));
    }
    return {line.substr(0, space), pin};
}

std::string read_if_there(const std::string& path) {
    try {
        return detail::read_file(path);
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::no_such_file_or_directory) throw;
    }
    return {};
}

void must(const std::string& what, long result) {
    if (result < 0) net::fail(what, result);
}

io::task<> replace_file(std::string path, std::string content) {
    io::durable_file file = co_await io::create_durable_file(path, 0600);
    co_await file.write(content);
    co_await file.keep(io::existing::replace);
}

}  // namespace

known_keys::known_keys(std::string path) : path_(std::move(path)) {
    const std::string text = read_if_there(path_);
    for (std::string_view rest = text; !rest.empty();) {
        const auto line = next_line(rest);
        if (is_for_people(line)) continue;
        const auto [server, pin] = parts_of(line, path_);
        pins_.emplace(server, pin);
    }
}

std::optional<std::string> known_keys::find(std::string_view host, std::uint16_t port) const {
    const std::string name = server_name(host, port);
    const std::lock_guard lock(mutex_);
    const auto found = pins_.find(name);
    if (found == pins_.end()) return std::nullopt;
    return found->second;
}

/// `change` gets what the file says now, line by line, and the table that comes of it; when it says
/// true, the text that it has made becomes the file.
template <class Change>
void known_keys::rewrite(Change change) {
    const std::lock_guard alone(mutex_);
    const std::string folder = io::folder_of(path_);
    const unique_fd locked(sys::open(folder.c_str(), O_RDONLY | O_DIRECTORY));
    if (!locked) net::fail("write " + quoted(path_), locked.get());
    must("lock " + quoted(folder), sys::lock(locked.get()));
    std::string text = read_if_there(path_);
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    table all;
    for (std::string_view rest = text; !rest.empty();) {
        const auto line = next_line(rest);
        if (is_for_people(line)) continue;
        const auto [server, pin] = parts_of(line, path_);
        all.emplace(server, pin);
    }
    if (change(text, all)) replace_file(path_, text).get();
    pins_ = std::move(all);
}

std::string known_keys::learn(std::string_view host, std::uint16_t port, std::string_view pin) {
    const std::string name = server_name(host, port);
    std::string known;
    rewrite([&](std::string& text, table& all) {
        const auto [place, is_new] = all.emplace(name, pin);
        known = place->second;
        if (is_new) (((text += name) += ' ') += pin) += '\n';
        return is_new;
    });
    return known;
}

bool known_keys::forget(std::string_view host, std::uint16_t port) {
    const std::string name = server_name(host, port);
    bool was_there = false;
    rewrite([&](std::string& text, table& all) {
        was_there = all.erase(name) > 0;
        std::string others;
        for (std::string_view rest = text; !rest.empty();) {
            const auto line = next_line(rest);
            const bool is_it = !is_for_people(line) && parts_of(line, path_).first == name;
            if (!is_it) (others += line) += '\n';
        }
        text = std::move(others);
        return was_there;
    });
    return was_there;
}

}  // namespace zocalo::tls
