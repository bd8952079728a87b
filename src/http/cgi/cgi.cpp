// SPDX-License-Identifier: MIT
#include "zocalo/http/cgi.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "http/below.hpp"
#include "http/cgi/cgi_run.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/serve/folder.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http {

namespace {

/// Where programs are, and how many run.
class cgi_place {
 public:
    explicit cgi_place(cgi_options options) : how(std::move(options)) {
        if (how.folder.empty() == how.program.empty())
            throw std::invalid_argument("CGI: a folder or a program, one of both");
        if (how.at_once == 0) throw std::invalid_argument("CGI: no program at once");
        if (!how.prefix.starts_with('/'))
            throw std::invalid_argument("CGI: prefix " + quoted(how.prefix) + " is no path");
        const std::string& from = how.folder.empty() ? how.program : how.folder;
        top_ = std::filesystem::canonical(from).string();
        if (!how.folder.empty()) folder_.emplace(top_);
    }

    /// The program that a path is about: the first part of it that is one. Nothing when none is.
    [[nodiscard]] std::optional<detail::cgi_script> find(std::string_view path) const {
        std::string_view rest =
            path.substr(how.prefix.size() - (how.prefix.ends_with('/') ? 1 : 0));
        if (!folder_) return detail::cgi_script{top_, without_slash(how.prefix), decoded(rest)};
        std::string name;
        while (!rest.empty()) {
            rest.remove_prefix(1);  // the slash
            const std::string part = decoded(rest.substr(0, rest.find('/')));
            rest = rest.substr(std::min(rest.find('/'), rest.size()));
            if (part.empty() || part.find('/') != std::string::npos) return {};
            name += (name.empty() ? "" : "/") + part;
            std::error_code why;
            const auto found = folder_->try_open(name, why);
            if (!found) return {};
            if (found->about().is_folder()) continue;
            const std::string_view its_path = path.substr(0, path.size() - rest.size());
            return detail::cgi_script{top_ + "/" + name, decoded(its_path), decoded(rest)};
        }
        return {};
    }

    const cgi_options how;
    std::atomic<std::size_t> running = 0;

 private:
    static std::string without_slash(std::string path) {
        while (path.ends_with('/'))
            path.pop_back();
        return path;
    }
    /// Once, after splitting.
    static std::string decoded(std::string_view text) {
        auto plain = url::try_unquote(text);
        const bool is_text = plain && plain->find('\0') == std::string::npos;
        if (!is_text) throw status_error(status::bad_request, "an escape that is none");
        return *std::move(plain);
    }

    std::string top_;
    std::optional<serve::folder> folder_;
};

/// One of so many.
class place_to_run {
 public:
    explicit place_to_run(cgi_place& in) : in_(in) {
        if (in_.running++ < in_.how.at_once) return;
        --in_.running;
        throw status_error(status::service_unavailable, "too many programs are running");
    }
    ~place_to_run() { --in_.running; }
    place_to_run(const place_to_run&) = delete;
    place_to_run& operator=(const place_to_run&) = delete;

 private:
    cgi_place& in_;
};

void check_runnable(const exchange& asked, const cgi_options& how) {
    const request_head& request = asked.request();
    if (request.method == method::trace || request.method == method::connect)
        throw status_error(status::method_not_allowed);
    if (!detail::is_below(asked.path(), how.prefix)) throw status_error(status::not_found);
    if (asked.has_content() && !asked.announced())
        throw status_error(status::length_required, "a program wants to know how much will come");
    if (asked.announced().value_or(0) > how.longest) throw status_error(status::content_too_large);
}

/// What cannot be executed is not shown either.
std::unique_ptr<detail::cgi_run> begin(const cgi_options& how, exchange& asked,
                                       const detail::cgi_script& which) {
    try {
        return std::make_unique<detail::cgi_run>(how, asked, which);
    } catch (const std::system_error& failure) {
        if (failure.code() != std::errc::permission_denied) throw;
    }
    throw status_error(status::forbidden, "no program");
}

io::task<> answer(std::shared_ptr<cgi_place> place, exchange& asked) {
    check_runnable(asked, place->how);
    const std::string path(asked.path());
    const auto look = [place, &path] { return place->find(path); };
    io::task<std::optional<detail::cgi_script>> looking = io::spawn_blocking(look);
    const std::optional<detail::cgi_script> which = co_await std::move(looking);
    if (!which) {
        asked.reply(status::not_found);
        co_return;
    }
    const place_to_run one(*place);
    const std::unique_ptr<detail::cgi_run> program = begin(place->how, asked, *which);
    io::task<> running = program->run();
    co_await std::move(running);
}

}  // namespace

handler cgi(const cgi_options& options) {
    const auto place = std::make_shared<cgi_place>(options);
    return [place](exchange& asked) { return answer(place, asked); };
}

}  // namespace zocalo::http
