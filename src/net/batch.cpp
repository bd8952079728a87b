// SPDX-License-Identifier: MIT
// The kernel's array of messages is built once and points into the batch's own rows; between two
// calls only what the kernel has changed is put back.
#include "zocalo/net/batch.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <vector>

#include "net/fail.hpp"
#include "net/io_vector.hpp"
#include "net/operate.hpp"
#include "sys/socket.hpp"
#include "zocalo/net/option_value.hpp"

namespace zocalo::net {

struct send_batch::rows {
    explicit rows(std::size_t capacity) : messages(capacity), data(capacity), peers(capacity) {
        for (std::size_t i = 0; i < capacity; ++i) {
            messages[i].msg_hdr.msg_iov = &data[i];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
    }

    bool add(const_buffer datagram, const endpoint* to, const_buffer control) noexcept {
        if (size == messages.size()) return false;
        data[size] = as_iovec(datagram);
        msghdr& header = messages[size].msg_hdr;
        header.msg_name = nullptr;
        header.msg_namelen = 0;
        peers[size].resize(0);
        if (to != nullptr) {
            peers[size] = *to;
            header.msg_name = peers[size].data();
            header.msg_namelen = to->size();
        }
        header.msg_control = for_sending(control.data());
        header.msg_controllen = control.size();
        ++size;
        return true;
    }

    std::size_t size = 0;
    std::vector<mmsghdr> messages;
    std::vector<iovec> data;
    std::vector<endpoint> peers;
};

send_batch::send_batch(std::size_t capacity) : rows_(std::make_unique<rows>(capacity)) {}
send_batch::send_batch(send_batch&&) noexcept = default;
send_batch& send_batch::operator=(send_batch&&) noexcept = default;
send_batch::~send_batch() = default;

bool send_batch::add(const_buffer datagram) noexcept {
    return rows_->add(datagram, nullptr, {});
}
bool send_batch::add(const_buffer datagram, const endpoint& to) noexcept {
    return rows_->add(datagram, &to, {});
}
bool send_batch::add(const_buffer datagram, const endpoint& to,
                     const outgoing_control& control) noexcept {
    return rows_->add(datagram, &to, control.bytes());
}
std::size_t send_batch::size() const noexcept {
    return rows_->size;
}
std::size_t send_batch::capacity() const noexcept {
    return rows_->messages.size();
}
void send_batch::clear() noexcept {
    rows_->size = 0;
}
const_buffer send_batch::data(std::size_t index) const noexcept {
    return {rows_->data[index].iov_base, rows_->data[index].iov_len};
}
const endpoint& send_batch::peer(std::size_t index) const noexcept {
    return rows_->peers[index];
}

transfer try_send_many(socket& socket, const send_batch& batch, message_flag flags,
                       std::size_t first) {
    const std::size_t size = batch.rows_->size - std::min(batch.rows_->size, first);
    const deadline until{has(flags, message_flag::dont_wait) ? timeout::zero()
                                                             : socket.get_timeout()};
    transfer done;
    while (done.size < size) {
        mmsghdr* const next = batch.rows_->messages.data() + first + done.size;
        const auto count = static_cast<unsigned>(std::min(size - done.size, io_vector::limit));
        const long sent = operate_until(socket, POLLOUT, until, [&]() noexcept -> long {
            return sys::sendmmsg(socket.fileno(), next, count, static_cast<int>(flags));
        });
        if (sent < 0) {
            done.error = error_from(sent);
            return done;
        }
        done.size += static_cast<std::size_t>(sent);
    }
    return done;
}

void send_many(socket& socket, const send_batch& batch, message_flag flags) {
    if (const transfer done = try_send_many(socket, batch, flags); done.error) {
        fail("send_many (" + std::to_string(done.size) + " of " + std::to_string(batch.size()) +
                 " datagrams sent)",
             socket, done.error.value());
    }
}

struct recv_batch::rows {
    rows(std::size_t capacity, std::size_t room, std::size_t control)
        : data_room(room),
          control_room(control),
          messages(capacity),
          data(capacity),
          peers(capacity),
          bytes(capacity * (room + control)) {
        for (std::size_t i = 0; i < capacity; ++i) {
            data[i] = as_iovec(mutable_buffer(bytes.data() + i * room, room));
            msghdr& header = messages[i].msg_hdr;
            header.msg_iov = &data[i];
            header.msg_iovlen = 1;
            header.msg_name = peers[i].data();
            header.msg_control = control == 0 ? nullptr : control_of(i);
            reset(i);
        }
    }

    std::byte* control_of(std::size_t index) noexcept {
        return bytes.data() + messages.size() * data_room + index * control_room;
    }

    void reset(std::size_t index) noexcept {
        msghdr& header = messages[index].msg_hdr;
        header.msg_namelen = endpoint::capacity;
        header.msg_controllen = control_room;
    }

    std::size_t size = 0;
    std::size_t data_room;
    std::size_t control_room;
    std::vector<mmsghdr> messages;
    std::vector<iovec> data;
    std::vector<endpoint> peers;
    std::vector<std::byte> bytes;
};

namespace {

/// Sizes beyond sense would wrap around when they are multiplied.
std::size_t checked_size(std::size_t value, std::size_t most, const char* what) {
    if (value <= most) return value;
    throw std::invalid_argument(std::string("recv_batch: ") + what + " of " +
                                std::to_string(value) + " is above " + std::to_string(most));
}

}  // namespace

recv_batch::recv_batch(std::size_t capacity, std::size_t size, std::size_t control)
    : rows_(std::make_unique<rows>(
          checked_size(capacity, std::size_t{1} << 20, "a capacity"),
          checked_size(size, std::size_t{1} << 30, "a size"),
          CMSG_ALIGN(checked_size(control, std::size_t{1} << 20, "a control size")))) {}
recv_batch::recv_batch(recv_batch&&) noexcept = default;
recv_batch& recv_batch::operator=(recv_batch&&) noexcept = default;
recv_batch::~recv_batch() = default;

void recv_batch::clear() noexcept {
    for (std::size_t i = 0; i < rows_->size; ++i)
        rows_->reset(i);
    rows_->size = 0;
}
bool recv_batch::put(const_buffer datagram, const endpoint& from) noexcept {
    const std::size_t index = rows_->size;
    if (index == rows_->messages.size()) return false;
    const const_buffer kept = datagram.first(rows_->data_room);
    std::copy_n(kept.data(), kept.size(), static_cast<std::byte*>(rows_->data[index].iov_base));
    mmsghdr& message = rows_->messages[index];
    message.msg_len = static_cast<unsigned>(datagram.size());
    message.msg_hdr.msg_flags = kept.size() < datagram.size() ? MSG_TRUNC : 0;
    message.msg_hdr.msg_controllen = 0;
    rows_->peers[index] = from;
    ++rows_->size;
    return true;
}

std::size_t recv_batch::size() const noexcept {
    return rows_->size;
}
const_buffer recv_batch::data(std::size_t index) const noexcept {
    return {rows_->bytes.data() + index * rows_->data_room,
            std::min<std::size_t>(rows_->messages[index].msg_len, rows_->data_room)};
}
const endpoint& recv_batch::peer(std::size_t index) const noexcept {
    return rows_->peers[index];
}
message_flag recv_batch::flags(std::size_t index) const noexcept {
    return static_cast<message_flag>(rows_->messages[index].msg_hdr.msg_flags) &
           ~message_flag::cmsg_cloexec;
}
control_view recv_batch::control(std::size_t index) const noexcept {
    return control_view{
        const_buffer(rows_->control_of(index), rows_->messages[index].msg_hdr.msg_controllen)};
}

namespace {

void close_descriptors(const control_view& control) {
    control.for_each([](const control_item& item) {
        if (item.level != SOL_SOCKET || item.type != SCM_RIGHTS) return;
        for (const_buffer fds = item.data; fds.size() >= sizeof(int);
             fds = fds.without(sizeof(int))) {
            unique_fd unwanted(option::object_from<int>(fds));
        }
    });
}

}  // namespace

transfer try_recv_many(socket& socket, recv_batch& batch, message_flag flags) {
    auto& rows = *batch.rows_;
    batch.clear();
    const auto count = static_cast<unsigned>(std::min(rows.messages.size(), io_vector::limit));
    const auto call = socket.family() == family::packet ? sys::recvmmsg_of_packet : sys::recvmmsg;
    const long came = operate(socket, POLLIN, flags, [&]() noexcept -> long {
        return call(socket.fileno(), rows.messages.data(), count,
                    static_cast<int>(flags | message_flag::wait_for_one));
    });
    if (came < 0) return {0, error_from(came)};
    rows.size = static_cast<std::size_t>(came);
    for (std::size_t i = 0; i < rows.size; ++i) {
        rows.peers[i].resize(rows.messages[i].msg_hdr.msg_namelen);
        if (socket.family() == family::local) close_descriptors(batch.control(i));
    }
    return {rows.size, {}};
}

std::size_t recv_many(socket& socket, recv_batch& batch, message_flag flags) {
    const transfer came = try_recv_many(socket, batch, flags);
    if (came.error) fail("recv_many", socket, came.error.value());
    return came.size;
}

}  // namespace zocalo::net
