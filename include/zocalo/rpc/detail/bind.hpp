// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "zocalo/core/error.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/rpc/caller.hpp"
#include "zocalo/rpc/convert.hpp"
#include "zocalo/rpc/fault.hpp"

/// What C++ knows about a function, as a method of RPC.
namespace zocalo::rpc::detail {

/// Parameters that a call brings, and whether the first one of the function is its caller.
template <class... Parameters>
struct brought {
    using parameters = std::tuple<Parameters...>;
    static constexpr bool wants_caller = false;
};
template <class... Parameters>
struct brought<caller, Parameters...> : brought<Parameters...> {
    static constexpr bool wants_caller = true;
};

/// The result and the parameters of a function.
template <class Function>
struct shape : shape<decltype(&Function::operator())> {};
template <class Result, class... Parameters>
struct shape<Result (*)(Parameters...)> : brought<std::decay_t<Parameters>...> {
    using result = Result;
};
template <class Result, class Class, class... Parameters>
struct shape<Result (Class::*)(Parameters...)> : shape<Result (*)(Parameters...)> {};
template <class Result, class Class, class... Parameters>
struct shape<Result (Class::*)(Parameters...) const> : shape<Result (*)(Parameters...)> {};

/// What a task gives, or the type itself.
template <class Result>
struct outcome {
    using type = Result;
    static constexpr bool is_task = false;
};
template <class Result>
struct outcome<io::task<Result>> {
    using type = Result;
    static constexpr bool is_task = true;
};

template <class Result>
std::string name_of_result() {
    if constexpr (std::is_void_v<Result>) {
        return "nil";
    } else {
        return std::string(conversion<Result>::name);
    }
}

/// Throws fault (invalid_parameters): "parameter 2: int expected, string came".
[[noreturn]] void wrong_parameter(std::size_t index, const std::exception& why);
/// Throws fault (invalid_parameters) unless there are as many.
void require_count(std::size_t expected, std::size_t came);
void require_count(std::size_t least, std::size_t most, std::size_t came);

template <class T>
inline constexpr bool may_be_nil = false;
template <class T>
inline constexpr bool may_be_nil<std::optional<T>> = true;

/// How many of the last ones may be left out.
template <class Parameters, std::size_t... Index>
constexpr std::size_t count_optional(std::index_sequence<Index...> /*which*/) {
    std::size_t count = 0;
    ((count = may_be_nil<std::tuple_element_t<Index, Parameters>> ? count + 1 : 0), ...);
    return count;
}

template <class T>
T parameter(const std::vector<value>& from, std::size_t index) {
    try {
        return from_value<T>(from[index]);
    } catch (const protocol_error& error) {
        wrong_parameter(index, error);
    } catch (const std::out_of_range& error) {
        wrong_parameter(index, error);
    }
}

template <class Parameters, std::size_t... Index>
Parameters read_all(std::vector<value>& from, std::index_sequence<Index...> which) {
    constexpr std::size_t most = sizeof...(Index);
    require_count(most - count_optional<Parameters>(which), most, from.size());
    from.resize(most);
    return Parameters{parameter<std::tuple_element_t<Index, Parameters>>(from, Index)...};
}

template <class Function, class Parameters>
decltype(auto) apply_for(const caller& by, const Function& function, Parameters&& parameters) {
    if constexpr (shape<Function>::wants_caller) {
        return std::apply(function,
                          std::tuple_cat(std::tie(by), std::forward<Parameters>(parameters)));
    } else {
        return std::apply(function, std::forward<Parameters>(parameters));
    }
}

/// Calls it, and waits when that is a task.
template <class Function, class Parameters>
io::task<value> invoke(const Function& function, std::vector<value> given, caller by) {
    constexpr auto indices = std::make_index_sequence<std::tuple_size_v<Parameters>>();
    using called = typename shape<Function>::result;
    using result = typename outcome<called>::type;
    auto parameters = read_all<Parameters>(given, indices);
    if constexpr (!outcome<called>::is_task) {
        if constexpr (std::is_void_v<result>) {
            apply_for(by, function, std::forward<Parameters>(parameters));
            co_return value();
        } else {
            co_return to_value<result>(
                apply_for(by, function, std::forward<Parameters>(parameters)));
        }
    } else {
        called running = apply_for(by, function, std::forward<Parameters>(parameters));
        if constexpr (std::is_void_v<result>) {
            co_await std::move(running);
            co_return value();
        } else {
            result got = co_await std::move(running);
            co_return to_value<result>(got);
        }
    }
}

/// A member as a function that knows its object.
template <class Object, class Class, class Result, class... Parameters>
auto bound_member(Object& of, Result (Class::*member)(Parameters...)) {
    return [&of, member](Parameters... given) -> Result {
        return (of.*member)(std::forward<Parameters>(given)...);
    };
}
template <class Object, class Class, class Result, class... Parameters>
auto bound_member(const Object& of, Result (Class::*member)(Parameters...) const) {
    return [&of, member](Parameters... given) -> Result {
        return (of.*member)(std::forward<Parameters>(given)...);
    };
}

template <class Method, class Function>
Method bind(Function function) {
    using parameters = typename shape<Function>::parameters;
    using result = typename outcome<typename shape<Function>::result>::type;
    Method made;
    made.signature = {name_of_result<result>()};
    [&]<std::size_t... Index>(std::index_sequence<Index...> /*which*/) {
        (made.signature.emplace_back(conversion<std::tuple_element_t<Index, parameters>>::name),
         ...);
    }(std::make_index_sequence<std::tuple_size_v<parameters>>());
    made.optional =
        count_optional<parameters>(std::make_index_sequence<std::tuple_size_v<parameters>>());
    made.call = [function = std::move(function)](std::vector<value> given, const caller& by) {
        return invoke<Function, parameters>(function, std::move(given), by);
    };
    return made;
}

}  // namespace zocalo::rpc::detail
