// SPDX-License-Identifier: MIT
// Both ends put a request into one form, and prove with a key derived from the secret (HMAC with
// SHA-256, by day, region and service) that they have seen it so. The form is that of the reference
// "Signature Version 4 signing process", in its words: canonical request, string to sign.
#include "zocalo/http/aws_signature.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "core/ascii.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/tls/hash.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http {

namespace {

std::string upper(std::string text) {
    for (char& c : text)
        if (is_letter(c)) c = static_cast<char>(c & ~0x20);
    return text;
}

/// The parts between those characters, one after the other.
template <class Each>
void split(std::string_view text, char by, Each each) {
    for (;;) {
        const std::size_t end = text.find(by);
        each(text.substr(0, end));
        if (end == text.npos) return;
        text.remove_prefix(end + 1);
    }
}

std::string sign(std::string_view key, std::string_view what) {
    return tls::hmac(tls::hash::sha256, key, what);
}

/// Its segments without those that lead nowhere (RFC 3986 §5.2.4), and without empty ones.
std::string without_dots(std::string_view path) {
    std::vector<std::string_view> kept;
    split(path, '/', [&kept](std::string_view segment) {
        if (segment == ".." && !kept.empty()) kept.pop_back();
        if (!segment.empty() && segment != "." && segment != "..") kept.push_back(segment);
    });
    std::string plain;
    for (const std::string_view each : kept)
        plain.append("/").append(each);
    if (plain.empty() || path.ends_with('/')) plain += '/';
    return plain;
}

std::string canonical_path(std::string_view path, const aws_scope& by) {
    if (path.empty()) return "/";
    return by.service == "s3" ? std::string(path) : url::quote(without_dots(path));
}

/// Each name and value in one spelling; an equals sign each.
std::string canonical_query(std::string_view query) {
    if (query.empty()) return {};
    std::vector<std::pair<std::string, std::string>> all;
    split(query, '&', [&all](std::string_view one) {
        if (one.empty()) return;
        const std::size_t end = std::min(one.find('='), one.size());
        const std::string_view value = one.substr(std::min(end + 1, one.size()));
        all.emplace_back(url::quote(url::unquote_plus(one.substr(0, end)), ""),
                         url::quote(url::unquote_plus(value), ""));
    });
    std::ranges::sort(all);
    std::string text;
    for (const auto& [name, value] : all) {
        if (!text.empty()) text += '&';
        text.append(name).append("=").append(value);
    }
    return text;
}

/// Blanks within it are one each.
std::string canonical_value(std::string_view value) {
    std::string plain;
    for (const char c : trimmed(value)) {
        if (!is_blank(c))
            plain += c;
        else if (!plain.ends_with(' '))
            plain += ' ';
    }
    return plain;
}

struct canonical_fields {
    std::string lines;
    std::string names;  ///< with `;` between them
};

canonical_fields canonical(const fields& all) {
    std::map<std::string, std::string> sorted;
    for (const field each : all) {
        const auto [at, is_first] = sorted.try_emplace(lower(each.name));
        if (!is_first) at->second += ',';
        at->second += canonical_value(each.value);
    }
    canonical_fields made;
    for (const auto& [name, value] : sorted) {
        made.lines.append(name).append(":").append(value).append("\n");
        if (!made.names.empty()) made.names += ';';
        made.names += name;
    }
    return made;
}

/// `20130524T000000Z`
std::string date_of(const aws_request& what, const aws_scope& by) {
    constexpr std::string_view shape = "ddddddddTddddddZ";
    const std::string date(what.fields.get(aws_field(by, "Date")));
    bool is_date = date.size() == shape.size();
    for (std::size_t i = 0; is_date && i < shape.size(); ++i) {
        const bool is_digit = date[i] >= '0' && date[i] <= '9';
        is_date = shape[i] == 'd' ? is_digit : date[i] == shape[i];
    }
    if (!is_date) throw std::invalid_argument("no date to sign: " + quoted(date));
    return date;
}

/// `20130524/us-east-1/s3/aws4_request`
std::string scope_text(std::string_view date, const aws_scope& by) {
    std::string text(date.substr(0, 8));
    for (const std::string& each : {by.region, by.service, lower(by.provider) + "4_request"})
        text.append("/").append(each);
    return text;
}

bool is_scope_part(std::string_view text) {
    return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, [](char c) {
        return is_letter_or_digit(c) || c == '-' || c == '_';
    });
}

}  // namespace

aws_scope aws_scope::parse(std::string_view text, const url::host& who) {
    std::vector<std::string> parts;
    split(text, ':', [&parts](std::string_view each) { parts.emplace_back(each); });
    std::vector<std::string> labels;
    split(who.name(), '.', [&labels](std::string_view each) { labels.emplace_back(each); });
    if (parts.size() == 1) parts.push_back(parts[0]);
    const bool has_labels = labels.size() > 2 && !who.address();
    if (parts.size() == 2 && has_labels) parts.push_back(labels[1]);
    if (parts.size() == 3 && has_labels) parts.push_back(labels[0]);
    if (parts.size() != 4 || !std::ranges::all_of(parts, is_scope_part))
        throw std::invalid_argument("not PROVIDER:VENDOR:REGION:SERVICE: " + quoted(text));
    return {.provider = parts[0], .vendor = parts[1], .region = parts[2], .service = parts[3]};
}

std::string aws_hash(std::string_view content) {
    return tls::hex(tls::digest(tls::hash::sha256, content));
}

std::string aws_field(const aws_scope& by, std::string_view name) {
    std::string whole = "X-" + by.vendor;
    whole.replace(2, 1, upper(by.vendor.substr(0, 1)));
    return whole.append("-").append(name);
}

std::string aws_date(std::chrono::sys_seconds when) {
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    const auto two = [](auto number) {
        const std::string text = std::to_string(number);
        return text.size() < 2 ? "0" + text : text;
    };
    std::string text = std::to_string(static_cast<int>(date.year()));
    text += two(static_cast<unsigned>(date.month()));
    text += two(static_cast<unsigned>(date.day()));
    text += 'T';
    text += two(time.hours().count());
    text += two(time.minutes().count());
    text += two(time.seconds().count());
    return text + 'Z';
}

std::string aws_canonical_request(const aws_request& what, const aws_scope& by) {
    const std::size_t mark = std::min(what.target.find('?'), what.target.size());
    const std::string_view target = what.target;
    const canonical_fields said = canonical(what.fields);
    std::string text = what.method;
    text.append("\n").append(canonical_path(target.substr(0, mark), by));
    text.append("\n").append(canonical_query(target.substr(std::min(mark + 1, target.size()))));
    text.append("\n").append(said.lines).append("\n").append(said.names);
    text.append("\n").append(what.content_hash);
    return text;
}

std::string aws_string_to_sign(const aws_request& what, const aws_scope& by) {
    const std::string date = date_of(what, by);
    std::string text = upper(by.provider) + "4-HMAC-SHA256";
    text.append("\n").append(date);
    text.append("\n").append(scope_text(date, by));
    text.append("\n").append(aws_hash(aws_canonical_request(what, by)));
    return text;
}

std::string aws_authorization(const aws_request& what, const aws_scope& by, std::string_view key,
                              std::string_view secret) {
    const std::string text = aws_string_to_sign(what, by);
    const std::string date = date_of(what, by);
    const std::string provider = upper(by.provider);
    std::string made = provider + '4';
    made += secret;
    for (const std::string& each :
         {date.substr(0, 8), by.region, by.service, lower(by.provider) + "4_request"})
        made = sign(made, each);
    std::string value = provider + "4-HMAC-SHA256 Credential=";
    value.append(key).append("/").append(scope_text(date, by));
    value.append(", SignedHeaders=").append(canonical(what.fields).names);
    value.append(", Signature=").append(tls::hex(sign(made, text)));
    return value;
}

}  // namespace zocalo::http
