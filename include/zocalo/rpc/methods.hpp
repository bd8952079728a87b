// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "zocalo/io/task.hpp"
#include "zocalo/rpc/caller.hpp"
#include "zocalo/rpc/convert.hpp"
#include "zocalo/rpc/detail/bind.hpp"
#include "zocalo/rpc/fault.hpp"
#include "zocalo/rpc/invocation.hpp"

/// Procedures that others may call, whatever the documents look like in which they do.
namespace zocalo::rpc {

/// One of them.
struct method {
    /// Throws fault, or anything else, which callers are not told.
    std::function<io::task<value>(std::vector<value> parameters, const caller& by)> call;
    /// What it gives, then what it takes; empty: anything.
    std::vector<std::string> signature = {};
    /// For people.
    std::string help = {};
    /// Of its parameters, for callers who name them (JSON-RPC). Empty: they cannot.
    std::vector<std::string> names = {};
    /// How many of its parameters, the last ones, may be left out: they are nil then.
    std::size_t optional = 0;
};

/// Names and what they call.
///
///     rpc::methods sums;
///     sums.add("add", [](int a, int b) { return a + b; }, {.help = "The sum of two numbers."});
///     sums.add("wait", [](double seconds) -> io::task<> {
///         co_await io::sleep(std::chrono::duration<double>(seconds));
///     });
///
/// `system.listMethods`, `system.methodHelp`, `system.methodSignature` and `system.multicall` are
/// there by themselves. **Threads.** Once it is served it must not change; it may then be used by
/// any, which call its functions.
class methods {
 public:
    /// What is told about a method, beside its types.
    struct about {
        std::string help = {};
        std::vector<std::string> names = {};
    };

    explicit methods(const document_limits& limits = {}) : limits_(limits) {}

    /// A function or a lambda, of types that conversion<> knows; it may be a coroutine that gives
    /// io::task<T>. Parameters at its end that are std::optional may be left out. A first parameter
    /// `const rpc::caller&` is who calls. It is called on the loop: what blocks goes through
    /// io::spawn_blocking().
    ///
    /// Throws std::invalid_argument for a name that is there already or begins with `system.`, and
    /// for names of parameters that are not as many as those.
    template <class Function>
    methods& add(std::string name, Function function) {
        return add(std::move(name), std::move(function), about{});
    }
    template <class Function>
    methods& add(std::string name, Function function, about what) {
        auto made = detail::bind<method>(std::move(function));
        if (!what.names.empty() && what.names.size() + 1 != made.signature.size())
            wrong_names(name);
        made.help = std::move(what.help);
        made.names = std::move(what.names);
        return add_method(std::move(name), std::move(made));
    }
    /// A member of an object, which has to outlive this: `sums.add("add", book, &ledger::add)`.
    /// Nothing of an object may be called that is not named so.
    template <class Object, class Member>
        requires std::is_member_function_pointer_v<Member>
    methods& add(std::string name, Object& of, Member member, about what) {
        return add(std::move(name), detail::bound_member(of, member), std::move(what));
    }
    template <class Object, class Member>
        requires std::is_member_function_pointer_v<Member>
    methods& add(std::string name, Object& of, Member member) {
        return add(std::move(name), of, member, about{});
    }
    /// One that takes anything.
    methods& add_method(std::string name, method what);

    /// Null when there is none.
    [[nodiscard]] const method* find(std::string_view name) const noexcept;
    /// All of them, and those of `system.`, in order.
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] const document_limits& limits() const noexcept { return limits_; }

    /// Calls one for `by`, which has to be there until the task has ended. Throws fault: what it
    /// failed with, method_not_found or invalid_parameters; any other exception of a method passes
    /// through.
    [[nodiscard]] io::task<value> call(invocation what, caller by = {}) const;
    /// Tells `failed` what a method has thrown that is no fault, and makes it internal_error: what
    /// goes wrong inside is nobody else's business.
    using failure = std::function<void(const std::string& method, std::exception_ptr error)>;
    [[nodiscard]] io::task<value> call_for_others(invocation what, const failure& failed,
                                                  caller by = {}) const;

 private:
    [[noreturn]] static void wrong_names(const std::string& name);
    [[nodiscard]] io::task<value> call_many(std::vector<value> parameters, const failure& failed,
                                            caller by) const;
    [[nodiscard]] value describe(const invocation& asked) const;

    std::map<std::string, method, std::less<>> all_;
    document_limits limits_;
};

}  // namespace zocalo::rpc
