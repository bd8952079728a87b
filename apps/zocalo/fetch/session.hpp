// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "fetch/web_options.hpp"
#include "zocalo/gopher/client.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/opener/opener.hpp"

namespace zocalo::http {
class alt_svc_store;
class cookie_jar;
class hsts_store;
}  // namespace zocalo::http

namespace zocalo::program {

/// The clients that the options ask for; they share what they know.
class session {
 public:
    /// `decode`: asks for compressed content. Throws std::invalid_argument and file_error for
    /// options that cannot be.
    session(const web_options& options, bool decode);
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    [[nodiscard]] http::client& http() noexcept { return http_; }
    /// For file: and data:, which nobody but the user can lead to.
    [[nodiscard]] url::opener& local() noexcept { return local_; }
    /// Throws std::invalid_argument when everything goes to a Unix socket, where HTTP is spoken.
    [[nodiscard]] const gopher::client& gopher() const;

    /// Throws std::invalid_argument for a URL whose scheme --proto does not have; that of HTTP is
    /// looked at by http().
    void admit(std::string_view url) const;

    /// Told what -v shows of dialogues that are not HTTP: with Gopher servers and with proxies;
    /// lines without secrets. Before anything is fetched.
    void hear(std::function<void(const std::string& line)> listener) {
        listener_ = std::move(listener);
    }

    /// What is to be said of --trace; null without it.
    [[nodiscard]] wire_log* trace() const noexcept { return trace_.get(); }

    /// What -H says of a field that would be sent otherwise.
    [[nodiscard]] bool leaves_out(std::string_view name) const noexcept {
        return fields_.leaves_out(name);
    }

    void take_away(http::fields& from) const {
        for (const std::string& each : fields_.without)
            from.remove(each);
    }

    /// A request with the fields and the name that the options give to each.
    [[nodiscard]] http::request request_for(const std::string& url) const;

    /// Writes the cookies, the hosts that want TLS and the alternatives into the files that the
    /// options name, if they do.
    [[nodiscard]] io::task<> save();

 private:
    [[nodiscard]] io::stream over_http(io::stream made) const;
    [[nodiscard]] io::stream over_gopher(io::stream made) const;
    [[nodiscard]] io::stream over_proxy(io::stream made, const io::proxy& with) const;
    [[nodiscard]] std::optional<http::login> login_for(const std::string& url) const;
    [[nodiscard]] http::client_options http_options(bool decode);
    [[nodiscard]] gopher::client_options gopher_options();
    void tell_tls(const io::stream& made) const;

    const web_options& options_;
    std::function<void(const std::string& line)> listener_;
    const web_fields fields_;
    std::optional<http::login> login_;
    std::optional<url::netrc> netrc_;
    std::shared_ptr<http::cookie_jar> cookies_;  ///< null: servers are not reminded of anything
    std::shared_ptr<http::hsts_store> hsts_;     ///< null: nobody has wishes
    std::shared_ptr<http::alt_svc_store> alternatives_;  ///< null: sites are asked where they are
    std::optional<io::proxy> proxy_;
    std::shared_ptr<wire_log> trace_;  ///< null: nothing is written down
    io::resolver names_;
    http::client http_;
    gopher::client gopher_;
    url::opener local_;
};

/// The URL that somebody has typed: `http://` when there is no scheme, as browsers read it. Throws
/// std::invalid_argument for what is none, and for a scheme that this program does not speak.
[[nodiscard]] std::string url_of(std::string_view typed);

[[nodiscard]] bool is_gopher(std::string_view url) noexcept;
/// file: and data:
[[nodiscard]] bool is_local(std::string_view url) noexcept;

}  // namespace zocalo::program
