// SPDX-License-Identifier: MIT
#include "tls/wire.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "tls/fail.hpp"

namespace zocalo::tls::detail {

namespace {

wire& wire_of(BIO* bio) noexcept {
    return *static_cast<wire*>(BIO_get_data(bio));
}

int read_from(BIO* bio, char* into, std::size_t size, std::size_t* got) noexcept {
    BIO_clear_retry_flags(bio);
    *got = wire_of(bio).read(mutable_buffer(into, size));
    if (*got > 0) return 1;
    if (!wire_of(bio).is_cut()) BIO_set_retry_read(bio);
    return -1;
}

int write_to(BIO* bio, const char* data, std::size_t size, std::size_t* put) noexcept {
    BIO_clear_retry_flags(bio);
    try {
        wire_of(bio).output().append(data, size);
    } catch (const std::bad_alloc&) {
        return -1;
    }
    *put = size;
    return 1;
}

long control(BIO* /*bio*/, int what, long /*number*/, void* /*pointer*/) noexcept {
    return what == BIO_CTRL_FLUSH ? 1 : 0;
}

bio_method_ptr make_method() {
    bio_method_ptr made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "zocalo wire"));
    if (made == nullptr) fail_with_reason("make a BIO");
    BIO_meth_set_read_ex(made.get(), read_from);
    BIO_meth_set_write_ex(made.get(), write_to);
    BIO_meth_set_ctrl(made.get(), control);
    return made;
}

}  // namespace

bio_ptr wire::make_bio() {
    static const bio_method_ptr method = make_method();
    bio_ptr made(BIO_new(method.get()));
    if (made == nullptr) fail_with_reason("make a BIO");
    BIO_set_data(made.get(), this);
    BIO_set_init(made.get(), 1);
    return made;
}

void wire::give(io::chunk arrived) noexcept {
    arrived_ = std::move(arrived);
    used_ = 0;
}

std::size_t wire::read(mutable_buffer into) noexcept {
    if (is_cut_) return 0;
    const std::size_t count = std::min(into.size(), arrived_.size() - used_);
    if (count == 0) return 0;
    std::memcpy(into.data(), arrived_.data() + used_, count);
    used_ += count;
    if (used_ == arrived_.size()) give({});
    return count;
}

}  // namespace zocalo::tls::detail
