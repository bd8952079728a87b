// SPDX-License-Identifier: MIT
#include "tour/chapters.hpp"

#include <string>

namespace zocalo::program {

namespace {

const std::string here = "127.0.0.1";

std::string_view greeting(stage& on) {
    const std::string port = std::to_string(on.free_port(40674));
    actor& server = on.start("greeting_server", {port});
    on.hears(server, "Socket successfully created");
    on.hears(server, "socket bound to " + port);
    on.hears(server, "socket is listening");
    for (int visit = 0; visit < 2; ++visit) {
        actor& client = on.start("greeting_client", {here, port});
        on.hears(client, "Thank you for connecting");
        on.ends(client);
        on.hears(server, "Got connection from 127.0.0.1:");
    }
    on.dismiss(server);
    return "both clients were thanked; the server went on after the first, and ended on Ctrl-C";
}

std::string_view datagrams(stage& on) {
    const std::string port = std::to_string(on.free_port(6667, true));
    actor& server = on.start("udp_server", {port});
    on.hears(server, "waiting");
    actor& sender = on.start("udp_sender", {here, port, "Hello"});
    on.ends(sender);
    on.hears(server, "Hello");
    on.dismiss(server);
    return "one datagram arrived, whole; nobody had to connect";
}

std::string_view stream_sender(stage& on) {
    const std::string port = std::to_string(on.free_port(6667));
    actor& receiver = on.start("zocalo", {"listen", "-v", here, port});
    on.hears(receiver, "listening on");
    actor& sender = on.start("tcp_sender", {here, port, "Hello"});
    on.hears(receiver, "connection from");
    on.hears(receiver, "Hello");
    on.ends(sender);
    on.ends(receiver);
    return "the bytes arrived in order, and both sides know that it was all";
}

constexpr chapter all[] = {
    {"A greeting", "A server waits; whoever connects is thanked.", greeting},
    {"A datagram", "A sender throws one message over the wall with UDP; nobody answers.",
     datagrams},
    {"A stream", "tcp_sender connects and sends; this very program takes the other end.",
     stream_sender},
};

}  // namespace

std::span<const chapter> chapters() noexcept {
    return all;
}

}  // namespace zocalo::program
