// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/net/address.hpp"

/// Records of the domain name system as values, and the strict reader of answers that they come
/// from. Nothing here asks anybody.
///
/// Names are in the form of RFC 1035 §5.1 without a dot at the end: bytes that are no visible ASCII
/// are `\DDD`, a dot within a label is `\.`, the root is empty. So a name can be printed. It was
/// chosen by whoever runs a name server, and proves nothing.
namespace zocalo::net::dns {

/// What to ask for. Other numbers may be asked for, too; they, `ds` and `dnskey` come back as
/// `other`.
enum class type : std::uint16_t {
    a = 1,
    ns = 2,
    cname = 5,
    soa = 6,
    ptr = 12,
    mx = 15,
    txt = 16,
    aaaa = 28,
    srv = 33,
    naptr = 35,
    ds = 43,
    sshfp = 44,
    dnskey = 48,
    tlsa = 52,
    svcb = 64,
    https = 65,
    any = 255,  ///< of a question only: whatever the server likes to say (RFC 8482)
    caa = 257,
};

/// "MX"; "TYPE99" (RFC 3597) for one without a name.
[[nodiscard]] std::string to_text(type which);
/// The type of that name, in letters of any case, or of "TYPE99".
[[nodiscard]] std::optional<type> try_parse_type(std::string_view name) noexcept;

/// An IPv4 or IPv6 address of a host (RFC 1035, RFC 3596).
struct a {
    static constexpr dns::type type = dns::type::a;
    net::address ip;
    friend bool operator==(const a&, const a&) = default;
};
struct aaaa {
    static constexpr dns::type type = dns::type::aaaa;
    net::address ip;
    friend bool operator==(const aaaa&, const aaaa&) = default;
};

/// A name server of a domain, the real name of an alias, the name of an address (RFC 1035).
struct ns {
    static constexpr dns::type type = dns::type::ns;
    std::string host;
    friend bool operator==(const ns&, const ns&) = default;
};
struct cname {
    static constexpr dns::type type = dns::type::cname;
    std::string host;
    friend bool operator==(const cname&, const cname&) = default;
};
struct ptr {
    static constexpr dns::type type = dns::type::ptr;
    std::string host;
    friend bool operator==(const ptr&, const ptr&) = default;
};

/// The start of a zone; `minimum` is how long its silence may be remembered (RFC 2308).
struct soa {
    static constexpr dns::type type = dns::type::soa;
    std::string primary;
    std::string mailbox;
    std::uint32_t serial = 0;
    std::chrono::seconds refresh{};
    std::chrono::seconds retry{};
    std::chrono::seconds expire{};
    std::chrono::seconds minimum{};
    friend bool operator==(const soa&, const soa&) = default;
};

/// Who takes mail for a domain; the lowest preference first. An empty host says that nobody does
/// (RFC 7505).
struct mx {
    static constexpr dns::type type = dns::type::mx;
    std::uint16_t preference = 0;
    std::string host;
    friend bool operator==(const mx&, const mx&) = default;
};

/// Text: one or more strings of at most 255 bytes, as they came. Not safe to print.
struct txt {
    static constexpr dns::type type = dns::type::txt;
    std::vector<std::string> strings;
    /// All of them in one, as SPF and DKIM want it.
    [[nodiscard]] std::string joined() const;
    friend bool operator==(const txt&, const txt&) = default;
};

/// Where a service is (RFC 2782). An empty target says that there is none.
struct srv {
    static constexpr dns::type type = dns::type::srv;
    std::uint16_t priority = 0;
    std::uint16_t weight = 0;
    std::uint16_t port = 0;
    std::string target;
    friend bool operator==(const srv&, const srv&) = default;
};

/// How a name is rewritten on the way to a service (RFC 3403). An empty replacement says that
/// `pattern` does it. The texts are as they came, not safe to print.
struct naptr {
    static constexpr dns::type type = dns::type::naptr;
    std::uint16_t order = 0;
    std::uint16_t preference = 0;
    std::string flags;
    std::string services;
    std::string pattern;
    std::string replacement;
    friend bool operator==(const naptr&, const naptr&) = default;
};

/// Which key an SSH server has (RFC 4255).
struct sshfp {
    static constexpr dns::type type = dns::type::sshfp;
    std::uint8_t algorithm = 0;
    std::uint8_t hash = 0;
    std::vector<std::byte> fingerprint;
    friend bool operator==(const sshfp&, const sshfp&) = default;
};

/// Which certificate a TLS server will show (RFC 6698).
struct tlsa {
    static constexpr dns::type type = dns::type::tlsa;
    std::uint8_t usage = 0;
    std::uint8_t selector = 0;
    std::uint8_t matching = 0;
    std::vector<std::byte> data;
    friend bool operator==(const tlsa&, const tlsa&) = default;
};

/// How to reach a service (RFC 9460). Priority 0 is an alias: ask for `target` instead; an empty
/// target in any other is the owner of the record itself.
struct svcb {
    static constexpr dns::type type = dns::type::svcb;
    /// Numbers of the keys that are read here.
    static constexpr std::uint16_t alpn_key = 1;
    static constexpr std::uint16_t port_key = 3;
    static constexpr std::uint16_t ipv4_key = 4;
    static constexpr std::uint16_t ipv6_key = 6;

    struct parameter {
        std::uint16_t key = 0;
        std::string value;  ///< the bytes as they came
        friend bool operator==(const parameter&, const parameter&) = default;
    };

    std::uint16_t priority = 0;
    std::string target;
    std::vector<parameter> parameters;  ///< in ascending order of their keys

    /// The bytes of one parameter, or nothing.
    [[nodiscard]] std::optional<std::string_view> find(std::uint16_t key) const noexcept;
    /// The protocols, the port and the addresses that it tells of; checked when it was read.
    [[nodiscard]] std::vector<std::string> alpn() const;
    [[nodiscard]] std::optional<std::uint16_t> port() const noexcept;
    [[nodiscard]] std::vector<net::address> hints() const;
    friend bool operator==(const svcb&, const svcb&) = default;
};
/// The same for HTTP.
struct https : svcb {
    static constexpr dns::type type = dns::type::https;
    friend bool operator==(const https&, const https&) = default;
};

/// Who may issue certificates for a domain (RFC 8659): "issue" and the name of an authority. The
/// value is as it came, not safe to print.
struct caa {
    static constexpr dns::type type = dns::type::caa;
    std::uint8_t flags = 0;  ///< 128: who does not know the tag must not issue
    std::string tag;         ///< letters and digits
    std::string value;
    friend bool operator==(const caa&, const caa&) = default;
};

/// A type without a value of its own: its bytes.
struct other {
    std::vector<std::byte> data;
    friend bool operator==(const other&, const other&) = default;
};

/// One record of class IN.
struct record {
    std::string owner;
    dns::type type{};
    std::chrono::seconds ttl{};
    std::variant<other, a, aaaa, ns, cname, ptr, soa, mx, txt, srv, tlsa, svcb, https, caa, naptr,
                 sshfp>
        data;
    /// What it says, on one line and safe to print: "10 mail.example.org".
    [[nodiscard]] std::string to_string() const;
};

/// Whether two names are the same: ASCII letters compare without case (RFC 4343).
[[nodiscard]] bool same_name(std::string_view one, std::string_view other) noexcept;

/// What a name server is asked, of class IN; it is told by EDNS (RFC 6891) how long an answer may
/// be.
struct question {
    std::uint16_t id = 0;
    std::string name;  ///< whole; a dot at its end may be there
    dns::type type{};
    std::uint16_t datagram_size = 1232;  ///< what no path has to cut; 0: nothing of EDNS is said
    bool recursive = true;               ///< it may ask others
    /// With zeros at the end, the message is a whole number of such blocks long (RFC 7830): for
    /// connections that are encrypted. 0: it has none.
    std::size_t padding_block = 0;

    /// The message. Throws std::invalid_argument for a name that cannot exist.
    [[nodiscard]] std::string encode() const;
};

/// What a name server said.
struct message {
    std::uint16_t id = 0;
    bool is_response = false;
    bool is_truncated = false;
    std::uint8_t code = 0;  ///< RCODE: 0 no error, 2 server failure, 3 no such name, 5 refused
    std::string name;       ///< of the question
    dns::type asked{};
    std::vector<record> answers;
    std::vector<record> authorities;
};

/// "SERVFAIL", as name servers call that code (RCODE); "RCODE 12" for one without a name.
[[nodiscard]] std::string code_text(std::uint8_t code);
/// Whether a server says by it that it cannot answer, or will not: neither "no error" nor "no such
/// name".
[[nodiscard]] bool is_refusal(std::uint8_t code) noexcept;

/// Reads a message with one question.
///
/// Throws protocol_error when a length passes the end of what holds it, a name is longer than 255
/// bytes or its pointers do not lead backwards in at most 16 hops, a record's data is not exactly
/// what its type wants, or anything follows the last record. Records of other classes and the
/// section of additional ones are checked and left out.
[[nodiscard]] message parse(const_buffer data);

/// What came of a question.
enum class status : std::uint8_t {
    found,
    no_data,  ///< the name exists, but has no record of that type
    no_name,  ///< there is no such name
};

/// The answer to one question, without what it was wrapped in.
struct answer {
    dns::status status = dns::status::no_name;
    std::string canonical_name;  ///< at the end of all aliases
    std::vector<record> records;
    /// How long it may be remembered; zero when it may not.
    std::chrono::seconds ttl{};
    /// The records (CNAME) that lead from the name to that one, the first one first; at most 16.
    std::vector<record> aliases = {};

    /// The values of one type of record.
    template <class Record>
    [[nodiscard]] std::vector<Record> all() const {
        std::vector<Record> values;
        for (const record& each : records) {
            if (const auto* value = std::get_if<Record>(&each.data)) values.push_back(*value);
        }
        return values;
    }
};

/// The answer in a message: follows at most 16 aliases from `name`, and takes nothing that they do
/// not lead to. For a silence the `ttl` is that of the zone's SOA record (RFC 2308 §5). To a
/// question of any type, all records of the name itself are the answer.
///
/// Throws protocol_error when the message answers another question, its aliases go in a circle or
/// on for too long, or its code is a refusal.
[[nodiscard]] answer answer_to(std::string_view name, type which, const message& said);

/// The answer about a name whose addresses are known, for those who know: the addresses of the type
/// that was asked for. Without any address at all there is no such name.
[[nodiscard]] answer answer_with(std::string_view name, type which,
                                 const std::vector<net::address>& known, std::chrono::seconds ttl);

}  // namespace zocalo::net::dns
