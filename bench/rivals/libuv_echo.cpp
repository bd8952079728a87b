// SPDX-License-Identifier: MIT
// The echo server on libuv: it tries to write at once, and asks for the rest.
#include <netinet/in.h>
#include <uv.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

std::array<char, 65536> room;

void require(int result, const char* what) {
    if (result >= 0) return;
    std::fprintf(stderr, "%s: %s\n", what, uv_strerror(result));
    std::exit(1);
}

void drop(uv_stream_t* peer) {
    auto* const handle = reinterpret_cast<uv_handle_t*>(peer);
    if (uv_is_closing(handle) != 0) return;
    uv_close(handle, [](uv_handle_t* closed) { delete reinterpret_cast<uv_tcp_t*>(closed); });
}

struct unsent {
    uv_write_t request;
    std::vector<char> bytes;
};

void write_rest(uv_stream_t* peer, const char* data, std::size_t size) {
    auto* const rest = new unsent{{}, {data, data + size}};
    rest->request.data = rest;
    const uv_buf_t bytes = uv_buf_init(rest->bytes.data(), static_cast<unsigned>(size));
    const auto written = [](uv_write_t* done, int) { delete static_cast<unsent*>(done->data); };
    if (uv_write(&rest->request, peer, &bytes, 1, written) == 0) return;
    delete rest;
    drop(peer);
}

void echo(uv_stream_t* peer, ssize_t count, const uv_buf_t* from) {
    if (count == 0) return;
    if (count < 0) return drop(peer);
    const uv_buf_t bytes = uv_buf_init(from->base, static_cast<unsigned>(count));
    const int sent = uv_try_write(peer, &bytes, 1);
    if (sent < 0 && sent != UV_EAGAIN) return drop(peer);
    const std::size_t gone = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    if (gone < static_cast<std::size_t>(count))
        write_rest(peer, from->base + gone, static_cast<std::size_t>(count) - gone);
}

void lend_room(uv_handle_t*, std::size_t, uv_buf_t* into) {
    *into = uv_buf_init(room.data(), room.size());
}

void accept_one(uv_stream_t* listener, int status) {
    if (status < 0) return;
    auto* const made = new uv_tcp_t;
    uv_tcp_init(listener->loop, made);
    auto* const peer = reinterpret_cast<uv_stream_t*>(made);
    if (uv_accept(listener, peer) < 0) return drop(peer);
    uv_tcp_nodelay(made, 1);
    uv_read_start(peer, lend_room, echo);
}

}  // namespace

int main() {
    uv_loop_t* const loop = uv_default_loop();
    uv_tcp_t listener;
    sockaddr_in where{};
    uv_ip4_addr("127.0.0.1", 0, &where);
    auto* const name = reinterpret_cast<sockaddr*>(&where);
    require(uv_tcp_init(loop, &listener), "uv_tcp_init");
    require(uv_tcp_bind(&listener, name, 0), "uv_tcp_bind");
    require(uv_listen(reinterpret_cast<uv_stream_t*>(&listener), 4096, accept_one), "uv_listen");
    int size = sizeof where;
    uv_tcp_getsockname(&listener, name, &size);
    std::printf("listening on 127.0.0.1:%d with libuv\n", ntohs(where.sin_port));
    std::fflush(stdout);
    uv_run(loop, UV_RUN_DEFAULT);
}
