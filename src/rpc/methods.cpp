// SPDX-License-Identifier: MIT
#include "zocalo/rpc/methods.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>

#include "zocalo/core/escape.hpp"

namespace zocalo::rpc {

namespace detail {

void wrong_parameter(std::size_t index, const std::exception& why) {
    throw fault(fault_code::invalid_parameters,
                "parameter " + std::to_string(index + 1) + ": " + why.what());
}

void require_count(std::size_t expected, std::size_t came) {
    if (expected == came) return;
    throw fault(fault_code::invalid_parameters, "parameters: " + std::to_string(expected) +
                                                    " expected, " + std::to_string(came) + " came");
}

void require_count(std::size_t least, std::size_t most, std::size_t came) {
    if (least == most) return require_count(most, came);
    if (least <= came && came <= most) return;
    throw fault(fault_code::invalid_parameters, "parameters: " + std::to_string(least) + " to " +
                                                    std::to_string(most) + " expected, " +
                                                    std::to_string(came) + " came");
}

}  // namespace detail

namespace {

constexpr std::string_view multicall = "system.multicall";

/// What the methods of `system.` are, for whoever asks. The others are answered by describe().
const std::map<std::string, method, std::less<>>& methods_of_system() {
    static const std::map<std::string, method, std::less<>> all{
        {"system.listMethods", {{}, {"array"}, "The names of all methods.", {}, 0}},
        {"system.methodHelp",
         {{}, {"string", "string"}, "What a method does, in words.", {"name"}, 0}},
        {"system.methodSignature",
         {{},
          {"array", "string"},
          "Its signatures: what it gives, then what it takes.",
          {"name"},
          0}},
        {std::string(multicall),
         {{},
          {"array", "array"},
          "Calls several: each is a struct of methodName and params; each answer is an array of "
          "one value, or the struct of a fault.",
          {"calls"},
          0}},
    };
    return all;
}

value describe_fault(const fault& failed) {
    return value::structure{{"faultCode", failed.code()}, {"faultString", failed.what()}};
}

/// Throws fault for one that is none.
invocation to_invocation(const value& from) {
    try {
        return {from_value<std::string>(from.at("methodName")),
                from_value<std::vector<value>>(from.at("params"))};
    } catch (const std::logic_error&) {  // out_of_range
        throw fault(fault_code::invalid_parameters, "each call has a methodName and params");
    } catch (const protocol_error& error) {
        throw fault(fault_code::invalid_parameters, std::string("a call: ") + error.what());
    }
}

}  // namespace

methods& methods::add_method(std::string name, method what) {
    if (name.empty() || name.starts_with("system."))
        throw std::invalid_argument("a method cannot have the name " + quoted(name));
    const auto [place, is_new] = all_.try_emplace(std::move(name));
    if (!is_new) throw std::invalid_argument("a second method " + quoted(place->first));
    place->second = std::move(what);
    return *this;
}

void methods::wrong_names(const std::string& name) {
    throw std::invalid_argument("method " + quoted(name) +
                                ": a name for each parameter, or none at all");
}

const method* methods::find(std::string_view name) const noexcept {
    const auto& all = name.starts_with("system.") ? methods_of_system() : all_;
    const auto found = all.find(name);
    return found == all.end() ? nullptr : &found->second;
}

std::vector<std::string> methods::names() const {
    std::vector<std::string> all;
    for (const auto& [name, what] : all_)
        all.push_back(name);
    for (const auto& [name, what] : methods_of_system())
        all.push_back(name);
    std::ranges::sort(all);
    return all;
}

io::task<value> methods::call(invocation what, caller by) const {
    const failure rethrow = [](const auto& /*method*/, const std::exception_ptr& error) {
        std::rethrow_exception(error);
    };
    io::task<value> called = call_for_others(std::move(what), rethrow, by);
    value got = co_await std::move(called);
    co_return got;
}

io::task<value> methods::call_for_others(invocation what, const failure& failed, caller by) const {
    const method* const found = find(what.method);
    if (found == nullptr) {
        throw fault(fault_code::method_not_found, "there is no method " + quoted(what.method, 64));
    }
    if (what.method == multicall) {
        io::task<value> called = call_many(std::move(what.parameters), failed, by);
        value got = co_await std::move(called);
        co_return got;
    }
    if (!found->call) co_return describe(what);
    std::exception_ptr error;
    try {
        io::task<value> called = found->call(std::move(what.parameters), by);
        value got = co_await std::move(called);
        co_return got;
    } catch (const fault&) {
        throw;
    } catch (const std::system_error& stopped) {
        if (stopped.code() == std::errc::operation_canceled) throw;
        error = std::current_exception();
    } catch (...) {
        error = std::current_exception();
    }
    failed(what.method, error);
    throw fault(fault_code::internal_error, "internal error");
}

io::task<value> methods::call_many(std::vector<value> parameters, const failure& failed,
                                   caller by) const {
    detail::require_count(1, parameters.size());
    const auto calls = detail::parameter<std::vector<value>>(parameters, 0);
    if (calls.size() > limits_.calls) {
        throw fault(fault_code::invalid_parameters,
                    "more than " + std::to_string(limits_.calls) + " calls");
    }
    value::array answers;
    for (const value& each : calls) {
        try {
            invocation asked = to_invocation(each);
            if (asked.method == multicall) {
                throw fault(fault_code::invalid_parameters,
                            "system.multicall does not call itself");
            }
            io::task<value> called = call_for_others(std::move(asked), failed, by);
            value got = co_await std::move(called);
            answers.push_back(list(std::move(got)));
        } catch (const fault& wrong) {
            answers.push_back(describe_fault(wrong));
        }
    }
    co_return value(std::move(answers));
}

value methods::describe(const invocation& asked) const {
    if (asked.method == "system.listMethods") {
        detail::require_count(0, asked.parameters.size());
        return to_value(names());
    }
    detail::require_count(1, asked.parameters.size());
    const auto name = detail::parameter<std::string>(asked.parameters, 0);
    const method* const told = find(name);
    if (told == nullptr)
        throw fault(fault_code::method_not_found, "there is no method " + quoted(name, 64));
    if (asked.method == "system.methodHelp") return told->help;
    if (told->signature.empty()) return "undef";
    return list(to_value(told->signature));
}

}  // namespace zocalo::rpc
