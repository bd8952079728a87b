// SPDX-License-Identifier: MIT
// Certificates: only the declared error; what is shown can be printed; DER and PEM are two
// spellings of one thing. What reads them is OpenSSL; what is done with them is ours.
#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <system_error>

#include "require.hpp"
#include "zocalo/tls/certificate.hpp"
#include "zocalo/tls/error.hpp"

namespace {

namespace tls = zocalo::tls;

bool is_printable(const std::string& text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= ' '; });
}

/// Calls, and takes the one error that there may be.
template <class Call>
void expect_category(Call call) {
    try {
        call();
    } catch (const std::system_error& error) {
        require(error.code() == tls::errc::unusable);
    }
}

void look_at(const tls::certificate& read) {
    require(is_printable(read.subject()) && is_printable(read.issuer()));
    require(tls::certificate::parse(read.der()) == read);
    require(tls::certificate::parse(read.pem()) == read);
    require(read.fingerprint().size() == 64);
    for (const std::string& address : read.addresses())
        require(is_printable(address));
    expect_category([&] { static_cast<void>(read.names()); });
    expect_category([&] {
        for (const std::string& each : read.uris())
            require(!each.empty() && is_printable(each));
    });
    expect_category([&] {
        for (const std::string& each : read.mails())
            require(!each.empty() && is_printable(each));
    });
    expect_category([&] { require(is_printable(read.common_name())); });
    expect_category([&] { static_cast<void>(read.serial()); });
    expect_category([&] { static_cast<void>(read.not_before()); });
    expect_category([&] { static_cast<void>(read.not_after()); });
    expect_category([&] { static_cast<void>(read.key_pin()); });
}

void look_at_time(std::string_view text) {
    try {
        static_cast<void>(tls::parse_certificate_time(text));
    } catch (const std::invalid_argument&) {  // declared
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const zocalo::const_buffer input(data, size);
    look_at_time(input.text());
    expect_category([&] {
        for (const tls::certificate& each : tls::certificate::parse_all(input))
            look_at(each);
    });
    return 0;
}
