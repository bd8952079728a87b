// SPDX-License-Identifier: MIT
#include "fetch/tls_lines.hpp"

#include "zocalo/core/escape.hpp"
#include "zocalo/http/date.hpp"

namespace zocalo::program {

namespace {

constexpr std::size_t longest_list = 500;

std::string handshake(const tls::info& agreed) {
    std::string text = "TLS: " + std::string(to_text(agreed.version)) + ", " + agreed.cipher;
    text += agreed.alpn.empty() ? ", no ALPN" : ", ALPN " + escaped(agreed.alpn);
    return agreed.resumed ? text + ", an earlier session goes on" : text;
}

/// Who it says that it is for: its names and addresses.
std::string names_of(const tls::certificate& shown) {
    std::string list;
    for (const auto& all : {shown.names(), shown.addresses()})
        for (const std::string& each : all)
            (list += list.empty() ? "" : ", ") += each;
    return list.empty() ? "nobody" : escaped(list, longest_list);
}

std::string verdict(const tls::info& agreed) {
    if (!agreed.verified) return "TLS: nobody has looked whether it may be believed";
    return std::string("TLS: verified") +
           (agreed.stapled ? ", and shown not to be revoked (OCSP)" : "");
}

}  // namespace

std::vector<std::string> lines_about(const tls::info& agreed) {
    std::vector<std::string> lines{handshake(agreed)};
    const tls::certificate& shown = agreed.certificate;
    if (shown.empty()) {
        lines.emplace_back("TLS: no certificate was shown");
        return lines;
    }
    lines.push_back("TLS: certificate of " + shown.subject() + " for " + names_of(shown));
    lines.push_back("TLS: good from " + http::date_text(shown.not_before()) + " to " +
                    http::date_text(shown.not_after()) + ", from " + shown.issuer());
    lines.push_back(verdict(agreed));
    return lines;
}

std::vector<std::string> lines_about_tls(const io::stream& made) {
    const auto agreed = tls::try_get_info(made);
    return agreed ? lines_about(*agreed) : std::vector<std::string>();
}

}  // namespace zocalo::program
