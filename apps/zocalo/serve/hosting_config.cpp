// SPDX-License-Identifier: MIT
#include "serve/hosting_config.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/network.hpp"

namespace zocalo::program {

namespace {

/// One table; what nobody asked it for is refused.
class table_reader {
 public:
    table_reader(const std::string& path, const toml::node& value) : path_(path), value_(value) {
        if (!value.is_table()) refuse(value, "no table");
    }

    [[nodiscard]] std::string said() const {
        return fmt::format("{}:{}: ", escaped(path_), value_.source().begin.line);
    }
    void text(const std::string& key, std::string& into) {
        if (const toml::node* const found = find(key)) into = text_of(key, *found);
    }
    /// One text, or a list of them.
    void texts(const std::string& key, std::vector<std::string>& into) {
        const toml::node* const found = find(key);
        if (found == nullptr) return;
        into.clear();
        if (!found->is_array()) return into.push_back(text_of(key, *found));
        for (const toml::node& each : *found->as_array())
            into.push_back(text_of(key, each));
    }
    void flag(const std::string& key, bool& into) {
        const toml::node* const found = find(key);
        if (found == nullptr) return;
        if (!found->is_boolean()) refuse(*found, key + " is true or false");
        into = found->as_boolean()->get();
    }
    void number(const std::string& key, std::size_t& into) {
        const toml::node* const found = find(key);
        if (found == nullptr) return;
        const auto* const whole = found->as_integer();
        if (whole == nullptr || whole->get() < 1 ||
            whole->get() > std::numeric_limits<std::int32_t>::max())
            refuse(*found, key + " is a whole number from 1 on");
        into = static_cast<std::size_t>(whole->get());
    }
    template <class Read>
    void tables(const std::string& key, Read read) {
        const toml::node* const found = find(key);
        if (found == nullptr) return;
        if (!found->is_array()) refuse(*found, fmt::format("{} is a list of tables", key));
        for (const toml::node& each : *found->as_array())
            read(each);
    }
    [[nodiscard]] const toml::node* find(const std::string& key) {
        known_.push_back(key);
        return value_.as_table()->get(key);
    }
    /// After all that may be there was asked for.
    void finish() const {
        for (const auto& [key, value] : *value_.as_table()) {
            const std::string name(key.str());
            if (std::ranges::find(known_, name) == known_.end())
                refuse_config(path_, key.source(),
                              "nothing here is called " + quoted(name) + suggestion(name, known_));
        }
    }
    void must(bool is_so, const char* why) const {
        if (!is_so) refuse(value_, why);
    }
    [[noreturn]] void refuse(const toml::node& at, const std::string& why) const {
        refuse_config(path_, at.source(), why);
    }

 private:
    [[nodiscard]] std::string text_of(const std::string& key, const toml::node& value) const {
        if (const auto* const text = value.as_string()) return text->get();
        refuse(value, key + " is text");
    }

    const std::string& path_;
    const toml::node& value_;
    std::vector<std::string> known_;
};

proxy_place read_proxy(const std::string& path, const toml::node& value) {
    table_reader table(path, value);
    proxy_place place;
    place.said = table.said();
    table.text("path", place.path);
    table.texts("to", place.upstreams);
    table.flag("strip", place.strip);
    table.flag("keep-host", place.keep_host);
    table.flag("least-connections", place.least_connections);
    table.text("health", place.health);
    table.number("health-interval", place.health_interval);
    table.texts("trusted", place.trusted);
    table.number("stall", place.stall);
    table.finish();
    table.must(place.path.starts_with('/'), "a proxy without a path that begins with /");
    table.must(!place.upstreams.empty(), "a proxy without upstreams: to = \"http://...\"");
    for (const std::string& each : place.trusted)
        table.must(net::network::try_parse(each).has_value(), "trusted: no network");
    return place;
}

cgi_place read_cgi(const std::string& path, const toml::node& value) {
    table_reader table(path, value);
    cgi_place place;
    place.said = table.said();
    table.text("path", place.path);
    table.text("folder", place.folder);
    table.text("program", place.program);
    table.number("within", place.within);
    table.number("at-once", place.at_once);
    table.finish();
    table.must(place.path.starts_with('/'), "the path does not begin with /");
    return place;
}

host_place read_host(const std::string& path, const toml::node& value) {
    table_reader table(path, value);
    host_place place;
    place.said = table.said();
    table.texts("names", place.names);
    table.text("folder", place.folder);
    table.text("cert", place.certificate);
    table.text("key", place.key);
    table.text("pass-file", place.password.file);
    table.text("staple", place.staple);
    table.tables("proxy",
                 [&](const toml::node& each) { place.proxies.push_back(read_proxy(path, each)); });
    table.tables("cgi",
                 [&](const toml::node& each) { place.programs.push_back(read_cgi(path, each)); });
    table.finish();
    table.must(!place.names.empty(), "a host without names");
    table.must(!place.certificate.empty() ||
                   (place.key.empty() && place.staple.empty() && place.password.file.empty()),
               "key, pass-file and staple are of a certificate: cert is missing");
    return place;
}

}  // namespace

void refuse_config(const std::string& path, const toml::source_region& where,
                   const std::string& why) {
    throw std::runtime_error(fmt::format("{}:{}: {}", escaped(path), where.begin.line, why));
}

bool read_hosting(const std::string& path, const std::string& key, const toml::node& value,
                  hosting_request& into) {
    const bool is_ours = key == "proxy" || key == "host" || (key == "cgi" && !value.is_string());
    if (!is_ours) return false;
    if (!value.is_array_of_tables())
        refuse_config(path, value.source(),
                      fmt::format("{} is a list of tables: [[{}]]", key, key));
    for (const toml::node& each : *value.as_array()) {
        if (key == "proxy") into.proxies.push_back(read_proxy(path, each));
        if (key == "cgi") into.programs.push_back(read_cgi(path, each));
        if (key == "host") into.hosts.push_back(read_host(path, each));
    }
    return true;
}

}  // namespace zocalo::program
