// SPDX-License-Identifier: MIT
// Says what we make of what HTTP carries. Each line of the input is a command and its arguments, in
// JSON; each line of the output is the answer, null for a refusal.
//
//     ["guess", "a/b.tar.gz"]   ["media_type", "text/html; charset=\"utf-8\""]
#include <chrono>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "probe.hpp"
#include "zocalo/http/coding.hpp"
#include "zocalo/http/cookie_file.hpp"
#include "zocalo/http/cookie_jar.hpp"
#include "zocalo/http/digest.hpp"
#include "zocalo/http/form.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/http/media_types.hpp"
#include "zocalo/tls/hash.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;
using nlohmann::json;

json guess(const std::string& name) {
    static const http::media_types known;
    static const http::media_types of_system = http::media_types::of_system();
    const http::guessed_type got = known.guess(name);
    return {got.type, got.coding, of_system.guess(name).type};
}

json media_type(const std::string& text) {
    const auto read = http::media_type::parse(text);
    json all = json::object();
    for (const auto& [name, value] : read.parameters)
        all[name] = value;
    return {read.essence(), all};
}

/// ["digest", challenges, method, target, user, password]: Authorization for the strongest one.
json digest(const json& given) {
    const auto all = http::challenge::try_parse_all(given[1].get<std::string>());
    const http::challenge* best = all ? http::strongest(*all) : nullptr;
    if (best == nullptr) return nullptr;
    const std::string method = given[2];
    const std::string target = given[3];
    const std::string nonce = http::make_client_nonce();
    return http::answer_digest(*best, {.method = method, .target = target, .client_nonce = nonce},
                               given[4].get<std::string>(), given[5].get<std::string>())
        .to_string();
}

/// ["knows", authorization, method, user, password]: whether that is proved.
json knows(const json& given) {
    const auto shown = http::credentials::try_parse(given[1].get<std::string>());
    const auto claim = shown ? http::digest_claim::try_parse(*shown) : std::nullopt;
    if (!claim) return nullptr;
    const std::string secret = http::digest_secret(claim->algorithm, given[3].get<std::string>(),
                                                   claim->realm, given[4].get<std::string>());
    return claim->knows(secret, given[2].get<std::string>());
}

/// Bytes, which JSON does not have: two digits for each.
std::string from_hex(const std::string& digits) {
    std::string bytes;
    for (std::size_t at = 0; at < digits.size(); at += 2)
        bytes += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
    return bytes;
}

/// ["decode", content, codings]
json decode(const json& given) {
    const auto codings = http::try_parse_codings(given[2].get<std::string>());
    return zocalo::tls::hex(http::decode(from_hex(given[1]), codings.value(), {}));
}

/// ["encode", content, coding, level]
json encode(const json& given) {
    const auto which = http::try_parse_coding(given[2].get<std::string>());
    return zocalo::tls::hex(http::encode(from_hex(given[1]), which.value(), given[3].get<int>()));
}

std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// ["cookies", text of a file]: what is in there.
json cookies(const json& given) {
    http::cookie_jar jar;
    http::read_cookie_file(jar, given[1].get<std::string>(), now());
    json all = json::array();
    for (const http::cookie& each : jar.all()) {
        all.push_back({{"name", each.name},
                       {"value", each.value},
                       {"domain", (each.host_only ? "" : ".") + each.domain},
                       {"path", each.path},
                       {"secure", each.secure},
                       {"http_only", each.http_only},
                       {"expires", each.expires ? each.expires->time_since_epoch().count() : 0}});
    }
    return all;
}

/// ["jar", [[url, Set-Cookie]...], url]: both files, and what is sent to that URL.
json jar(const json& given) {
    http::cookie_jar made;
    for (const json& each : given[1]) {
        const auto by =
            http::cookie_target::of(zocalo::url::uri::parse(each[0].get<std::string>()));
        const auto said = http::set_cookie::try_parse(each[1].get<std::string>());
        if (said) made.set(by, *said, now());
    }
    const auto to = http::cookie_target::of(zocalo::url::uri::parse(given[2].get<std::string>()));
    const http::cookie_file_options all{.with_session = true};
    return {http::to_netscape(made, now(), all), http::to_lwp(made, now(), all),
            made.get(to, now())};
}

/// ["form", type, content]: its values and files.
json form(const json& given) {
    const http::form read = http::form::parse(given[1].get<std::string>(), from_hex(given[2]));
    json files = json::array();
    for (const http::form_file& each : read.files) {
        files.push_back({each.name, each.file_name, zocalo::tls::hex(each.content), each.type});
    }
    return {read.values, files};
}

/// ["make_form", [[name, value]...], [[name, file name, content, type]...]]: its type and content.
json make_form(const json& given) {
    http::multipart_form made;
    for (const json& each : given[1])
        made.add(each[0].get<std::string>(), each[1].get<std::string>());
    for (const json& each : given[2]) {
        made.add_file(each[0].get<std::string>(), each[1].get<std::string>(), from_hex(each[2]),
                      each[3].get<std::string>());
    }
    return {made.content_type(), zocalo::tls::hex(made.to_string())};
}

json answer(const json& given) {
    const std::string command = given[0];
    if (command == "jar") return jar(given);
    if (command == "make_form") return make_form(given);
    const std::string text = given[1];
    if (command == "cookies") return cookies(given);
    if (command == "form") return form(given);
    if (command == "decode") return decode(given);
    if (command == "encode") return encode(given);
    if (command == "digest") return digest(given);
    if (command == "knows") return knows(given);
    if (command == "guess") return guess(text);
    if (command == "media_type") return media_type(text);
    throw std::logic_error("no command: " + command);
}

}  // namespace

int main() {
    zocalo::tests::answer_lines(answer);
}
