// SPDX-License-Identifier: MIT
#include "rpc/json_value.hpp"

#include <cmath>
#include <set>
#include <stdexcept>
#include <vector>

#include "core/base64.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/rpc/json.hpp"

namespace zocalo::rpc {

namespace {

using nlohmann::json;

json real(double number) {
    if (!std::isfinite(number))
        throw std::invalid_argument("JSON: a double that is no finite number");
    return number;
}

json array(const value::array& values) {
    json all = json::array();
    for (const value& each : values)
        all.push_back(to_json_value(each));
    return all;
}

json structure(const value::structure& members) {
    json all = json::object();
    for (const auto& [name, each] : members)
        all[name] = to_json_value(each);
    return all;
}

/// A number where JSON's peers have one: of 64 bits.
json number_or_text(const std::string& digits) {
    if (const auto number = from_digits<std::uint64_t>(digits)) return *number;
    return digits;
}

/// Looks at what is read: how deep it is, and that peers cannot disagree about which of two members
/// of one name counts (RFC 8259 §4).
class watcher {
 public:
    explicit watcher(const document_limits& within) : within_(within) {}

    void see(int depth, json::parse_event_t event, const json& parsed) {
        if (std::cmp_greater(depth, within_.depth))
            throw protocol_error("JSON: nested deeper than " + std::to_string(within_.depth));
        if (event == json::parse_event_t::object_start) open_.emplace_back();
        if (event == json::parse_event_t::object_end) open_.pop_back();
        if (event != json::parse_event_t::key) return;
        const auto& name = parsed.get_ref<const std::string&>();
        if (!open_.back().insert(name).second)
            throw protocol_error("JSON: two members " + quoted(name, 64) + " in an object");
    }

 private:
    const document_limits& within_;
    std::vector<std::set<std::string>> open_;  ///< names of the objects that it is in
};

/// Without the name that the library gives its errors.
std::string_view told(const json::exception& error) {
    const std::string_view text = error.what();
    const std::size_t end = text.starts_with('[') ? text.find("] ") : std::string_view::npos;
    return end == std::string_view::npos ? text : text.substr(end + 2);
}

}  // namespace

json to_json_value(const value& what) {
    switch (what.kind()) {
        case kind::nil:
            return nullptr;
        case kind::boolean:
            return *what.get_if<bool>();
        case kind::integer:
            return *what.get_if<std::int64_t>();
        case kind::real:
            return real(*what.get_if<double>());
        case kind::decimal:
            return number_or_text(what.get_if<decimal>()->digits);
        case kind::string:
            return *what.get_if<std::string>();
        case kind::date:
            return to_text(*what.get_if<date_time>());
        case kind::binary:
            return base64(what.get_if<binary>()->bytes);
        case kind::array:
            return array(*what.get_if<value::array>());
        case kind::structure:
            return structure(*what.get_if<value::structure>());
    }
    return nullptr;
}

value from_json_value(const json& what) {
    if (what.is_boolean()) return what.get<bool>();
    if (what.is_number_unsigned()) {
        const auto number = what.get<std::uint64_t>();
        if (std::in_range<std::int64_t>(number)) return number;
        return decimal{what.dump()};
    }
    if (what.is_number_integer()) return what.get<std::int64_t>();
    if (what.is_number_float()) return what.get<double>();
    if (what.is_string()) return what.get<std::string>();
    if (what.is_array()) {
        value::array values;
        values.reserve(what.size());
        for (const json& each : what)
            values.push_back(from_json_value(each));
        return values;
    }
    if (what.is_object()) {
        value::structure members;
        for (const auto& [name, each] : what.items())
            members.emplace(name, from_json_value(each));
        return members;
    }
    return nil{};
}

std::string write_json(const json& what) {
    try {
        return what.dump();
    } catch (const json::exception&) {
        throw std::invalid_argument("JSON: text that is not UTF-8; send it as rpc::binary");
    }
}

json read_json(std::string_view text, const document_limits& within) {
    if (text.size() > within.size)
        throw protocol_error("JSON: more than " + std::to_string(within.size) + " bytes");
    watcher seen(within);
    const auto see = [&seen](int depth, json::parse_event_t event, const json& parsed) {
        seen.see(depth, event, parsed);
        return true;
    };
    try {
        return json::parse(text, see);
    } catch (const json::exception& error) {
        throw protocol_error(std::string("JSON: ").append(told(error)));
    }
}

std::string to_json(const value& what) {
    return write_json(to_json_value(what));
}

value parse_json(std::string_view text, const document_limits& within) {
    return from_json_value(read_json(text, within));
}

}  // namespace zocalo::rpc
