// SPDX-License-Identifier: MIT
// URLs: only the declared errors; what is printed is read back the same; a URL is its parts; one
// spelling has one spelling; dot segments as a list of segments sees them; what browsers read is
// allowed once it is escaped; linear time.
#include <stdexcept>
#include <string>
#include <vector>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/url/host.hpp"
#include "zocalo/url/origin.hpp"
#include "zocalo/url/query.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/uri.hpp"
#include "zocalo/url/web_url.hpp"

namespace {

namespace url = zocalo::url;

template <class Function>
void may_refuse(Function function) {
    try {
        function();
    } catch (const std::invalid_argument&) {
        return;
    } catch (const zocalo::protocol_error&) {
        return;
    }
}

/// The oracle of remove_dot_segments() for absolute paths.
std::string without_dots(std::string_view path) {
    std::vector<std::string> kept;
    bool ends_in_slash = false;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::string segment(path.substr(0, path.find('/')));
        path.remove_prefix(segment.size());
        ends_in_slash = segment == "." || segment == "..";
        if (segment == ".." && !kept.empty()) kept.pop_back();
        if (!ends_in_slash) kept.push_back(segment);
    }
    std::string joined;
    for (const std::string& segment : kept)
        (joined += '/') += segment;
    return ends_in_slash ? joined + '/' : joined;
}

void strict(const std::string& text) {
    const auto parsed = url::uri::try_parse(text);
    may_refuse([&] { require(url::uri::parse(text) == parsed); });
    if (!parsed) return;
    require(parsed->to_string_with_user_info() == text);
    require(!url::uri::parse(parsed->to_string()).user_info());
    // The port's spelling is not one of the parts.
    may_refuse([&] {
        const url::uri made = url::uri::from(parsed->parts());
        require(url::uri::from(made.parts()) == made);
        require(made.path() == parsed->path() && made.host() == parsed->host());
    });
    may_refuse([&] {
        const url::uri once = parsed->normalised();
        require(once.normalised() == once);
    });
    may_refuse([&] { require(!url::origin::of(*parsed).to_string().empty()); });
    const std::string path(parsed->path());
    if (path.starts_with('/')) require(url::remove_dot_segments(path) == without_dots(path));
    const auto base = url::uri::parse("http://a/b/c/d;p?q");
    if (parsed->is_relative()) require(base.join(*parsed).has_scheme("http"));
}

void as_browsers_do(const std::string& text) {
    const auto base = url::web_url::parse("http://a/b/c/d;p?q");
    for (const auto& parsed :
         {url::web_url::try_parse(text), url::web_url::try_parse(text, &base)}) {
        if (!parsed) continue;
        const std::string href = parsed->to_string_with_user_info();
        require(url::web_url::try_parse(href) == parsed);
        require(parsed->to_uri().port() == parsed->port);
    }
}

void pass(const std::string& text) {
    if (const auto strict = url::uri::try_parse(text)) {
        may_refuse([&] { (void)strict->normalised(); });
        may_refuse([&] { (void)url::uri::parse("http://a/b/c").join(*strict); });
    }
    (void)url::web_url::try_parse("http://a/" + text);
    (void)url::web_url::try_parse(text);
    (void)url::host::try_parse(text);
    may_refuse([&] { (void)url::parse_qsl(text); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    strict(text);
    as_browsers_do(text);
    if (const auto host = url::host::try_parse(text)) {
        require(url::host::try_parse(host->to_string()) == host);
        require(host->address().has_value() ==
                url::host::parse(host->name()).address().has_value());
    }
    may_refuse([&] {
        const auto fields = url::parse_qsl(text, {.keep_blank_values = true});
        require(url::parse_qsl(url::urlencode(fields), {.keep_blank_values = true}) == fields);
    });
    require(url::unquote(url::quote(text)) == text);
    require(url::unquote_plus(url::quote_plus(text)) == text);
    linear::require_linear(text, pass);
    return 0;
}
