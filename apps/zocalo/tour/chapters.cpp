// SPDX-License-Identifier: MIT
#include "tour/chapters.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tour/own_network.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/net/interface.hpp"

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

std::string_view browser(stage& on) {
    const std::string port = std::to_string(on.free_port(8081));
    actor& server = on.start("browser_server", {port});
    on.hears(server, "open http://");
    actor& client = on.start("zocalo", {"connect", "--crlf", here, port},
                             "GET / HTTP/1.1\nHost: localhost\n\n");
    on.hears(server, "request from");
    on.hears(client, "HTTP/1.1 200");
    on.hears(client, "Hello, browser!");
    on.ends(client);
    on.dismiss(server);
    return "what a browser sends is a few lines of text, and so is the answer";
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

std::string_view answered_datagram(stage& on) {
    const std::string port = std::to_string(on.free_port(6667, true));
    actor& server = on.start("udp_handler_server", {port});
    on.hears(server, "waiting");
    actor& client = on.start("zocalo", {"connect", "-u", "-q", "0.2", here, port}, "Hello");
    on.hears(server, "wrote: \"Hello");
    on.hears(client, "Got your message!");
    on.ends(client);
    on.dismiss(server);
    return "the server knew where the datagram came from, and answered there";
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

std::string_view client_list(stage& on) {
    const std::string port = std::to_string(on.free_port(5000));
    actor& server = on.start("client_list", {port});
    on.hears(server, "keeping the list");
    for (const std::string name : {"Ada", "Grace", "Jürgen"}) {
        actor& client = on.start("client_list", {"-c", "-n", name, port});
        on.hears(client, "Ada");
        on.ends(client);
    }
    actor& last = on.start("client_list", {"-c", "-n", "Barbara", port});
    const auto list = nlohmann::json::parse(on.hears(last, "Barbara"));
    if (list != nlohmann::json{"Ada", "Barbara", "Grace", "Jürgen"}) {
        throw went_wrong("the list is not what was told");
    }
    on.ends(last);
    on.dismiss(server);
    return "every client is told of all before it, as JSON";
}

std::string_view address_info(stage& on) {
    actor& program = on.start("address_info", {"localhost", "http"});
    on.hears(program, "127.0.0.1:80");
    on.ends(program);
    return "a name and a service became an address and a port";
}

void make_interfaces(stage& on) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"link", "add", "left", "type", "veth", "peer", "right"},
          {"link", "set", "left", "up"},
          {"link", "set", "right", "up"}}) {
        try {
            on.ends(on.start("/sbin/ip", arguments));
        } catch (const std::exception& error) {
            throw not_here(std::string("two interfaces could not be made: ") + error.what());
        }
    }
}

bool has_carrier(const net::interface& one) {
    return has(one.flags, net::interface_flag::loopback) || one.state == net::link_state::up;
}

/// What is sent before both ends of a cable are up is lost, and they take a moment.
void wait_for_carrier() {
    constexpr auto patience = std::chrono::seconds(5);
    const deadline end{patience};
    while (!std::ranges::all_of(net::interfaces(), has_carrier)) {
        if (end.passed()) throw not_here("the two interfaces did not come up");
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

std::string_view frames(stage& on) {
    enter_own_network();
    make_interfaces(on);
    wait_for_carrier();
    actor& receiver = on.start("frame_receiver", {"right", "ether proto 0x88b5"});
    on.hears(receiver, "listening on");
    actor& sender = on.start("frame_sender", {"left", "Hello"});
    on.hears(sender, "frame check sequence");
    on.ends(sender);
    on.hears(receiver, "received 60 bytes");
    on.hears(receiver, "|llo.");  // the head takes 14 bytes, so that "He" is a row above
    on.dismiss(receiver);
    return "a frame went from one network card to the other, below every protocol";
}

constexpr chapter all[] = {
    {"A greeting", "A server waits; whoever connects is thanked.", greeting},
    {"A browser", "A server that a browser can open; here, this program plays the browser.",
     browser},
    {"A datagram", "A sender throws one message over the wall with UDP; nobody answers.",
     datagrams},
    {"A datagram and its answer", "The same with a server that answers whoever has sent.",
     answered_datagram},
    {"A stream", "tcp_sender connects and sends; this very program takes the other end.",
     stream_sender},
    {"A list of clients", "One server with a thread for each client, and what they share.",
     client_list},
    {"An address", "What the system knows about a name.", address_info},
    {"A frame", "Two interfaces with a cable between them, in a network that exists only for this.",
     frames},
};

}  // namespace

std::span<const chapter> chapters() noexcept {
    return all;
}

}  // namespace zocalo::program
