// SPDX-License-Identifier: MIT
#include "zocalo/http/conditional.hpp"

#include <algorithm>
#include <ostream>
#include <stdexcept>

#include "core/ascii.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/method.hpp"

namespace zocalo::http {

namespace {

// etagc = %x21 / %x23-7E / obs-text
bool is_tag_character(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x21 || (byte >= 0x23 && byte != 0x7F);
}

// entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE
std::optional<entity_tag> read_tag(detail::value_scanner& from) {
    const bool is_weak = from.take('W');
    if (is_weak && !from.take('/')) return std::nullopt;
    if (!from.take('"')) return std::nullopt;
    const std::string_view opaque = from.take_while(is_tag_character);
    if (!from.take('"')) return std::nullopt;
    return is_weak ? entity_tag::weak(opaque) : entity_tag::strong(opaque);
}

using comparison = bool(const entity_tag&, const entity_tag&);

/// Whether a list of tags, or `*`, has the one of the resource.
bool names(std::string_view list, const resource_state& current, comparison* are_equal) {
    list = trimmed(list);
    if (list == "*") return current.exists;
    if (!current.exists || !current.tag) return false;
    for (detail::value_scanner from(list); !from.is_at_end();) {
        from.skip_space();
        const std::size_t begin = from.position();
        const auto tag = read_tag(from);
        from.skip_space();
        const bool is_whole = from.is_at_end() || from.is_at(',');
        if (tag && is_whole && are_equal(*tag, *current.tag)) return true;
        if (tag && is_whole) {
            from.take(',');
            continue;
        }
        from.go_back_to(begin);
        from.skip_member(',');
    }
    return false;
}

/// What a field with a date says: nothing unless there is one, and a date to hold it against.
std::optional<bool> was_modified_since(const fields& request, std::string_view name,
                                       const resource_state& current,
                                       std::chrono::sys_seconds now) {
    if (request.count(name) != 1 || !current.exists || !current.modified) return std::nullopt;
    const auto since = parse_date(request.get(name), now);
    if (!since) return std::nullopt;
    return *current.modified > *since;
}

}  // namespace

entity_tag::entity_tag(std::string_view opaque, bool is_weak) : opaque_(opaque), is_weak_(is_weak) {
    if (!std::ranges::all_of(opaque, is_tag_character))
        throw std::invalid_argument("no entity tag: " + quoted(opaque));
}

std::optional<entity_tag> entity_tag::try_parse(std::string_view text) {
    detail::value_scanner from(trimmed(text));
    auto read = read_tag(from);
    if (!from.is_at_end()) return std::nullopt;
    return read;
}

std::string entity_tag::to_string() const {
    std::string text = is_weak_ ? "W/\"" : "\"";
    return text.append(opaque_) += '"';
}

std::ostream& operator<<(std::ostream& out, const entity_tag& value) {
    return out << value.to_string();
}

precondition check_preconditions(const method& what, const fields& request,
                                 const resource_state& current, std::chrono::sys_seconds now) {
    const bool only_reads = what == method::get || what == method::head;
    if (request.contains("If-Match")) {
        if (!names(request.joined("If-Match"), current, is_same)) return precondition::failed;
    } else if (was_modified_since(request, "If-Unmodified-Since", current, now).value_or(false)) {
        return precondition::failed;
    }
    if (request.contains("If-None-Match")) {
        if (names(request.joined("If-None-Match"), current, is_alike))
            return only_reads ? precondition::not_modified : precondition::failed;
    } else if (only_reads &&
               !was_modified_since(request, "If-Modified-Since", current, now).value_or(true)) {
        return precondition::not_modified;
    }
    return precondition::holds;
}

bool range_counts(const fields& request, const resource_state& current,
                  std::chrono::sys_seconds now) {
    if (!request.contains("If-Range")) return true;
    if (request.count("If-Range") != 1) return false;
    const std::string_view wanted = request.get("If-Range");
    if (const auto tag = entity_tag::try_parse(wanted))
        return current.tag && is_same(*tag, *current.tag);
    if (!current.modified || now - *current.modified < std::chrono::seconds(2)) return false;
    return parse_date(wanted, now) == current.modified;
}

}  // namespace zocalo::http
