// SPDX-License-Identifier: MIT
// Files of `zocalo serve` (--config): only the declared error, which names file and line; whatever
// was read keeps its bounds; places are read again the same when they are written; linear time.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "linear.hpp"
#include "require.hpp"
#include "serve/request.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/network.hpp"

namespace {

namespace program = zocalo::program;
using program::hosting_request;

/// Options of each kind that a file can set.
struct options {
    CLI::App app;
    std::string folder;
    std::vector<std::string> names;
    std::size_t threads = 0;
    bool upload = false;

    options() {
        app.add_option("--folder", folder);
        app.add_option("--names", names);
        app.add_option("--threads", threads)->check(CLI::Range(0, 100));
        app.add_flag("--upload", upload);
    }
};

/// Whether all that is said to stand somewhere stands in a line that there is.
void check_place(std::string_view said, const std::string& text) {
    require(said.starts_with("a.toml:"));
    said.remove_prefix(7);
    const auto line = zocalo::from_digits<std::size_t>(said.substr(0, said.find(": ")));
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    require(line && *line >= 1 && *line <= lines);
}

hosting_request read(const std::string& text) {
    options known;
    hosting_request all;
    std::istringstream from(text);
    for (const auto& [name, said] : program::read_config(known.app, "a.toml", from, all)) {
        require(said.ends_with(": " + name + ": "));
        check_place(said, text);
    }
    require(known.threads <= 100);
    return all;
}

/// As TOML writes it: in quotes, on one line.
std::string in_quotes(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string made = "\"";
    for (const char each : text) {
        const auto byte = static_cast<unsigned char>(each);
        if (byte < 0x20 || byte == 0x7F) {
            made += "\\u00";
            made += digits[byte / 16U];
            made += digits[byte % 16U];
        } else {
            if (each == '"' || each == '\\') made += '\\';
            made += each;
        }
    }
    return made + '"';
}

void add(std::string& to, const char* key, const std::string& value) {
    to += key;
    to += " = ";
    to += value;
    to += '\n';
}

void add(std::string& to, const char* key, const std::vector<std::string>& values) {
    std::string list = "[";
    for (const std::string& each : values) {
        list += in_quotes(each);
        list += ",";
    }
    add(to, key, list + "]");
}

void add(std::string& to, const char* table, const std::vector<program::proxy_place>& all) {
    for (const program::proxy_place& each : all) {
        to += table;
        add(to, "path", in_quotes(each.path));
        add(to, "to", each.upstreams);
        add(to, "strip", std::string(each.strip ? "true" : "false"));
        add(to, "keep-host", std::string(each.keep_host ? "true" : "false"));
        add(to, "least-connections", std::string(each.least_connections ? "true" : "false"));
        add(to, "health", in_quotes(each.health));
        add(to, "health-interval", std::to_string(each.health_interval));
        add(to, "trusted", each.trusted);
        add(to, "stall", std::to_string(each.stall));
    }
}

void add(std::string& to, const char* table, const std::vector<program::cgi_place>& all) {
    for (const program::cgi_place& each : all) {
        to += table;
        add(to, "path", in_quotes(each.path));
        add(to, "folder", in_quotes(each.folder));
        add(to, "program", in_quotes(each.program));
        add(to, "within", std::to_string(each.within));
        add(to, "at-once", std::to_string(each.at_once));
    }
}

std::string written(const hosting_request& all) {
    std::string text;
    add(text, "[[proxy]]\n", all.proxies);
    add(text, "[[cgi]]\n", all.programs);
    for (const program::host_place& each : all.hosts) {
        text += "[[host]]\n";
        add(text, "names", each.names);
        add(text, "folder", in_quotes(each.folder));
        add(text, "cert", in_quotes(each.certificate));
        add(text, "key", in_quotes(each.key));
        add(text, "staple", in_quotes(each.staple));
        add(text, "[[host.proxy]]\n", each.proxies);
        add(text, "[[host.cgi]]\n", each.programs);
    }
    return text;
}

void check(const std::vector<program::proxy_place>& all, const std::string& text) {
    constexpr std::size_t most = INT32_MAX;
    for (const program::proxy_place& each : all) {
        check_place(each.said, text);
        require(each.path.starts_with('/') && !each.upstreams.empty());
        require(each.stall >= 1 && each.stall <= most);
        require(each.health_interval >= 1 && each.health_interval <= most);
        for (const std::string& from : each.trusted)
            require(zocalo::net::network::try_parse(from).has_value());
    }
}

void check(const std::vector<program::cgi_place>& all, const std::string& text) {
    constexpr std::size_t most = INT32_MAX;
    for (const program::cgi_place& each : all) {
        check_place(each.said, text);
        require(each.path.starts_with('/'));
        require(each.within >= 1 && each.within <= most);
        require(each.at_once >= 1 && each.at_once <= most);
    }
}

void check(const hosting_request& all, const std::string& text) {
    check(all.proxies, text);
    check(all.programs, text);
    for (const program::host_place& each : all.hosts) {
        check_place(each.said, text);
        require(!each.names.empty());
        require(!each.certificate.empty() || (each.key.empty() && each.staple.empty()));
        check(each.proxies, text);
        check(each.programs, text);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    linear::require_linear(text, [](const std::string& all) {
        try {
            (void)read(all);
        } catch (const std::runtime_error&) {
            return;
        }
    });
    hosting_request all;
    try {
        all = read(text);
    } catch (const std::runtime_error& error) {
        const std::string_view why = error.what();
        check_place(why, text);
        require(why.find('\n') == std::string_view::npos);
        return 0;
    }
    check(all, text);
    const std::string again = written(all);
    require(written(read(again)) == again);
    return 0;
}
