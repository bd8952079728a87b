// SPDX-License-Identifier: MIT
#include "fetch/write_out.hpp"

#include <algorithm>

#include "fetch/report_variables.hpp"

namespace zocalo::program {

namespace {

/// They change what becomes of the rest.
bool is_order(std::string_view name) {
    return name == "onerror" || name == "stdout" || name == "stderr";
}

/// What is in the braces that a format begins with; null when it does not.
std::string_view name_behind(std::string_view format, std::string_view mark) {
    const std::size_t end = format.find('}');
    if (!format.starts_with(mark) || end == std::string_view::npos) return {};
    return format.substr(mark.size(), end - mark.size());
}

/// What a backslash and that letter stand for.
std::string unescaped(char letter) {
    if (letter == 'n') return "\n";
    if (letter == 't') return "\t";
    if (letter == 'r') return "\r";
    return letter == '\\' ? "\\" : std::string("\\") + letter;
}

}  // namespace

write_out::write_out(std::string_view format) {
    while (!format.empty()) {
        const std::string_view name = name_behind(format, "%{");
        const std::string_view field = name_behind(format, "%header{");
        std::size_t used = 1;
        if (!field.empty() || !name.empty()) {
            if (!field.empty()) pieces_.push_back({kind::field, std::string(field)});
            if (!name.empty()) add_variable(name);
            used = format.find('}') + 1;
        } else if (format.front() == '\\' && format.size() > 1) {
            add(unescaped(format[1]));
            used = 2;
        } else {
            add(format.substr(0, 1));
            if (format.starts_with("%%")) used = 2;
        }
        format.remove_prefix(used);
    }
}

void write_out::add(std::string_view text) {
    if (pieces_.empty() || pieces_.back().what != kind::text)
        pieces_.push_back({kind::text, std::string()});
    pieces_.back().text += text;
}

void write_out::add_variable(std::string_view name) {
    if (is_order(name) || is_variable(name)) {
        pieces_.push_back({kind::variable, std::string(name)});
    } else if (std::ranges::find(unknown_, name) == unknown_.end()) {
        unknown_.emplace_back(name);
    }
}

written_out write_out::about(const transfer_report& of) const {
    written_out all;
    std::string* to = &all.output;
    for (const piece& each : pieces_) {
        if (each.what == kind::text) {
            *to += each.text;
        } else if (each.what == kind::field) {
            *to += of.head.fields.get(each.text);
        } else if (each.text == "onerror") {
            if (of.code == exit_code::ok) break;
        } else if (is_order(each.text)) {
            to = each.text == "stdout" ? &all.output : &all.error;
        } else {
            *to += value_of(each.text, of);
        }
    }
    return all;
}

}  // namespace zocalo::program
