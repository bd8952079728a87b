// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "zocalo/http/client.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/rpc/convert.hpp"
#include "zocalo/rpc/fault.hpp"
#include "zocalo/rpc/invocation.hpp"

/// Calling procedures of others.
namespace zocalo::rpc {

enum class protocol : std::uint8_t {
    xml,   ///< XML-RPC
    json,  ///< JSON-RPC 2.0 over HTTP
};

/// How a proxy calls.
struct proxy_options {
    // --- Behaviour

    rpc::protocol speaks = protocol::xml;
    /// How it asks: TLS, proxies, time-outs, cookies. Its limit of content is that of `limits`.
    http::client_options http = {};
    /// Sent with each call.
    http::fields fields = {};
    /// The same, to the URL's own server only.
    http::fields secrets = {};
    std::optional<http::login> login = std::nullopt;
    /// Without it a nil among the parameters is refused before anything is sent (XML-RPC).
    bool allow_nil = true;

    // --- Performance

    /// Calls of so many bytes are sent in gzip; none: never, as not every server reads it.
    std::optional<std::size_t> compress_from = std::nullopt;

    // --- Limits

    document_limits limits = {};  ///< of answers
};

namespace detail {
/// The result, read as a T.
template <class T>
io::task<T> typed(io::task<value> called) {
    value got = co_await std::move(called);
    if constexpr (!std::is_void_v<T>) co_return from_value<T>(got);
}
}  // namespace detail

/// A server's procedures.
///
///     rpc::proxy sums("https://example.org/RPC2");
///     const int three = co_await sums.call<int>("add", 1, 2);
///
/// Each call is one POST, which is never sent twice by itself: whether that does harm only the
/// procedure knows. `user:password@` in the URL is a login.
///
/// **Threads.** Those of http::client. **Lifetime.** It has to outlive its calls. **Cancellation**
/// closes the connection; the procedure may run nevertheless. **Errors.** fault: the procedure's
/// own; http::error_response for another status than 200; protocol_error for an answer that is
/// none, or has a result of another kind; std::invalid_argument for what the protocol cannot say;
/// what http::client throws.
class proxy {
 public:
    /// Throws std::invalid_argument for options that do not go together.
    explicit proxy(std::string url, proxy_options options = {});
    /// With a client that others use, too, which has to outlive it; `options.http` is not used
    /// then.
    proxy(std::string url, http::client& by, proxy_options options = {});
    proxy(const proxy&) = delete;
    proxy& operator=(const proxy&) = delete;
    ~proxy() = default;

    /// Calls with parameters of any types that conversion<> knows, and gives the result as one.
    /// void: whatever it is.
    template <class Result = value, class... Parameters>
    [[nodiscard]] io::task<Result> call(std::string method, const Parameters&... parameters) {
        std::vector<value> all;
        all.reserve(sizeof...(parameters));
        (all.push_back(to_value<std::decay_t<const Parameters&>>(parameters)), ...);
        return detail::typed<Result>(invoke({std::move(method), std::move(all)}));
    }
    /// The same with values.
    [[nodiscard]] io::task<value> invoke(invocation what);
    /// Calls without waiting for more than that the server has it (JSON-RPC). Throws
    /// std::invalid_argument for XML-RPC, which always answers.
    [[nodiscard]] io::task<> notify(invocation what);
    /// Several calls in one request: `system.multicall`, or a batch of JSON-RPC. One that fails is
    /// a fault in its place.
    [[nodiscard]] io::task<std::vector<outcome>> invoke_all(std::vector<invocation> what);

    /// What the server says about itself: `system.listMethods` and its kin.
    [[nodiscard]] io::task<std::vector<std::string>> method_names();
    [[nodiscard]] io::task<std::string> method_help(const std::string& name);
    /// Each is what the method gives, then what it takes; none when the server does not say.
    [[nodiscard]] io::task<std::vector<std::vector<std::string>>> method_signatures(
        std::string name);

    /// Closes the connections that wait for the next call.
    void close_resting() noexcept { by_->close_resting(); }

 private:
    /// Sends a document, and gives what answers it.
    [[nodiscard]] io::task<std::string> exchange(std::string document);
    [[nodiscard]] http::request request_for(std::string document) const;

    std::string url_;
    proxy_options options_;
    std::optional<http::client> own_;
    http::client* by_;
    std::int64_t calls_ = 0;
};

}  // namespace zocalo::rpc
