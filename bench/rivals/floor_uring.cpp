// SPDX-License-Identifier: MIT
// The echo server of bare io_uring calls: one multishot accept, one multishot receive for each
// connection into provided buffers, one submission for each turn.
#include <liburing.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <utility>
#include <vector>

namespace {

constexpr unsigned buffer_count = 1024;
constexpr unsigned buffer_size = 4096;

enum kind : std::uint64_t { accepting, receiving, sending };

struct portion {
    std::uint16_t buffer;
    unsigned size;
};
struct connection {
    std::deque<portion> unsent;
    bool armed = false;
    bool over = false;
};

io_uring ring;
io_uring_buf_ring* provided = nullptr;
std::vector<char> memory(std::size_t{buffer_count} * buffer_size);
std::vector<connection> connections;
std::vector<int> starved;

void require(bool holds, const char* what) {
    if (holds) return;
    std::perror(what);
    std::exit(1);
}

io_uring_sqe& ask(kind what, int fd) {
    io_uring_sqe* made = io_uring_get_sqe(&ring);
    if (made == nullptr) {
        io_uring_submit(&ring);
        made = io_uring_get_sqe(&ring);
    }
    require(made != nullptr, "io_uring_get_sqe");
    *made = {};
    made->fd = fd;
    made->user_data = what << 32 | static_cast<unsigned>(fd);
    return *made;
}

char* at(std::uint16_t buffer) {
    return memory.data() + std::size_t{buffer} * buffer_size;
}

void provide(std::uint16_t buffer) {
    io_uring_buf_ring_add(provided, at(buffer), buffer_size, buffer,
                          io_uring_buf_ring_mask(buffer_count), 0);
    io_uring_buf_ring_advance(provided, 1);
}

void accept_all(int listener) {
    io_uring_sqe& made = ask(accepting, listener);
    made.opcode = IORING_OP_ACCEPT;
    made.ioprio = IORING_ACCEPT_MULTISHOT;
}

void receive(int fd) {
    io_uring_sqe& made = ask(receiving, fd);
    made.opcode = IORING_OP_RECV;
    made.ioprio = IORING_RECV_MULTISHOT;
    made.flags = IOSQE_BUFFER_SELECT;
    connections[static_cast<std::size_t>(fd)].armed = true;
}

void send_first(int fd) {
    const portion& first = connections[static_cast<std::size_t>(fd)].unsent.front();
    io_uring_sqe& made = ask(sending, fd);
    made.opcode = IORING_OP_SEND;
    made.addr = reinterpret_cast<std::uintptr_t>(at(first.buffer));
    made.len = first.size;
    made.msg_flags = MSG_NOSIGNAL | MSG_WAITALL;
}

void close_if_over(int fd) {
    connection& which = connections[static_cast<std::size_t>(fd)];
    if (!which.over || which.armed || !which.unsent.empty()) return;
    which = {};
    ::close(fd);
}

void accepted(const io_uring_cqe& answer) {
    const int on = 1;
    const int fd = answer.res;
    if (fd < 0) return;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (static_cast<std::size_t>(fd) >= connections.size())
        connections.resize(static_cast<std::size_t>(fd) * 2);
    receive(fd);
}

void received(int fd, const io_uring_cqe& answer) {
    connection& which = connections[static_cast<std::size_t>(fd)];
    if ((answer.flags & IORING_CQE_F_MORE) == 0) which.armed = false;
    if (answer.res > 0) {
        const auto buffer = static_cast<std::uint16_t>(answer.flags >> IORING_CQE_BUFFER_SHIFT);
        which.unsent.push_back({buffer, static_cast<unsigned>(answer.res)});
        if (which.unsent.size() == 1) send_first(fd);
        if (!which.armed) receive(fd);
    } else if (answer.res == -ENOBUFS) {
        starved.push_back(fd);
    } else {
        which.over = true;
        close_if_over(fd);
    }
}

void sent(int fd, const io_uring_cqe& answer) {
    connection& which = connections[static_cast<std::size_t>(fd)];
    if (answer.res < 0) which.over = true;
    provide(which.unsent.front().buffer);
    which.unsent.pop_front();
    if (!which.unsent.empty()) return send_first(fd);
    close_if_over(fd);
}

void dispatch(const io_uring_cqe& answer, int listener) {
    const int fd = static_cast<int>(answer.user_data & 0xffffffff);
    switch (answer.user_data >> 32) {
        case accepting:
            accepted(answer);
            if ((answer.flags & IORING_CQE_F_MORE) == 0) accept_all(listener);
            break;
        case receiving:
            received(fd, answer);
            break;
        default:
            sent(fd, answer);
    }
}

int open_listener() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* const name = reinterpret_cast<sockaddr*>(&where);
    require(::bind(fd, name, size) == 0 && ::listen(fd, 4096) == 0, "listen");
    ::getsockname(fd, name, &size);
    std::printf("listening on 127.0.0.1:%d with bare io_uring\n", ntohs(where.sin_port));
    std::fflush(stdout);
    return fd;
}

void open_ring() {
    io_uring_params wanted{};
    wanted.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                   IORING_SETUP_COOP_TASKRUN | IORING_SETUP_CQSIZE;
    wanted.cq_entries = 16'384;
    require(io_uring_queue_init_params(1024, &ring, &wanted) == 0, "io_uring_queue_init");
    io_uring_register_ring_fd(&ring);
    require(::posix_memalign(reinterpret_cast<void**>(&provided), 4096,
                             buffer_count * sizeof(io_uring_buf)) == 0,
            "posix_memalign");
    *provided = {};
    io_uring_buf_reg which{};
    which.ring_addr = reinterpret_cast<std::uintptr_t>(provided);
    which.ring_entries = buffer_count;
    require(io_uring_register_buf_ring(&ring, &which, 0) == 0, "io_uring_register_buf_ring");
    for (unsigned i = 0; i < buffer_count; ++i)
        provide(static_cast<std::uint16_t>(i));
}

}  // namespace

int main() {
    open_ring();
    const int listener = open_listener();
    accept_all(listener);
    for (;;) {
        for (const int fd : std::exchange(starved, {}))
            receive(fd);
        io_uring_submit_and_wait(&ring, 1);
        unsigned head = 0;
        unsigned count = 0;
        io_uring_cqe* each = nullptr;
        io_uring_for_each_cqe(&ring, head, each) {
            dispatch(*each, listener);
            ++count;
        }
        io_uring_cq_advance(&ring, count);
    }
}
