// SPDX-License-Identifier: MIT
// A tag that does not end ends the page: so nothing is looked for twice.
#include "fetch/links.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fetch/edited_text.hpp"
#include "fetch/html_text.hpp"
#include "fetch/letters.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::program {

namespace {

constexpr std::string_view blanks_and_slash = " \t\r\n\f/";

/// `a.png 1x, b.png 2x`: `a.png,` without a size is a link as well.
std::string change_set(std::string_view list, const link_change& change) {
    edited_text made(list);
    std::string_view rest = list;
    for (;;) {
        const std::size_t begin = rest.find_first_not_of(" \t\r\n\f,");
        if (begin == std::string_view::npos) break;
        rest.remove_prefix(begin);
        const std::string_view word = rest.substr(0, rest.find_first_of(blanks));
        const std::string_view link = word.substr(0, word.find_last_not_of(',') + 1);
        rest.remove_prefix(word.size());
        if (link.size() == word.size())
            rest.remove_prefix(std::min(rest.find(','), rest.size()));  // its size
        if (const auto by = change(link_use::needed, link))
            made.replace(link, url::quote(*by, "/:?#[]@!$&'()*+;=%~"));  // all but commas
    }
    return std::move(made).take();
}

/// `5; url=there`: a page that leads on by itself.
std::string change_refresh(std::string_view content, const link_change& change) {
    edited_text made(content);
    const std::size_t number = content.find_first_not_of(" \t\r\n\f0123456789.");
    if (number == 0 || number == std::string_view::npos) return std::string(content);
    std::string_view rest = content.substr(number);
    if (rest.front() != ';' && rest.front() != ',') return std::string(content);
    rest = trimmed(rest.substr(1));
    if (!begins_with(rest, "url")) return std::string(content);
    rest = trimmed(rest.substr(3));
    if (!rest.starts_with('=')) return std::string(content);
    rest = trimmed(rest.substr(1));
    if (rest.starts_with('"') || rest.starts_with('\''))
        rest = rest.substr(1, rest.find(rest.front(), 1) - 1);
    if (rest.empty()) return std::string(content);
    if (const auto by = change(link_use::followed, rest))
        made.replace(rest, url::quote(*by, "/:?#[]@!$&()*+,;=%~"));  // all but quotes
    return std::move(made).take();
}

class scanner {
 public:
    scanner(std::string_view html, const link_change& change)
        : rest_(html), made_(html), change_(change) {}

    std::string run() && {
        while (skip_to("<")) {
            if (rest_.starts_with("<!--")) {
                (void)skip_behind("-->");
            } else if (rest_.size() > 1 && is_letter(rest_[1])) {
                read_tag();
            } else {
                rest_.remove_prefix(1);
            }
        }
        return std::move(made_).take();
    }

 private:
    /// A value as it is written, without its quotes.
    struct value {
        std::string_view text;
        bool is_quoted = false;
    };
    struct attribute {
        std::string name;
        value written;  ///< empty where there is none
    };

    bool skip_to(std::string_view what) {
        rest_.remove_prefix(std::min(rest_.find(what), rest_.size()));
        return !rest_.empty();
    }
    bool skip_behind(std::string_view what) {
        if (!skip_to(what)) return false;
        rest_.remove_prefix(what.size());
        return true;
    }
    void skip_blanks() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
    }
    std::string_view take_until(std::string_view ends) {
        const std::string_view taken = rest_.substr(0, rest_.find_first_of(ends));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    void read_tag() {
        rest_.remove_prefix(1);
        const std::string tag = lower(take_until(" \t\r\n\f/>"));
        const std::string_view attributes = rest_;
        const bool is_needed = tag != "link" || is_shown_with();
        rest_ = attributes;
        while (const auto each = next_attribute())
            note(tag, is_needed, *each);
        if (tag != "script" && tag != "style") return;
        const std::string_view content = take_content(tag);
        if (tag == "style") note_change(content, change_style_links(content, change_));
    }

    /// Whether a <link> is to something that the page is shown with, by its first `rel`.
    bool is_shown_with() {
        constexpr std::array<std::string_view, 6> kinds = {
            "stylesheet", "icon", "apple-touch-icon", "preload", "modulepreload", "manifest"};
        while (const auto each = next_attribute()) {
            if (each->name != "rel") continue;
            const std::string all = lower(html_decoded(each->written.text));
            std::string_view rest = all;
            while (!(rest = trimmed(rest)).empty()) {
                const std::string_view word = rest.substr(0, rest.find_first_of(blanks));
                if (std::ranges::find(kinds, word) != kinds.end()) return true;
                rest.remove_prefix(word.size());
            }
            return false;
        }
        return false;
    }

    /// Nothing: that was the last one.
    std::optional<attribute> next_attribute() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks_and_slash), rest_.size()));
        if (rest_.empty()) return std::nullopt;
        if (rest_.front() == '>') {
            rest_.remove_prefix(1);
            return std::nullopt;
        }
        // An equals sign at the beginning is a part of the name, as in browsers.
        const std::size_t end = rest_.find_first_of(" \t\r\n\f/>=", 1);
        attribute made{lower(rest_.substr(0, end)), {}};
        rest_.remove_prefix(std::min(end, rest_.size()));
        skip_blanks();
        if (!rest_.starts_with('=')) return made;
        rest_.remove_prefix(1);
        skip_blanks();
        made.written = read_value();
        return made;
    }

    value read_value() {
        const bool is_quoted = rest_.starts_with('"') || rest_.starts_with('\'');
        if (!is_quoted) return {take_until(" \t\r\n\f>"), false};
        const std::string_view quote = rest_.substr(0, 1);
        rest_.remove_prefix(1);
        const std::string_view taken = take_until(quote);
        if (rest_.empty()) return {};  // it does not end
        rest_.remove_prefix(1);
        return {taken, true};
    }

    void note(const std::string& tag, bool is_needed, const attribute& what) {
        const auto& [name, written] = what;
        if (trimmed(written.text).empty()) return;
        if (name == "style") {
            note_all(written, change_style_links);
        } else if (name == "srcset" || name == "imagesrcset") {
            note_all(written, change_set);
        } else if (name == "content" && tag == "meta") {
            note_all(written, change_refresh);
        } else if (const auto use = use_of(tag, name, is_needed)) {
            const std::string link = html_decoded(trimmed(written.text));
            if (const auto by = change_(*use, link)) put(written, *by);
        }
    }

    static std::optional<link_use> use_of(const std::string& tag, const std::string& name,
                                          bool is_needed) {
        if (tag == "base") return name == "href" ? std::optional(link_use::base) : std::nullopt;
        if (name == "action" || name == "formaction") return link_use::mentioned;
        if (name == "src" || name == "poster" || name == "background") return link_use::needed;
        if (name == "data" && tag == "object") return link_use::needed;
        if (name != "href") return std::nullopt;
        const bool is_picture = tag == "image" || tag == "use";  // of SVG
        const bool is_part = is_picture || (tag == "link" && is_needed);
        return is_part ? link_use::needed : link_use::followed;
    }

    /// A value with links in it.
    void note_all(value written,
                  std::string (*change_in)(std::string_view text, const link_change& change)) {
        const std::string text = html_decoded(written.text);
        const std::string by = change_in(text, change_);
        if (by != text) put(written, by);
    }

    void put(value written, std::string_view by) {
        const std::string text = html_escaped(by);
        made_.replace(written.text, written.is_quoted ? text : '"' + text + '"');
    }
    void note_change(std::string_view written, std::string_view by) {
        if (by != written) made_.replace(written, by);
    }

    std::string_view take_content(const std::string& tag) {
        const std::string_view all = rest_;
        while (skip_behind("</")) {
            if (begins_with(rest_, tag)) return all.substr(0, all.size() - rest_.size() - 2);
        }
        return {};  // it does not end
    }

    std::string_view rest_;
    edited_text made_;
    const link_change& change_;
};

/// Keeps what can be followed, and changes nothing.
link_change collector(page_links& into, std::size_t most) {
    return [&into, most](link_use use, std::string_view link) -> std::optional<std::string> {
        if (use == link_use::base && into.base.empty()) into.base = link;
        const bool is_needed = use == link_use::needed;
        if ((!is_needed && use != link_use::followed) || into.links.size() >= most)
            return std::nullopt;
        if (is_needed) into.needed.emplace(link);
        into.links.emplace_back(link);
        return std::nullopt;
    };
}

}  // namespace

std::string change_links(std::string_view html, const link_change& change) {
    return scanner(html, change).run();
}

page_links links_in(std::string_view html, std::size_t most) {
    page_links found;
    (void)change_links(html, collector(found, most));
    return found;
}

page_links links_in_style(std::string_view css, std::size_t most) {
    page_links found;
    (void)change_style_links(css, collector(found, most));
    return found;
}

}  // namespace zocalo::program
