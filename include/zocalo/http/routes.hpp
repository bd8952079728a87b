// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/http/exchange.hpp"
#include "zocalo/http/method.hpp"
#include "zocalo/io/task.hpp"

/// Which handler answers which requests.
namespace zocalo::http {

/// Answers a request. One that never waits may be a plain function, and is cheaper.
using handler = std::function<io::task<>(exchange& asked)>;
using plain_handler = std::function<void(exchange& asked)>;

/// Patterns of paths, and their handlers.
///
/// A pattern is a path in which a segment may be `{name}`, which matches any one segment that is
/// not empty, and the last one `{name...}`, which matches the rest, empty too. Where several match,
/// words go before names and names before rests, from left to right; in what order they were added
/// does not matter. Paths are compared as they were sent: nothing is decoded before it is split.
class routes {
 public:
    struct route {
        http::method method;
        std::string pattern;
        plain_handler at_once;  ///< empty when `talk` is not
        handler talk;
        bool is_plain = false;  ///< the pattern has only words: it is the path
    };
    /// Names of a pattern, and what they stood for.
    using parameters = std::vector<std::pair<std::string_view, std::string_view>>;

    /// Throws std::invalid_argument for a pattern that is none, or is there already.
    template <class Handler>
        requires std::invocable<Handler&, exchange&>
    routes& add(const http::method& what, std::string_view pattern, Handler talk) {
        if constexpr (std::is_void_v<std::invoke_result_t<Handler&, exchange&>>) {
            insert({.method = what,
                    .pattern = std::string(pattern),
                    .at_once = std::move(talk),
                    .talk = {}});
        } else {
            insert({.method = what,
                    .pattern = std::string(pattern),
                    .at_once = {},
                    .talk = std::move(talk)});
        }
        return *this;
    }
    template <class Handler>
    routes& get(std::string_view pattern, Handler talk) {
        return add(method::get, pattern, std::move(talk));
    }
    template <class Handler>
    routes& post(std::string_view pattern, Handler talk) {
        return add(method::post, pattern, std::move(talk));
    }
    template <class Handler>
    routes& put(std::string_view pattern, Handler talk) {
        return add(method::put, pattern, std::move(talk));
    }
    template <class Handler>
    routes& delete_(std::string_view pattern, Handler talk) {  // NOLINT: the word is a keyword
        return add(method::delete_, pattern, std::move(talk));
    }

    /// The route for a request, or null. HEAD is answered by GET's where it has none of its own.
    [[nodiscard]] const route* find(const http::method& what, std::string_view path,
                                    parameters& found) const;
    /// Whether any path has that method.
    [[nodiscard]] bool know(const http::method& what) const noexcept;
    /// The methods that a path has, as in `Allow`: "GET, HEAD, OPTIONS". Empty for no such path;
    /// for `*`, which is the server as a whole (RFC 9110 §9.3.7), those of all paths.
    [[nodiscard]] std::string allowed(std::string_view path) const;

 private:
    void insert(route made);

    std::vector<route> all_;  ///< the more exact ones first
};

}  // namespace zocalo::http
