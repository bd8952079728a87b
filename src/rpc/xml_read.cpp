// SPDX-License-Identifier: MIT
// pugixml finds the tags; what they mean, and all limits, is here. It resolves nothing and opens
// nothing.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <pugixml.hpp>

#include "core/ascii.hpp"
#include "core/base64.hpp"
#include "core/utf8.hpp"
#include "rpc/xml_text.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/rpc/xml.hpp"

namespace zocalo::rpc {

namespace {

[[noreturn]] void fail(const std::string& why) {
    throw protocol_error("XML-RPC: " + why);
}

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// The encoding that the first line names; empty when it names none.
std::string declared_encoding(std::string_view document) {
    if (!document.starts_with("<?xml")) return {};
    const std::string_view line = document.substr(0, document.find("?>"));
    std::size_t at = line.find("encoding");
    if (at == std::string_view::npos) return {};
    at = line.find_first_of("\"'", at);
    if (at == std::string_view::npos) return {};
    const std::size_t end = line.find(line[at], at + 1);
    if (end == std::string_view::npos) return {};
    return lower(std::string(line.substr(at + 1, end - at - 1)));
}

/// The document in UTF-8.
std::string decoded(std::string_view document) {
    const std::string encoding = declared_encoding(document);
    if (encoding == "iso-8859-1" || encoding == "latin1") {
        std::string made;
        for (const char c : document)
            append_utf8(made, static_cast<unsigned char>(c));
        return made;
    }
    if (!encoding.empty() && encoding != "utf-8" && encoding != "utf8" && encoding != "us-ascii")
        fail("the encoding " + quoted(encoding, 64) + " is neither UTF-8 nor ISO-8859-1");
    if (document.starts_with("\xEF\xBB\xBF")) document.remove_prefix(3);
    return std::string(document);
}

/// Memory for a tag is many times its text.
void hold_limits(std::string_view document, const document_limits& within) {
    if (document.size() > within.size)
        fail("the document has more than " + std::to_string(within.size) + " bytes");
    const auto tags = static_cast<std::size_t>(std::ranges::count(document, '<'));
    if (tags > within.tags)
        fail("the document has more than " + std::to_string(within.tags) + " tags");
}

class reader {
 public:
    explicit reader(const document_limits& within) : within_(within) {}

    [[nodiscard]] value read_value(const pugi::xml_node& from, std::size_t depth) const {
        if (depth > within_.depth)
            fail("values are nested deeper than " + std::to_string(within_.depth));
        const pugi::xml_node typed = only_element(from);
        if (!typed) return text_of(from);
        std::string_view type = typed.name();
        if (type.starts_with("ex:")) type.remove_prefix(3);
        if (type == "array") return read_array(typed, depth);
        if (type == "struct") return read_structure(typed, depth);
        return read_scalar(type, text_of(typed));
    }

    /// The element there, of that name; peers that see two would not agree on which one counts.
    static pugi::xml_node child(const pugi::xml_node& in, const char* name) {
        const pugi::xml_node found = in.child(name);
        const char* const wrong = found ? "two <" : "no <";
        if (!found || found.next_sibling(name))
            fail(std::string(wrong).append(name) + "> in <" + escaped(in.name(), 64) + ">");
        return found;
    }

    /// All text of an element that has nothing else.
    static std::string text_of(const pugi::xml_node& from) {
        std::string text;
        for (const pugi::xml_node& each : from.children()) {
            if (each.type() == pugi::node_element)
                fail("<" + escaped(each.name(), 64) + "> in <" + escaped(from.name(), 64) + ">");
            if (each.type() == pugi::node_pcdata) text += from_xml(each.value());
            if (each.type() == pugi::node_cdata) text += each.value();
        }
        return text;
    }

 private:
    /// The one element in there; none when there is text only.
    static pugi::xml_node only_element(const pugi::xml_node& in) {
        pugi::xml_node found;
        for (const pugi::xml_node& each : in.children()) {
            if (each.type() != pugi::node_element) {
                continue;
            }
            if (found) fail("two types in one <value>");
            found = each;
        }
        if (found) {
            for (const pugi::xml_node& each : in.children()) {
                if (each != found && !trimmed(each.value(), is_space).empty())
                    fail("text beside a type in <value>");
            }
        }
        return found;
    }

    static value read_scalar(std::string_view type, const std::string& text) {
        if (type == "string") return text;
        const std::string_view word = trimmed(text, is_space);
        if (type == "int" || type == "i4" || type == "i8" || type == "i2" || type == "i1")
            return read_integer(word);
        if (type == "boolean") return read_boolean(word);
        if (type == "double" || type == "float") return read_real(word);
        if (type == "dateTime.iso8601" || type == "dateTime") return parse_date_time(word);
        if (type == "base64") return read_binary(word);
        if (type == "nil") return nil{};
        if (type == "biginteger" || type == "bigdecimal") return read_decimal(type, word);
        fail("a value of type " + quoted(type, 64) + " is unknown");
    }

    static std::optional<std::int64_t> number_of(std::string_view word) {
        if (word.starts_with('+')) word.remove_prefix(1);
        std::int64_t number = 0;
        const char* const end = word.data() + word.size();
        const auto got = std::from_chars(word.data(), word.data() + word.size(), number);
        if (got.ec != std::errc{} || got.ptr != end) return std::nullopt;
        return number;
    }
    static value read_integer(std::string_view word) {
        if (const auto number = number_of(word)) return *number;
        fail("no int of 64 bits: " + quoted(word, 64));
    }
    static value read_boolean(std::string_view word) {
        if (word == "0") return false;
        if (word == "1") return true;
        fail("no boolean: " + quoted(word, 64));
    }
    static value read_real(std::string_view word) {
        double number = 0;
        const std::string_view digits = word.starts_with('+') ? word.substr(1) : word;
        const char* const end = digits.data() + digits.size();
        const auto got = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        const bool has_digits = digits.find_first_of("0123456789") != std::string_view::npos;
        if (got.ec != std::errc{} || got.ptr != end || !has_digits)
            fail("no double: " + quoted(word, 64));
        return number;
    }
    static value read_binary(std::string_view word) {
        std::string packed;
        std::ranges::copy_if(word, std::back_inserter(packed), [](char c) { return !is_space(c); });
        auto bytes = try_unbase64(packed);
        if (!bytes) fail("no Base64: " + quoted(word, 64));
        return binary{std::move(*bytes)};
    }
    static value read_decimal(std::string_view type, std::string_view word) {
        const bool is_number =
            !word.empty() && word.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
        if (!is_number) fail("no " + std::string(type) + ": " + quoted(word, 64));
        const auto number = number_of(word);
        if (type == "biginteger" && number) return *number;
        return decimal{std::string(word)};
    }

    [[nodiscard]] value read_array(const pugi::xml_node& from, std::size_t depth) const {
        value::array values;
        for (const pugi::xml_node& each : child(from, "data").children()) {
            if (each.type() != pugi::node_element) continue;
            if (each.name() != std::string_view("value"))
                fail("<" + escaped(each.name(), 64) + "> in <data>");
            values.push_back(read_value(each, depth + 1));
        }
        return values;
    }
    [[nodiscard]] value read_structure(const pugi::xml_node& from, std::size_t depth) const {
        value::structure members;
        for (const pugi::xml_node& each : from.children()) {
            if (each.type() != pugi::node_element) continue;
            if (each.name() != std::string_view("member"))
                fail("<" + escaped(each.name(), 64) + "> in <struct>");
            std::string name = text_of(child(each, "name"));
            // Peers that see two would not agree on which one counts.
            if (members.contains(name)) fail("two members " + quoted(name, 64) + " in a struct");
            members.emplace(std::move(name), read_value(child(each, "value"), depth + 1));
        }
        return members;
    }

    const document_limits& within_;
};

/// A document is one element, and beside it nothing that means something (XML 1.0 §2.1).
pugi::xml_node only_root(const pugi::xml_document& tree) {
    pugi::xml_node root;
    for (const pugi::xml_node& each : tree.children()) {
        if (each.type() == pugi::node_doctype) fail("a document with a DOCTYPE");
        if (each.type() == pugi::node_element) {
            if (root) fail("two documents");
            root = each;
        } else if (each.type() == pugi::node_cdata || !trimmed(each.value(), is_space).empty()) {
            fail("text beside the document");
        }
    }
    return root;
}

/// Reads the tags, and goes to the outermost one, which has to have that name.
pugi::xml_node parse(pugi::xml_document& tree, std::string_view document, const char* root,
                     const document_limits& within) {
    hold_limits(document, within);
    const std::string text = decoded(document);
    require_xml_characters(text);
    constexpr unsigned how = pugi::parse_cdata | pugi::parse_eol | pugi::parse_ws_pcdata_single |
                             pugi::parse_doctype | pugi::parse_fragment;
    const auto read = tree.load_buffer(text.data(), text.size(), how, pugi::encoding_utf8);
    if (!read) fail(std::string(read.description()) + " at byte " + std::to_string(read.offset));
    const pugi::xml_node outermost = only_root(tree);
    if (outermost.name() != std::string_view(root))
        fail(std::string("<").append(root) + "> expected, <" + escaped(outermost.name(), 64) +
             "> came");
    return outermost;
}

[[noreturn]] void throw_fault(const value& what) {
    const auto* code = what.at("faultCode").get_if<std::int64_t>();
    const auto* text = what.at("faultString").get_if<std::string>();
    const auto narrow = code == nullptr ? 0 : static_cast<int>(*code);
    if (code == nullptr || text == nullptr || narrow != *code) fail("a fault that is none");
    throw fault(narrow, *text);
}

}  // namespace

invocation parse_xml_call(std::string_view document, const document_limits& within) {
    pugi::xml_document tree;
    const pugi::xml_node call = parse(tree, document, "methodCall", within);
    const reader values(within);
    invocation made;
    const std::string name = reader::text_of(reader::child(call, "methodName"));
    made.method = trimmed(name, is_space);
    if (made.method.empty()) fail("an empty <methodName>");
    if (!call.child("params")) return made;
    for (const pugi::xml_node& each : reader::child(call, "params").children("param"))
        made.parameters.push_back(values.read_value(reader::child(each, "value"), 1));
    return made;
}

value parse_xml_response(std::string_view document, const document_limits& within) {
    pugi::xml_document tree;
    const pugi::xml_node response = parse(tree, document, "methodResponse", within);
    const reader values(within);
    if (response.child("fault")) {
        const pugi::xml_node failed = reader::child(response, "fault");
        if (response.child("params")) fail("a fault and a result");
        const value what = values.read_value(reader::child(failed, "value"), 1);
        if (what.kind() != kind::structure || what.size() != 2) fail("a fault that is none");
        try {
            throw_fault(what);
        } catch (const std::out_of_range&) {
            fail("a fault that is none");
        }
    }
    const pugi::xml_node parameter = reader::child(reader::child(response, "params"), "param");
    return values.read_value(reader::child(parameter, "value"), 1);
}

}  // namespace zocalo::rpc
