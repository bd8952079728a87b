// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <type_traits>

#include "core/base64.hpp"
#include "rpc/xml_text.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/rpc/xml.hpp"

namespace zocalo::rpc {

namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\"?>\n";

/// Writes values; a function for each kind.
class value_writer {
 public:
    value_writer(std::string& to, nils how) : to_(to), how_(how) {}

    void write(const value& what) {
        to_ += "<value>";
        visit(what);
        to_ += "</value>";
    }

 private:
    void visit(const value& what) {
        switch (what.kind()) {
            case kind::nil:
                return put_nil();
            case kind::boolean:
                return put("boolean", *what.get_if<bool>() ? "1" : "0");
            case kind::integer:
                return put_integer(*what.get_if<std::int64_t>());
            case kind::real:
                return put_real(*what.get_if<double>());
            case kind::decimal:
                return put("bigdecimal", to_xml(what.get_if<decimal>()->digits));
            case kind::string:
                return put("string", to_xml(*what.get_if<std::string>()));
            case kind::date:
                return put("dateTime.iso8601", to_text(*what.get_if<date_time>()));
            case kind::binary:
                return put("base64", base64(what.get_if<binary>()->bytes));
            case kind::array:
                return put_array(*what.get_if<value::array>());
            case kind::structure:
                return put_structure(*what.get_if<value::structure>());
        }
    }
    void put(std::string_view tag, std::string_view text) {
        to_.append("<").append(tag).append(">").append(text);
        to_.append("</").append(tag).append(">");
    }
    void put_nil() {
        if (how_ == nils::refuse)
            throw std::invalid_argument("XML-RPC: nil is an extension that is not allowed here");
        to_ += "<nil/>";
    }
    void put_integer(std::int64_t number) {
        using narrow = std::numeric_limits<std::int32_t>;
        const bool is_narrow = number >= narrow::min() && number <= narrow::max();
        put(is_narrow ? "int" : "i8", std::to_string(number));
    }
    /// The specification knows no exponents.
    void put_real(double number) {
        if (!std::isfinite(number))
            throw std::invalid_argument("XML-RPC: a double that is no finite number");
        std::array<char, 512> digits;  // 309 before the point, or 324 behind it and 17 that count
        const auto end =
            std::to_chars(digits.begin(), digits.end(), number, std::chars_format::fixed);
        put("double", {digits.data(), static_cast<std::size_t>(end.ptr - digits.data())});
    }
    void put_array(const value::array& values) {
        to_ += "<array><data>";
        for (const value& each : values)
            write(each);
        to_ += "</data></array>";
    }
    void put_structure(const value::structure& members) {
        to_ += "<struct>";
        for (const auto& [name, each] : members) {
            to_ += "<member>";
            put("name", to_xml(name));
            write(each);
            to_ += "</member>";
        }
        to_ += "</struct>";
    }

    std::string& to_;
    nils how_;
};

void require_method_name(std::string_view method) {
    const auto is_fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == ':' || c == '/';
    };
    if (!method.empty() && std::ranges::all_of(method, is_fine)) return;
    throw std::invalid_argument(quoted(method, 64) +
                                " is no name of a method: letters, digits and _ . : / make one");
}

}  // namespace

std::string to_xml_call(std::string_view method, std::span<const value> parameters, nils how) {
    require_method_name(method);
    std::string made(declaration);
    made.append("<methodCall><methodName>").append(method).append("</methodName><params>");
    value_writer writer(made, how);
    for (const value& each : parameters) {
        made += "<param>";
        writer.write(each);
        made += "</param>";
    }
    return made += "</params></methodCall>\n";
}

std::string to_xml_response(const value& result, nils how) {
    std::string made(declaration);
    made += "<methodResponse><params><param>";
    value_writer(made, how).write(result);
    return made += "</param></params></methodResponse>\n";
}

std::string to_xml_response(const fault& failed) {
    std::string made(declaration);
    made += "<methodResponse><fault>";
    const value what = value::structure{{"faultCode", failed.code()},
                                        {"faultString", escaped(failed.what(), 4096)}};
    value_writer(made, nils::refuse).write(what);
    return made += "</fault></methodResponse>\n";
}

}  // namespace zocalo::rpc
