// SPDX-License-Identifier: MIT
#include "zocalo/rpc/methods.hpp"

#include <gmock/gmock.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "zocalo/rpc/json.hpp"

namespace {

namespace io = zocalo::io;
namespace rpc = zocalo::rpc;
using rpc::value;
using testing::ElementsAre;

io::task<std::string> greet(std::string name) {
    std::string text = "Hello, " + name;
    co_return text;
}

rpc::methods made() {
    rpc::methods all;
    all.add("add", [](int a, int b) { return a + b; }, {.help = "The sum.", .names = {"a", "b"}});
    all.add("greet", greet);
    all.add("nothing", [] {});
    all.add("join", [](const std::vector<std::string>& words, std::optional<std::string> between) {
        std::string text;
        for (const std::string& each : words)
            text.append(text.empty() ? "" : between.value_or(" ")).append(each);
        return text;
    });
    all.add("fail", []() -> int { throw rpc::fault(17, "no"); });
    all.add("break", []() -> int { throw std::runtime_error("secret"); });
    all.add_method("count", {.call = [](std::vector<value> given,
                                        const rpc::caller& /*by*/) -> io::task<value> {
                       const value size = given.size();
                       co_return size;
                   }});
    return all;
}

value call(const rpc::methods& all, std::string name, std::vector<value> parameters = {}) {
    return all.call({std::move(name), std::move(parameters)}).get();
}

/// The code and the text of the fault.
std::string failure(const rpc::methods& all, std::string name, std::vector<value> parameters = {}) {
    try {
        (void)call(all, std::move(name), std::move(parameters));
        return "none";
    } catch (const rpc::fault& wrong) {
        return std::to_string(wrong.code()) + ": " + wrong.what();
    }
}

class account {
 public:
    int deposit(int amount) { return balance_ += amount; }
    [[nodiscard]] int balance() const { return balance_; }
    io::task<std::string> rename(const std::string& name) {
        name_ = name;
        co_return name_;
    }

 private:
    int balance_ = 0;
    std::string name_;
};

TEST(rpc_methods, are_members_of_objects) {
    account mine;
    const account& seen = mine;
    rpc::methods all;
    all.add("deposit", mine, &account::deposit, {.help = "More.", .names = {"amount"}})
        .add("balance", seen, &account::balance)
        .add("rename", mine, &account::rename);
    EXPECT_EQ(call(all, "deposit", {5}), value(5));
    EXPECT_EQ(call(all, "deposit", {7}), value(12));
    EXPECT_EQ(call(all, "balance"), value(12));
    EXPECT_EQ(call(all, "rename", {"savings"}), value("savings"));
    EXPECT_EQ(all.find("deposit")->help, "More.");
    EXPECT_THAT(all.find("deposit")->signature, ElementsAre("int", "int"));
    EXPECT_EQ(all.find("name_"), nullptr);
    EXPECT_THROW(all.add("deposit", mine, &account::deposit), std::invalid_argument);
}

TEST(rpc_methods, are_called) {
    const rpc::methods all = made();
    EXPECT_EQ(call(all, "add", {1, 2}), value(3));
    EXPECT_EQ(call(all, "greet", {"Ada"}), value("Hello, Ada"));
    EXPECT_EQ(call(all, "nothing"), value());
    EXPECT_EQ(call(all, "join", {rpc::list("a", "b"), value()}), value("a b"));
    EXPECT_EQ(call(all, "join", {rpc::list("a", "b"), "-"}), value("a-b"));
    EXPECT_EQ(call(all, "count", {1, "2", value()}), value(3));
}

TEST(rpc_methods, take_less_where_the_last_parameters_are_optional) {
    const rpc::methods all = made();
    EXPECT_EQ(call(all, "join", {rpc::list("a", "b")}), value("a b"));
    EXPECT_EQ(failure(all, "join"), "-32602: parameters: 1 to 2 expected, 0 came");
    EXPECT_EQ(failure(all, "join", {rpc::list("a"), "-", 3}),
              "-32602: parameters: 1 to 2 expected, 3 came");
}

TEST(rpc_methods, take_and_give_64_bits_without_a_sign) {
    rpc::methods all;
    all.add("same", [](std::uint64_t number) { return number; });
    EXPECT_EQ(call(all, "same", {7}), value(7));
    EXPECT_EQ(call(all, "same", {rpc::parse_json("18446744073709551615")}),
              value(rpc::decimal{"18446744073709551615"}));
    EXPECT_EQ(failure(all, "same", {-1}), "-32602: parameter 1: int out of range: -1");
    EXPECT_EQ(failure(all, "same", {rpc::decimal{"18446744073709551616"}}),
              "-32602: parameter 1: int expected, bigdecimal came");
}

TEST(rpc_methods, say_what_is_wrong) {
    const rpc::methods all = made();
    EXPECT_EQ(failure(all, "sub"), "-32601: there is no method \"sub\"");
    EXPECT_EQ(failure(all, "add", {1}), "-32602: parameters: 2 expected, 1 came");
    EXPECT_EQ(failure(all, "add", {1, "2"}), "-32602: parameter 2: int expected, string came");
    EXPECT_EQ(failure(all, "join", {rpc::list("a", 2), value()}),
              "-32602: parameter 1: string expected, int came");
    EXPECT_EQ(failure(all, "fail"), "17: no");
    EXPECT_THROW((void)call(all, "break"), std::runtime_error);
}

TEST(rpc_methods, keep_what_goes_wrong_inside) {
    const rpc::methods all = made();
    std::string told;
    const auto tell = [&](const std::string& name, const std::exception_ptr& error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& what) {
            told = name + ": " + what.what();
        }
    };
    try {
        (void)all.call_for_others({"break"}, tell).get();
        ADD_FAILURE() << "no fault";
    } catch (const rpc::fault& wrong) {
        EXPECT_EQ(wrong.code(), rpc::fault_code::internal_error);
        EXPECT_STREQ(wrong.what(), "internal error");
    }
    EXPECT_EQ(told, "break: secret");
}

TEST(rpc_methods, that_are_cancelled_are_no_failures) {
    rpc::methods all;
    all.add("raise", [](int code) { throw std::system_error(code, std::generic_category()); });
    std::string told;
    const auto tell = [&](const std::string& name, const std::exception_ptr&) { told = name; };
    EXPECT_THROW((void)all.call_for_others({"raise", {ECANCELED}}, tell).get(), std::system_error);
    EXPECT_EQ(told, "");
    EXPECT_THROW((void)all.call_for_others({"raise", {ENOENT}}, tell).get(), rpc::fault);
    EXPECT_EQ(told, "raise");
}

TEST(rpc_methods, are_described) {
    const rpc::methods all = made();
    const auto names = rpc::from_value<std::vector<std::string>>(call(all, "system.listMethods"));
    EXPECT_THAT(names, ElementsAre("add", "break", "count", "fail", "greet", "join", "nothing",
                                   "system.listMethods", "system.methodHelp",
                                   "system.methodSignature", "system.multicall"));
    EXPECT_EQ(call(all, "system.methodHelp", {"add"}), value("The sum."));
    EXPECT_EQ(call(all, "system.methodSignature", {"add"}),
              rpc::list(rpc::list("int", "int", "int")));
    EXPECT_EQ(call(all, "system.methodSignature", {"join"}),
              rpc::list(rpc::list("string", "array", "string")));
    EXPECT_EQ(call(all, "system.methodSignature", {"count"}), value("undef"));
    EXPECT_EQ(call(all, "system.methodSignature", {"nothing"}), rpc::list(rpc::list("nil")));
    EXPECT_EQ(failure(all, "system.methodHelp", {"sub"}), "-32601: there is no method \"sub\"");
    EXPECT_EQ(failure(all, "system.listMethods", {1}), "-32602: parameters: 0 expected, 1 came");
}

value one(const char* name, value parameters) {
    return value::structure{{"methodName", name}, {"params", std::move(parameters)}};
}

TEST(rpc_methods, are_called_together) {
    const rpc::methods all = made();
    const value calls = value::array{one("add", rpc::list(1, 2)),
                                     one("fail", rpc::list()),
                                     one("sub", rpc::list()),
                                     "text",
                                     value::structure{{"methodName", "add"}},
                                     one("system.multicall", {rpc::list()})};
    const value got = call(all, "system.multicall", {calls});
    ASSERT_EQ(got.size(), 6U);
    EXPECT_EQ(got.at(0), rpc::list(3));
    EXPECT_EQ(got.at(1), value(value::structure{{"faultCode", 17}, {"faultString", "no"}}));
    EXPECT_EQ(got.at(2).at("faultCode"), value(rpc::fault_code::method_not_found));
    for (std::size_t i = 3; i < 6; ++i)
        EXPECT_EQ(got.at(i).at("faultCode"), value(rpc::fault_code::invalid_parameters)) << i;
    EXPECT_EQ(
        failure(all, "system.multicall", {value(value::array(1001, one("nothing", rpc::list())))}),
        "-32602: more than 1000 calls");
}

TEST(rpc_methods, have_names_of_their_own) {
    rpc::methods all = made();
    EXPECT_THROW(all.add("add", [] {}), std::invalid_argument);
    EXPECT_THROW(all.add("system.mine", [] {}), std::invalid_argument);
    EXPECT_THROW(all.add("", [] {}), std::invalid_argument);
    EXPECT_THROW(all.add("half", [](int, int) {}, {.names = {"a"}}), std::invalid_argument);
    EXPECT_EQ(all.find("half"), nullptr);
    EXPECT_NE(all.find("add"), nullptr);
}

TEST(rpc_methods, may_keep_what_cannot_be_copied_but_shared) {
    rpc::methods all;
    auto count = std::make_shared<int>(0);
    all.add("next", [count] { return ++*count; });
    EXPECT_EQ(call(all, "next"), value(1));
    EXPECT_EQ(call(all, "next"), value(2));
}

}  // namespace
