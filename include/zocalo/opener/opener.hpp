// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/gopher/client.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/request.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/opener/opened.hpp"

/// Opening URLs, whatever their scheme is: what Python calls urllib.request.
namespace zocalo::url {

struct opener_options {
    // --- Behaviour

    /// For http and https: logins, proxies, cookies, fields for every request.
    http::client_options http = {};
    /// For gopher and gophers.
    gopher::client_options gopher = {};
    /// Whether `file:` opens files of this machine. Not for URLs that somebody else may choose:
    /// each one would read whatever this process may read.
    bool files = false;

    // --- Limits

    /// Bytes of a `data:` URL's content.
    std::size_t data = std::size_t{64} << 20;
    /// Names in the list of a folder; one with more is refused.
    std::size_t names = 10000;
    /// Until the content can be read, everything that is asked on the way included.
    timeout within = std::chrono::minutes(10);
};

/// What is in the file that retrieve() has made.
struct retrieved {
    std::string path;
    std::uint64_t size = 0;  ///< bytes
    std::string url;         ///< where it came from, after all redirects
    http::fields fields;
};

/// Opens URLs: a handler for each scheme, and those who look at what is asked and answered.
///
///     url::opener opener;
///     url::opened page = co_await opener.open("https://example.org/");
///     std::cout << co_await page.text();
///
/// It knows `http`, `https`, `gopher`, `gophers`, `data`, and `file` when the options say so.
/// Anything else is five lines:
///
///     opener.add("hello", [](http::request what) -> io::task<url::opened> {
///         url::opened page(what.url, "Hello from " + what.url + '\n');
///         page.fields().add("Content-Type", "text/plain");
///         co_return page;
///     });
///
/// **Order.** The filters before, in the order in which they were added; the handler of the scheme;
/// the filters after; then whoever answers to the status. A request is http::request for every
/// scheme; what a scheme has no use for is an error there, not passed over.
/// **Redirects** are http's own and lead to http and https only: no answer ever opens a file, a
/// `data:` URL, Gopher or a handler of yours.
/// **Threads.** As http::client: any number of tasks of one loop, or .get() on one thread; what is
/// added is added before. **Lifetime.** It has to outlive its tasks; what was opened may outlive
/// it. **Errors.** Those of the handlers, see there; std::invalid_argument for text that is no URL
/// and for a scheme that nobody handles; error_answer for a status that is an error.
class opener {
 public:
    /// Opens the URLs of a scheme.
    using handler = std::function<io::task<opened>(http::request what)>;
    /// Sees a request and may change it. What it throws is what open() throws.
    using request_filter = std::function<void(http::request& what)>;
    /// Sees what was asked for and what came, and gives that or something else.
    using answer_filter = std::function<io::task<opened>(const http::request& what, opened answer)>;

    /// Throws std::invalid_argument for options that do not go together.
    explicit opener(opener_options options = {});
    ~opener();
    opener(opener&&) noexcept;
    opener& operator=(opener&&) noexcept;

    /// Takes the place of who handled that scheme. Throws std::invalid_argument for what can be no
    /// scheme.
    opener& add(std::string_view scheme, handler with);
    /// Who handles it, for a handler that passes on what it does not want itself; empty when nobody
    /// does.
    [[nodiscard]] handler find(std::string_view scheme) const;
    /// Whether there was one.
    bool remove(std::string_view scheme);
    /// Who is asked for schemes that nobody handles.
    opener& otherwise(handler with);

    /// Is shown the requests of a scheme; `*` is all of them.
    opener& before(std::string_view scheme, request_filter with);
    /// Is shown the answers of a scheme; `*` is all of them.
    opener& after(std::string_view scheme, answer_filter with);
    /// Answers in place of whom has answered with that status; an error is none then.
    opener& on_status(http::status status, answer_filter with);

    [[nodiscard]] io::task<opened> open(std::string url);
    [[nodiscard]] io::task<opened> open(http::request what);

    /// Told how much is in the file, of how much if that is known: once before the first piece, and
    /// after each one.
    using progress = std::function<void(std::uint64_t done, http::content_size of)>;
    /// Opens it and puts its content into a file, which is there when all of it is: as it was sent,
    /// for no coding is asked for. A file that had the path is replaced.
    ///
    /// Throws content_too_short, and leaves nothing, when there is less than was said.
    /// http::download() goes on where it was broken off instead.
    [[nodiscard]] io::task<retrieved> retrieve(std::string url, std::string path,
                                               progress told = {});
    [[nodiscard]] io::task<retrieved> retrieve(http::request what, std::string path,
                                               progress told = {});

 private:
    struct parts;
    [[nodiscard]] static io::task<opened> ask(std::shared_ptr<const parts> with,
                                              http::request what);

    std::shared_ptr<parts> parts_;
};

/// The same by an opener that is made for it and knows no files.
[[nodiscard]] io::task<opened> open(std::string url);
[[nodiscard]] io::task<retrieved> retrieve(std::string url, std::string path,
                                           opener::progress told = {});

}  // namespace zocalo::url
