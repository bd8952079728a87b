// SPDX-License-Identifier: MIT
// Every argument that reaches the wire, with every character that could begin a line of its own
// (threats I1, I6): it is refused, or what is sent has no line that was not there before.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <string>

#include "zocalo/http/challenge.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/conditional.hpp"
#include "zocalo/http/content_disposition.hpp"
#include "zocalo/http/cookie.hpp"
#include "zocalo/http/cookie_jar.hpp"
#include "zocalo/http/digest.hpp"
#include "zocalo/http/engine.hpp"
#include "zocalo/http/event_stream.hpp"
#include "zocalo/http/filters.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/http/multipart.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace url = zocalo::url;
using text = const std::string&;

std::string sent(const http::request_head& head, const http::fields& trailers = {}) {
    http::client_engine engine;
    engine.send(head, head.method == http::method::post ? http::content_size() : 0);
    engine.send_end(trailers);
    return engine.output();
}
http::request_head with_field(text name, text value) {
    http::request_head head{.method = http::method::get, .target = "/", .fields = {{"Host", "a"}}};
    head.fields.add(name, value);
    return head;
}
std::string answered(const http::response_head& head, const http::fields& trailers = {}) {
    http::server_engine engine;
    const std::string asked = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::size_t used = engine.next(asked).used;
    (void)engine.next(std::string_view(asked).substr(used));
    engine.send(head);
    engine.send_end(trailers);
    return engine.output();
}
/// Nothing listens there: what is not refused before it is sent fails to connect.
std::string asked(http::request what, http::client_options options = {}) {
    try {
        http::client(std::move(options)).request(std::move(what)).get();
    } catch (const std::system_error&) {
        return {};
    }
    return "an answer";
}
constexpr const char* nobody = "http://127.0.0.1:1/";
http::request with_login(text user, text password, http::login::scheme how) {
    http::request what{.url = nobody};
    what.login = http::login{user, password, how};
    return what;
}
std::string proved(text user, text password) {
    http::challenge asked{.scheme = "Digest"};
    asked.parameters.set("realm", "r").set("nonce", "n").set("qop", "auth");
    return http::answer_digest(asked, {.client_nonce = "c"}, user, password).to_string();
}
http::set_cookie a_cookie() {
    return {.name = "n", .value = "v"};
}
http::multipart_form a_form() {
    return http::multipart_form("edge");
}
http::request with_body(http::body body) {
    return {.method = http::method::post, .url = nobody, .body = std::move(body)};
}

struct argument {
    const char* name;
    std::function<std::string(text)> use;  ///< what is sent when it is used
};

const argument of_requests[] = {
    {"method", [](text t) { return sent({http::method::parse(t), "/", {}, {{"Host", "a"}}}); }},
    {"target", [](text t) { return sent({http::method::get, "/" + t, {}, {{"Host", "a"}}}); }},
    {"target of CONNECT",
     [](text t) { return sent({http::method::connect, t + ":1", {}, {{"Host", "a"}}}); }},
    {"name of a field", [](text t) { return sent(with_field(t, "v")); }},
    {"value of a field", [](text t) { return sent(with_field("n", t)); }},
    {"value that is set",
     [](text t) {
         auto head = with_field("n", "v");
         head.fields.set("n", t);
         return sent(head);
     }},
    {"host", [](text t) { return sent({http::method::get, "/", {}, {{"Host", t}}}); }},
    {"name of a trailer",
     [](text t) {
         http::fields last;
         last.add(t, "v");
         return sent({http::method::post, "/", {}, {{"Host", "a"}}}, last);
     }},
    {"value of a trailer",
     [](text t) {
         http::fields last;
         last.add("n", t);
         return sent({http::method::post, "/", {}, {{"Host", "a"}}}, last);
     }},
    {"URL", [](text t) { return asked({.url = t}); }},
    {"scheme", [](text t) { return asked({.url = t + "://127.0.0.1:1/"}); }},
    {"host of a URL", [](text t) { return asked({.url = "http://" + t + ":1/"}); }},
    {"port of a URL", [](text t) { return asked({.url = "http://127.0.0.1:" + t + "/"}); }},
    {"path of a URL", [](text t) { return asked({.url = nobody + t}); }},
    {"query of a URL", [](text t) { return asked({.url = nobody + ("?" + t)}); }},
    {"user of a URL", [](text t) { return asked({.url = "http://" + t + "@127.0.0.1:1/"}); }},
    {"password of a URL", [](text t) { return asked({.url = "http://u:" + t + "@127.0.0.1:1/"}); }},
    {"escaped user of a URL",
     [](text t) { return asked({.url = "http://" + url::quote(t) + ":p@127.0.0.1:1/"}); }},
    {"secret field",
     [](text t) {
         http::request what{.url = nobody};
         what.secrets.add("n", t);
         return asked(what);
     }},
    {"user", [](text t) { return asked(with_login(t, "p", http::login::scheme::basic)); }},
    {"password", [](text t) { return asked(with_login("u", t, http::login::scheme::basic)); }},
    {"token", [](text t) { return asked(with_login("", t, http::login::scheme::bearer)); }},
    {"field of all requests",
     [](text t) {
         http::client_options options;
         options.fields.add("n", t);
         return asked({.url = nobody}, options);
     }},
    {"type of a body", [](text t) { return asked(with_body(http::body("x", t))); }},
    {"type of a stream",
     [](text t) {
         return asked(with_body(
             http::body::stream([](http::body_writer&) -> io::task<> { co_return; }, 0, t)));
     }},
    {"proxy", [](text t) { return io::proxy::parse("http://" + t + "@p.example:1").user; }},
    {"host of a proxy", [](text t) { return io::proxy::parse("http://" + t + ":1").host; }},
};

const argument of_values[] = {
    {"realm of a challenge", [](text t) { return http::basic_challenge(t).to_string(); }},
    {"scheme of a challenge", [](text t) { return http::challenge{.scheme = t}.to_string(); }},
    {"token of a challenge",
     [](text t) { return http::challenge{.scheme = "a", .token = t}.to_string(); }},
    {"user of Basic", [](text t) { return http::basic_credentials(t, "p").to_string(); }},
    {"password of Basic", [](text t) { return http::basic_credentials("u", t).to_string(); }},
    {"token of Bearer", [](text t) { return http::bearer_credentials(t).to_string(); }},
    {"user of Digest", [](text t) { return proved(t, "p"); }},
    {"password of Digest", [](text t) { return proved("u", t); }},
    {"realm of Digest",
     [](text t) { return http::digest_challenges({.realm = t, .nonce = "n"})[0].to_string(); }},
    {"nonce of Digest",
     [](text t) { return http::digest_challenges({.realm = "r", .nonce = t})[0].to_string(); }},
    {"opaque of a tag", [](text t) { return http::entity_tag::strong(t).to_string(); }},
    {"name of a file", [](text t) { return http::attachment(t).to_string(); }},
    {"disposition", [](text t) { return http::content_disposition{.type = t}.to_string(); }},
    {"media type", [](text t) { return http::media_type::parse("text/" + t).to_string(); }},
    {"parameter of a media type",
     [](text t) {
         auto type = http::media_type::parse("text/plain");
         type.parameters.set("a", t);
         return type.to_string();
     }},
    {"name of a parameter",
     [](text t) {
         auto type = http::media_type::parse("text/plain");
         type.parameters.set(t, "a");
         return type.to_string();
     }},
    {"quoted string", [](text t) { return http::quoted_string(t); }},
    {"name of a cookie",
     [](text t) {
         auto made = a_cookie();
         made.name = t;
         return made.to_string();
     }},
    {"value of a cookie",
     [](text t) {
         auto made = a_cookie();
         made.value = t;
         return made.to_string();
     }},
    {"path of a cookie",
     [](text t) {
         auto made = a_cookie();
         made.path = "/" + t;
         return made.to_string();
     }},
    {"domain of a cookie",
     [](text t) {
         auto made = a_cookie();
         made.domain = t;
         return made.to_string();
     }},
    {"cookie of a jar",
     [](text t) {
         http::cookie_jar jar;
         jar.add({.name = "n", .value = t, .domain = "h.example"}, {});
         return jar.get(http::cookie_target::of(url::uri::parse("http://h.example/")), {});
     }},
    {"name of a field of a form", [](text t) { return a_form().add(t, "v").to_string(); }},
    {"type of a field of a form", [](text t) { return a_form().add("n", "v", t).to_string(); }},
    {"name of a file of a form", [](text t) { return a_form().add_file("n", t, "v").to_string(); }},
    {"name of the field of a file",
     [](text t) { return a_form().add_file(t, "f", "v").to_string(); }},
    {"type of a file of a form",
     [](text t) { return a_form().add_file("n", "f", "v", t).to_string(); }},
    {"name of a stream of a form",
     [](text t) { return a_form().add_stream("n", t, 1).parts()[0].head; }},
    {"boundary", [](text t) { return http::multipart_form(t).content_type(); }},
    {"id of an event", [](text t) { return http::event_text({.type = {}, .data = "d", .id = t}); }},
};

const argument of_responses[] = {
    {"reason", [](text t) { return answered({.reason = t}); }},
    {"name of a field", [](text t) { return answered({.fields = http::fields().add(t, "v")}); }},
    {"value of a field", [](text t) { return answered({.fields = http::fields().add("n", t)}); }},
    {"redirect",
     [](text t) {
         http::response_head head{.status = http::status::found};
         head.fields.set("Location", "/" + t);
         return answered(head);
     }},
    {"trailer", [](text t) { return answered({}, http::fields().add("n", t)); }},
};

const std::string bad_ones[] = {
    "a\rb",     "a\nb", "a\r\nb", std::string("a\0b", 3), "a\r\nX-Evil: y", "a\r\n X: y",
    "\r\n\r\n", "\na",  "a\r",    std::string("\0", 1)};

std::size_t lines_of(text what) {
    return static_cast<std::size_t>(
        std::ranges::count_if(what, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }));
}

template <std::size_t Count>
void try_all(const argument (&all)[Count]) {
    for (const argument& each : all) {
        std::size_t lines = 0;
        try {
            lines = lines_of(each.use("1"));
        } catch (const std::invalid_argument&) {
            lines = 0;  // some take no "1" either
        }
        for (const std::string& bad : bad_ones) {
            try {
                const std::string made = each.use(bad);
                EXPECT_FALSE(made.empty()) << each.name << " was not refused before the connection";
                EXPECT_EQ(lines_of(made), lines) << each.name << ": " << made;
            } catch (const std::invalid_argument&) {
                continue;
            } catch (const http::bad_message&) {
                continue;
            }
        }
    }
}

TEST(argument_matrix, of_requests_begins_no_line) {
    try_all(of_requests);
}
TEST(argument_matrix, of_values_begins_no_line) {
    try_all(of_values);
}
TEST(argument_matrix, of_responses_begins_no_line) {
    try_all(of_responses);
}

/// Data may have lines; each of them is one of the event's. NUL is a character like others there.
TEST(argument_matrix, of_events_ends_none) {
    for (const std::string& bad : bad_ones) {
        const std::string made = http::event_text({.data = bad});
        EXPECT_EQ(made.find("\n\n"), made.size() - 2) << made;
        EXPECT_EQ(made.find("\nX-Evil"), std::string::npos) << made;
        if (bad.find_first_of("\r\n") == std::string::npos) continue;
        EXPECT_THROW((void)http::event_text({.type = bad}), std::invalid_argument);
        EXPECT_THROW((void)http::event_comment(bad), std::invalid_argument);
    }
}

}  // namespace
