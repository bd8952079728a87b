// SPDX-License-Identifier: MIT
#include "zocalo/rpc/caller.hpp"

#include "zocalo/http/exchange.hpp"

namespace zocalo::rpc {

namespace {

/// What is said of nobody.
struct nobody {
    serve::peer peer;
    std::string user;
    http::fields fields;
};

const nobody& unknown() {
    static const nobody one;
    return one;
}

}  // namespace

const serve::peer& caller::peer() const noexcept {
    return asked_ == nullptr ? unknown().peer : asked_->client().peer();
}

const std::string& caller::user() const noexcept {
    return asked_ == nullptr ? unknown().user : asked_->user();
}

const http::fields& caller::fields() const noexcept {
    return asked_ == nullptr ? unknown().fields : asked_->request().fields;
}

}  // namespace zocalo::rpc
