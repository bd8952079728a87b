// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "relay/key_password.hpp"
#include "zocalo/http/reverse_proxy.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/tls/options.hpp"

namespace zocalo::program {

struct context;

/// Requests for a path that others answer.
struct proxy_place {
    std::string said;  ///< where in a file it stands: "site.toml:3: "; empty for an option
    std::string path;
    std::vector<std::string> upstreams;
    bool strip = false;  ///< they do not see that path
    bool keep_host = true;
    bool least_connections = false;
    std::string health;  ///< a path of theirs that is asked for; empty: none is
    std::size_t health_interval = 10;
    std::vector<std::string> trusted;
    std::size_t stall = 60;
};

/// Requests for a path that programs answer.
struct cgi_place {
    std::string said;
    std::string path = "/cgi-bin";
    std::string folder;
    std::string program;
    std::size_t within = 60;
    std::size_t at_once = 32;
};

/// A site of its own, for some names of hosts.
struct host_place {
    std::string said;
    std::vector<std::string> names;
    std::string folder;  ///< may be empty
    std::string certificate;
    std::string key;
    key_password password;
    std::string staple;
    std::vector<proxy_place> proxies;
    std::vector<cgi_place> programs;
};

/// What `serve` answers with beside its folder.
struct hosting_request {
    std::vector<std::string> proxy_options;  ///< PATH=URL,...
    std::string cgi_option;                  ///< a folder
    std::string staple;                      ///< of the certificate of --cert
    std::size_t rate = 0;                    ///< requests in a second; 0: no limit
    bool digest = false;
    std::vector<proxy_place> proxies;
    std::vector<cgi_place> programs;
    std::vector<host_place> hosts;
};

/// What was asked for, made.
class hosting {
 public:
    /// Adds what the options of the command line say. Throws std::runtime_error for those.
    explicit hosting(hosting_request wanted, const context& shared);
    ~hosting();
    hosting(const hosting&) = delete;
    hosting& operator=(const hosting&) = delete;

    /// Adds the filters to a site that holds what else there is, and to those of the hosts, which
    /// tell what happens as that one does. `for_others` is for requests that are of none of those,
    /// and may be empty; `folder` is that of the site, and `make_folder` adds one's routes. Throws
    /// std::runtime_error that begins with the place in the file, as the next does.
    void add_to(http::site& front, const std::string& folder, const http::filter& for_others,
                const std::function<void(http::site& to, const std::string& folder)>& make_folder);
    /// Beside the certificate of everybody else.
    void add_certificates(tls::server_options& to) const;
    /// Whether a host has a certificate.
    [[nodiscard]] bool has_certificates() const noexcept;

    /// Has upstreams asked how they are, on a thread of its own, until this ends.
    void begin();

 private:
    class checks;

    void add_places(http::site& to, const std::string& folder,
                    const std::vector<proxy_place>& proxies,
                    const std::vector<cgi_place>& programs);

    const hosting_request wanted_;
    const context& shared_;
    std::vector<std::unique_ptr<http::site>> sites_;
    std::vector<http::reverse_proxy> checked_;
    std::unique_ptr<checks> checks_;
};

/// "/app=http://127.0.0.1:9000,http://127.0.0.1:9001". Throws CLI::ValidationError.
[[nodiscard]] proxy_place read_proxy_option(const std::string& text);

/// Reads a file of DER, and has the credentials show it.
[[nodiscard]] tls::credentials with_staple(const tls::credentials& who, const std::string& path);

}  // namespace zocalo::program
