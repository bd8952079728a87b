// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "checks.hpp"
#include "command.hpp"
#include "duration.hpp"
#include "serve/request.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/network.hpp"
#include "zocalo/url/host.hpp"

namespace zocalo::program {

namespace {

/// Three digits at most, and a 0 before them.
std::string check_mode(const std::string& text) {
    const std::string_view digits = std::string_view(text).substr(text.starts_with('0') ? 1 : 0);
    const bool is_one = !digits.empty() && digits.size() <= 3 &&
                        digits.find_first_not_of("01234567") == std::string_view::npos;
    return is_one ? std::string() : "no mode, such as 0660: " + quoted(text);
}

void add_listen_options(CLI::App& command, serve_request& request) {
    command
        .add_option(
            "-l,--listen,-b,--bind", request.listen,
            "Addresses to listen at: 0.0.0.0 or :: for everybody; unix:PATH or unix:@NAME is a "
            "Unix socket, for HTTP")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("ADDRESS,...")
        ->capture_default_str()
        ->group("Listeners");
    command
        .add_option("--socket-mode", request.socket_mode,
                    "Who may connect to Unix sockets, as chmod writes it; without it the umask "
                    "says so")
        ->check(check_mode)
        ->type_name("MODE")
        ->group("Listeners");
    const auto add_port = [&](const char* names, std::string& port, const char* about) {
        command.add_option(names, port, about)
            ->type_name("PORT|no")
            ->capture_default_str()
            ->group("Listeners");
    };
    add_port("-p,--http", request.http, "Where HTTP is spoken; 0 is any free port");
    add_port("--gopher", request.gopher, "Where Gopher is spoken");
    command
        .add_flag("--gopher-search", request.gopher_search,
                  "Answer searches over Gopher, by the names of files")
        ->group("Listeners");
    add_port("--clients", request.clients, "Where the list of clients is kept (zocalo clients)");
    command
        .add_flag("--tls", request.tls, "HTTPS, and Gopher with TLS for those who begin with it")
        ->group("Listeners");
    auto* certificate =
        command.add_option("--cert", request.certificate,
                           "The certificate, PEM, and --tls; without it one is made for this run");
    auto* key = command.add_option("--key", request.key, "Its key, when that is another file");
    auto* staple = command.add_option("--staple", request.hosting.staple,
                                      "What its authority says of it: an answer of OCSP, DER");
    for (auto* option : {certificate, key, staple})
        option->type_name("FILE")->group("Listeners");
    add_key_password_options(command, request.password, "Listeners");
}

void add_hosting_options(CLI::App& command, hosting_request& request) {
    command
        .add_option("--proxy-pass", request.proxy_options,
                    "Have others answer for a path: /app=http://127.0.0.1:9000; several URLs share "
                    "the work; h2c:// is HTTP/2 without TLS. May be given more than once")
        ->allow_extra_args(false)
        ->type_name("PATH=URL,...")
        ->group("Others answer");
    command
        .add_option("--cgi", request.cgi_option,
                    "Have the programs in this folder answer, at /cgi-bin/: they run as this user")
        ->type_name("DIR")
        ->group("Others answer");
    command
        .add_option("--request-rate", request.rate,
                    "Requests in a second from one address, ten seconds' worth at once: beyond "
                    "that 429. 0 is no limit")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str()
        ->group("Access");
    command
        .add_flag("--digest", request.digest,
                  "With --passwords: ask for a proof, so that passwords are not sent (RFC 7616)")
        ->group("Access");
}

/// A host, by name or address: nothing that a request could not have in its Host.
std::string check_name(const std::string& text) {
    const bool is_host = url::host::try_parse(text).has_value();
    return is_host ? std::string() : "no name of a host: " + quoted(text);
}

std::string check_network(const std::string& text) {
    return net::network::try_parse(text) ? std::string() : "no network: " + quoted(text);
}

/// What has more digits fits no number, and a sign is none of a size.
std::string only_size(std::string text) {
    constexpr std::size_t most_digits = 18;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits > most_digits)
        throw CLI::ValidationError("no size, such as 4096 or 100MB: " + quoted(text));
    return text;
}

void add_folder_options(CLI::App& command, serve_request& request) {
    command.add_flag("--upload", request.upload, "Visitors may add files")->group("Folder");
    command.add_flag("--overwrite", request.overwrite, "And replace those that are there")
        ->group("Folder");
    command.add_option("--longest-upload", request.longest_upload, "Bytes of one file")
        ->transform(CLI::AsSizeValue(false))
        ->transform(only_size)
        ->capture_default_str()
        ->group("Folder");
    command.add_flag("--hidden", request.hidden, "Show names that begin with a dot (HTTP)")
        ->group("Folder");
    command.add_flag("--compress", request.compress, "Compress text for those who take it so")
        ->group("Folder");
    add_duration(command, "--max-age", request.max_age,
                 "How long others may keep a file without asking for it again (Cache-Control); 0: "
                 "they ask each time")
        ->group("Folder");
    command.add_flag("--no-listing", request.no_listing, "Show no folder that has no index.html")
        ->group("Folder");
}

void add_access_options(CLI::App& command, serve_request& request) {
    command
        .add_option("--passwords", request.passwords,
                    "HTTP asks for one of these: a file with lines NAME:PASSWORD. Gopher cannot "
                    "ask, and is off unless --gopher is given")
        ->type_name("FILE")
        ->group("Access");
    command.add_option("--user", request.user, "Become this user once the ports are open")
        ->type_name("NAME")
        ->group("Access");
    command
        .add_option("--allow-origin", request.origins,
                    "Pages of this site may read what is here (CORS); * is every site")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(check_origin)
        ->type_name("ORIGIN,...")
        ->group("Access");
    command
        .add_option("--server-name", request.names,
                    "Names of this host, beside its addresses and localhost: requests for others "
                    "get 421. Without, that is so where only this machine can connect")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(check_name)
        ->type_name("NAME,...")
        ->group("Access");
    command
        .add_option("--status-for", request.status_for,
                    "Who sees /.zocalo/, beside this host: 192.0.2.0/24")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(check_network)
        ->type_name("NETWORK,...")
        ->group("Access");
}

void add_other_options(CLI::App& command, serve_request& request) {
    command
        .add_option("-c,--config", request.config,
                    "Options from a file in TOML: upload = true; those given here go first. Hosts, "
                    "proxies and programs are tables there: [[host]], [[proxy]], [[cgi]]")
        ->type_name("FILE")
        ->group("Server");
    command.add_option("--log", request.log, "A line for each request, - for standard output")
        ->type_name("FILE")
        ->group("Server");
    command
        .add_option("--log-format", request.log_format,
                    "How it looks: names and values, or what programs for web servers read")
        ->check(CLI::IsMember({"fields", "common", "combined"}))
        ->type_name("fields|common|combined")
        ->capture_default_str()
        ->group("Server");
    command.add_flag("--metrics", request.metrics, "Counters for Prometheus at /.zocalo/metrics")
        ->group("Server");
    command.add_option("--threads", request.threads, "0: one for each processor")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str()
        ->group("Server");
}

/// Where options say something together, wherever they are from.
void complete(serve_request& request, const CLI::App& command) {
    if (request.certificate.empty() && !request.key.empty())
        throw CLI::ValidationError("--key is the key of a certificate: --cert is missing");
    if (request.certificate.empty() && request.password != key_password())
        throw CLI::ValidationError("--pass is of the key of a certificate: --cert is missing");
    if (!request.certificate.empty() && command.count("--tls") == 0) request.tls = true;
    const bool has_certificates = std::ranges::any_of(
        request.hosting.hosts, [](const host_place& each) { return !each.certificate.empty(); });
    if (has_certificates && command.count("--tls") == 0) request.tls = true;
    if (request.certificate.empty() && !request.hosting.staple.empty())
        throw CLI::ValidationError("--staple is about a certificate: --cert is missing");
    if (request.hosting.digest && request.passwords.empty())
        throw CLI::ValidationError("--digest asks for passwords: --passwords is missing");
    if (!request.guarding.hand_over.empty() &&
        (request.http == "0" || request.gopher == "0" || request.clients == "0"))
        throw CLI::ValidationError("--hand-over wants ports that stay the same: none is 0");
    if (request.overwrite && !request.upload)
        throw CLI::ValidationError("--overwrite is about uploads: --upload is missing");
}

/// `python3 -m http.server 8000` takes a port there.
void check_folder(const std::string& path) {
    std::error_code ignored;
    const bool is_number = !path.empty() && path.size() <= 5 &&
                           path.find_first_not_of("0123456789") == std::string::npos;
    if (is_number && !std::filesystem::exists(path, ignored))
        throw CLI::ValidationError("there is no folder " + quoted(path) +
                                   "; a port is given with -p: serve -p " + path);
}

}  // namespace

void add_serve(CLI::App& program, context& shared) {
    auto& command = new_command(
        program, shared, "serve",
        "Serve a folder over HTTP and Gopher, with a page that shows what happens",
        {{"serve", "this folder, for this machine: http://127.0.0.1:8080/"},
         {"serve -l 0.0.0.0 --upload photos", "for everybody, who may add files"},
         {"serve -l unix:/run/site.sock --socket-mode 660 site", "for a proxy on this machine"},
         {"serve --tls --passwords names.txt docs", "HTTPS, for those who know a password"},
         {"serve --proxy-pass /app=http://127.0.0.1:9000 site", "before another server"},
         {"serve --proxy-protocol 10.0.0.0/8 -l 0.0.0.0 site", "behind HAProxy"},
         {"serve --hand-over /run/site.door site", "again, with the next version: nobody waits"},
         {"serve --http 80 --user www-data --config site.toml /srv/www", "as a service"}});
    const auto request = std::make_shared<serve_request>();
    auto* const dir = command.add_option("dir", request->folder, "The folder");
    dir->type_name("DIR")->capture_default_str();
    command.add_option("-d,--directory", request->directory, "The same")
        ->type_name("DIR")
        ->excludes(dir)
        ->group("Folder");
    add_listen_options(command, *request);
    add_folder_options(command, *request);
    add_access_options(command, *request);
    add_hosting_options(command, request->hosting);
    add_other_options(command, *request);
    add_guarding_options(command, request->guarding);
    command.callback([request, &command, &shared] {
        if (!request->config.empty())
            request->said_at = read_config(command, request->config, request->hosting);
        complete(*request, command);
        if (command.count("dir") == 0 && !request->directory.empty())
            request->folder = request->directory;
        check_folder(request->folder);
        serve_folder(*request, shared);
    });
}

}  // namespace zocalo::program
