// SPDX-License-Identifier: MIT
// Requests that are signed (AWS Signature Version 4). What is signed is what the caller has said
// and what leads there; what others on the way may write anew is not.
#include <algorithm>
#include <array>
#include <utility>

#include "http/client/call.hpp"
#include "zocalo/http/aws_signature.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/tls/hasher.hpp"

namespace zocalo::http::detail {

namespace {

bool is_signed(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 16> others{"Accept",
                                                      "Accept-Encoding",
                                                      "Alt-Used",
                                                      "Authorization",
                                                      "Connection",
                                                      "Content-Length",
                                                      "Cookie",
                                                      "Expect",
                                                      "Keep-Alive",
                                                      "Referer",
                                                      "TE",
                                                      "Trailer",
                                                      "Upgrade",
                                                      "User-Agent",
                                                      "X-Amzn-Trace-Id",
                                                      "Transfer-Encoding"};
    return !name.starts_with("Proxy-") &&
           std::ranges::none_of(others, [name](auto each) { return same_name(each, name); });
}

/// Content that is read to be signed, and sent afterwards.
class hash_writer final : public body_writer {
 public:
    io::task<> write(const_buffer data) override {
        made_.add(data.text());
        co_return;
    }
    io::task<> flush() override { co_return; }
    void set_trailers(http::fields) override {}
    [[nodiscard]] std::string in_hex() { return tls::hex(made_.finish()); }

 private:
    tls::hasher made_{tls::hash::sha256};
};

io::task<std::string> hash_of(const body& what) {
    hash_writer writer;
    io::task<content_size> asking = what.size();
    const content_size size = co_await std::move(asking);
    io::task<> reading = what.write_to(writer, size);
    co_await std::move(reading);
    co_return writer.in_hex();
}

}  // namespace

/// Who signs, if anybody does.
std::optional<login> call::signer() const {
    const bool has_any = asked_.login || !core_->options.logins.empty();
    auto who = has_any ? login_here(std::nullopt) : std::nullopt;
    if (who && who->how != login::scheme::aws_sigv4) who.reset();
    return who;
}

/// Once for all times that it is sent; what can be read only once is not signed.
io::task<> call::hash_content() {
    if (!content_hash_.empty()) co_return;
    const body& content = asked_.body;
    if (content.is_bytes()) {
        content_hash_ = aws_hash(content.bytes());
    } else if (content.is_repeatable()) {
        io::task<std::string> hashing = hash_of(content);
        content_hash_ = co_await std::move(hashing);
    } else {
        content_hash_ = aws_unsigned;
    }
}

/// A date and a hash that the caller has given count.
void call::sign(request_head& head) const {
    const auto who = signer();
    http::fields& all = head.fields;
    if (!who || all.contains("Authorization")) return;
    const url::host& whose = asked_.login ? home_->origin.host() : at_->origin.host();
    const aws_scope by = aws_scope::parse(who->scope, whose);
    const std::string date_name = aws_field(by, "Date");
    const std::string hash_name = aws_field(by, "Content-Sha256");
    if (!all.contains(date_name)) {
        const auto now = std::chrono::system_clock::now();
        all.add(date_name, aws_date(std::chrono::floor<std::chrono::seconds>(now)));
    }
    const bool tells_hash = by.service == "s3" || content_hash_ == aws_unsigned;
    if (tells_hash && !all.contains(hash_name)) all.add(hash_name, content_hash_);
    const auto told = all.find(hash_name);
    aws_request what{.method = std::string(head.method.text()),
                     .target = at_->target,
                     .fields = {},
                     .content_hash = told ? std::string(*told) : content_hash_};
    for (const field each : all)
        if (is_signed(each.name)) what.fields.add(each.name, each.value);
    all.add("Authorization", aws_authorization(what, by, who->user, who->password));
}

}  // namespace zocalo::http::detail
