// SPDX-License-Identifier: MIT
#include "zocalo/tls/hasher.hpp"

#include <openssl/evp.h>

#include "tls/fail.hpp"
#include "tls/hash_name.hpp"

namespace zocalo::tls {

struct hasher::state {
    struct freed {
        void operator()(EVP_MD_CTX* what) const noexcept { EVP_MD_CTX_free(what); }
        void operator()(EVP_MD* what) const noexcept { EVP_MD_free(what); }
    };
    std::unique_ptr<EVP_MD, freed> kind;
    std::unique_ptr<EVP_MD_CTX, freed> on;
};

hasher::hasher(hash which) : state_(std::make_unique<state>()) {
    state_->kind.reset(EVP_MD_fetch(nullptr, detail::name_of(which), nullptr));
    state_->on.reset(EVP_MD_CTX_new());
    if (!state_->kind || !state_->on ||
        EVP_DigestInit_ex(state_->on.get(), state_->kind.get(), nullptr) != 1)
        detail::fail_with_reason("make a hash");
}
hasher::hasher(hasher&& other) noexcept = default;
hasher& hasher::operator=(hasher&& other) noexcept = default;
hasher::~hasher() = default;

void hasher::add(std::string_view data) {
    if (EVP_DigestUpdate(state_->on.get(), data.data(), data.size()) != 1)
        detail::fail_with_reason("make a hash");
}

std::string hasher::finish() {
    std::string made(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    if (EVP_DigestFinal_ex(state_->on.get(), reinterpret_cast<unsigned char*>(made.data()),
                           &size) != 1)
        detail::fail_with_reason("make a hash");
    made.resize(size);
    return made;
}

}  // namespace zocalo::tls
