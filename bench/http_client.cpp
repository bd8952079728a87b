// SPDX-License-Identifier: MIT
// Asks for one URL over and over, on so many connections: the client of bench/http.py.
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <string>

#include "load.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/scope.hpp"

namespace http = zocalo::http;
namespace io = zocalo::io;

namespace {

class load {
 public:
    load(io::backend_kind kind, std::string url, std::size_t connections)
        : loop_(kind), client_(options(connections)), url_(std::move(url)), count_(connections) {}

    void run_for(std::chrono::duration<double> time) {
        const auto until = bench::clock_type::now() +
                           std::chrono::duration_cast<bench::clock_type::duration>(time);
        io::scope all;
        loop_.run(all.run(ask_on_all(all, until)));
    }
    [[nodiscard]] bench::samples& taken() { return samples_; }
    [[nodiscard]] static std::size_t depth() { return 1; }

 private:
    static http::client_options options(std::size_t connections) {
        http::client_options made;
        made.connections = made.connections_to_origin = connections;
        return made;
    }

    io::task<> ask_on_all(io::scope& all, bench::clock_type::time_point until) {
        for (std::size_t i = 0; i < count_; ++i)
            all.spawn(ask(until));
        co_return;
    }

    io::task<> ask(bench::clock_type::time_point until) {
        for (;;) {
            const auto begun = bench::clock_type::now();
            if (begun >= until) break;
            io::task<http::response> asking = client_.get(url_);
            const http::response answer = co_await std::move(asking);
            answer.error_for_status();
            samples_.add(begun);
        }
    }

    io::loop loop_;
    http::client client_;
    std::string url_;
    std::size_t count_;
    bench::samples samples_;
};

}  // namespace

int main(int argc, char** argv) {
    std::string url;
    std::size_t connections = 1;
    double seconds = 1;
    io::backend_kind kind = io::backend_kind::automatic;
    const std::map<std::string, io::backend_kind> kinds{{"poll", io::backend_kind::poll},
                                                        {"epoll", io::backend_kind::epoll},
                                                        {"uring", io::backend_kind::uring}};
    CLI::App options("Asks for one URL over and over.");
    options.add_option("url", url)->required();
    options.add_option("--connections", connections);
    options.add_option("--seconds", seconds);
    options.add_option("--backend", kind, "poll, epoll or uring")
        ->transform(CLI::CheckedTransformer(kinds));
    CLI11_PARSE(options, argc, argv);
    try {
        load load(kind, url, connections);
        bench::drive(load, 0.3, seconds);
    } catch (const std::exception& error) {
        std::cerr << "http_client: " << error.what() << '\n';
        return 1;
    }
}
