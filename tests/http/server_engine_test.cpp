// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

#include "http/transcript.hpp"
#include "zocalo/http/engine.hpp"

namespace {

namespace http = zocalo::http;
using http::event;
using testing::HasSubstr;
using testing::Not;
using zocalo::tests::server_hears;

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// A server that has heard all of a request.
class server_engine : public testing::Test {
 protected:
    void hear(std::string_view bytes) {
        http::incoming got;
        do {
            got = engine.next(bytes);
            bytes.remove_prefix(got.used);
        } while (got.what == event::head || got.what == event::data);
    }
    std::string sent() { return std::exchange(engine.output(), {}); }
    std::string reply(const http::response_head& head, http::content_size size,
                      std::string_view content) {
        engine.send(head, size);
        engine.send_data(content);
        engine.send_end();
        return sent();
    }

    http::server_engine engine;
};

TEST_F(server_engine, forgets_half_a_request_for_another_connection) {
    const std::string half = "POST /secret HTTP/1.0\r\nHost: b\r\nContent-Length: 5\r\n\r\nhe";
    hear(half);
    http::limits few;
    few.head = 38;
    engine.begin_anew(few);
    EXPECT_EQ(engine.request().target, "/");
    EXPECT_TRUE(engine.request().fields.empty());
    hear(get);
    EXPECT_EQ(engine.request().fields.get("Host"), "a");
    EXPECT_THAT(reply({}, 2, "ok"), testing::EndsWith("\r\n\r\nok"));
    EXPECT_TRUE(engine.is_idle());
    EXPECT_THROW(hear("GET / HTTP/1.1\r\nHost: a\r\nA: 4567890\r\n\r\n"), http::bad_message);
}

TEST_F(server_engine, answers_with_a_size) {
    hear(get);
    EXPECT_EQ(reply({.fields = {{"Server", "z"}}}, 5, "hello"),
              "HTTP/1.1 200 OK\r\nServer: z\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_TRUE(engine.keeps_alive());
    EXPECT_TRUE(engine.is_idle());
}

TEST_F(server_engine, is_as_new_when_nothing_is_left_of_what_went_before) {
    EXPECT_TRUE(engine.is_as_new());
    hear("\r\n");  // the next one would be too many
    EXPECT_FALSE(engine.is_as_new());
    hear(get);
    EXPECT_FALSE(engine.is_as_new());
    engine.send({}, 0);
    engine.send_end();
    EXPECT_FALSE(engine.is_as_new());
    (void)sent();
    EXPECT_TRUE(engine.is_as_new());
    hear("GE");
    EXPECT_FALSE(engine.is_as_new());
    http::server_engine last;
    last.close_after();
    EXPECT_FALSE(last.is_as_new());
}

TEST_F(server_engine, answers_in_chunks_when_the_size_is_not_known) {
    hear(get);
    engine.send({});
    engine.send_data("hello");
    engine.send_data("");  // would be the end
    engine.send_data(std::string(26, 'x'));
    engine.send_end({{"X-Sum", "1"}});
    EXPECT_EQ(sent(), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1a\r\n" +
                          std::string(26, 'x') + "\r\n0\r\nX-Sum: 1\r\n\r\n");
    EXPECT_TRUE(engine.is_idle());
}

TEST_F(server_engine, frames_content_that_is_sent_elsewhere) {
    hear(get);
    engine.send({});
    EXPECT_TRUE(engine.begin_piece(255));
    EXPECT_THAT(sent(), testing::EndsWith("\r\n\r\nff\r\n"));
    engine.end_piece();
    EXPECT_EQ(sent(), "\r\n");
    EXPECT_FALSE(engine.begin_piece(0));
}

TEST_F(server_engine, answers_old_clients_until_it_closes) {
    hear("GET / HTTP/1.0\r\n\r\n");
    EXPECT_EQ(reply({}, {}, "hello"), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello");
    EXPECT_EQ(engine.next(get).what, event::closed);
}

TEST_F(server_engine, keeps_the_connection_of_old_clients_who_ask) {
    hear("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    EXPECT_EQ(reply({}, 2, "hi"),
              "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_TRUE(engine.is_idle());
}

TEST_F(server_engine, closes_when_the_client_or_the_reply_says_so) {
    hear("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n");
    EXPECT_THAT(reply({}, 0, ""), HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_EQ(engine.next(get).what, event::closed);

    http::server_engine other;
    EXPECT_EQ(other.next(get).what, event::head);
    EXPECT_EQ(other.next("").what, event::end);
    other.send({.fields = {{"Connection", "close"}}}, 0);
    other.send_end();
    EXPECT_EQ(other.output(), "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(other.next(get).what, event::closed);
}

TEST_F(server_engine, closes_when_it_is_told_to) {
    hear(get);
    engine.close_after();
    EXPECT_THAT(reply({}, 0, ""), HasSubstr("Connection: close"));
    EXPECT_EQ(engine.next("").what, event::closed);
}

TEST_F(server_engine, sends_no_content_to_head) {
    hear("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(reply({}, 5, "hello"), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    hear("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(reply({}, {}, "hello"), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    hear("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(reply({}, 5, ""), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    EXPECT_TRUE(engine.is_idle());
}

TEST_F(server_engine, sends_no_content_where_there_is_none) {
    hear(get);
    EXPECT_EQ(reply({.status = http::status::no_content}, {}, ""),
              "HTTP/1.1 204 No Content\r\n\r\n");
    hear(get);
    EXPECT_EQ(reply({.status = http::status::not_modified}, 7, ""),
              "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n");
    hear(get);
    EXPECT_THROW(engine.send({.status = http::status::no_content}, 1), std::invalid_argument);
    EXPECT_EQ(reply({}, 0, ""), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(server_engine, writes_other_words_and_numbers) {
    hear(get);
    EXPECT_EQ(reply({.status = http::status{299}, .reason = "Fine"}, 0, ""),
              "HTTP/1.1 299 Fine\r\nContent-Length: 0\r\n\r\n");
    hear(get);
    EXPECT_EQ(reply({.status = http::status{599}}, 0, ""),
              "HTTP/1.1 599 \r\nContent-Length: 0\r\n\r\n");
}

TEST_F(server_engine, hears_one_request_at_a_time) {
    const std::string bytes = get + get;
    http::incoming got = engine.next(bytes);
    EXPECT_EQ(got.what, event::head);
    EXPECT_EQ(got.used, get.size());
    EXPECT_FALSE(engine.has_received_all());
    EXPECT_EQ(engine.next(get).what, event::end);
    EXPECT_TRUE(engine.has_received_all());
    EXPECT_EQ(engine.next(get).what, event::paused);
    EXPECT_FALSE(engine.is_idle());
    reply({}, 0, "");
    EXPECT_EQ(engine.next(get).what, event::head);
}

TEST_F(server_engine, may_answer_before_the_content_has_come) {
    hear("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
    EXPECT_EQ(engine.announced(), 5U);
    EXPECT_TRUE(engine.has_content());
    reply({}, 0, "");
    EXPECT_EQ(engine.next("llo").what, event::data);
    EXPECT_EQ(engine.next("").what, event::end);
    EXPECT_TRUE(engine.is_idle());
}

TEST_F(server_engine, says_continue_to_who_waits_for_it) {
    hear("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_TRUE(engine.expects_continue());
    engine.send({.status = http::status::early_hints, .fields = {{"Link", "</a>"}}});
    EXPECT_TRUE(engine.expects_continue());
    engine.send({.status = http::status::continue_});
    EXPECT_EQ(sent(),
              "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_FALSE(engine.expects_continue());
    EXPECT_EQ(engine.next("hi").what, event::data);
}

TEST_F(server_engine, closes_when_it_answers_who_waits_for_continue) {
    hear("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_THAT(reply({.status = http::status::forbidden}, 0, ""), HasSubstr("Connection: close"));
    EXPECT_FALSE(engine.keeps_alive());
}

TEST_F(server_engine, forgets_continue_when_content_comes_anyway) {
    hear("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_FALSE(engine.expects_continue());
    EXPECT_THAT(reply({}, 0, ""), Not(HasSubstr("close")));
}

TEST_F(server_engine, does_not_wait_without_content_or_with_old_clients) {
    hear("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_FALSE(engine.expects_continue());
    reply({}, 0, "");
    hear("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
    EXPECT_FALSE(engine.expects_continue());
}

TEST_F(server_engine, switches_to_another_protocol) {
    hear("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
    engine.send({.status = http::status::switching_protocols,
                 .fields = {{"Connection", "upgrade"}, {"Upgrade", "echo"}}});
    EXPECT_EQ(sent(),
              "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n"
              "Upgrade: echo\r\n\r\n");
    const http::incoming got = engine.next(get);
    EXPECT_EQ(got.what, event::switched);
    EXPECT_EQ(got.used, 0U);
    EXPECT_THROW(engine.send({}), std::logic_error);
}

TEST_F(server_engine, says_nothing_before_the_response_to_old_clients) {
    hear("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
    engine.send({.status = http::status::early_hints});
    EXPECT_EQ(sent(), "");
    EXPECT_THROW(engine.send({.status = http::status::switching_protocols}), std::logic_error);
    EXPECT_THAT(reply({}, 2, "hi"), HasSubstr("HTTP/1.1 200 OK\r\n"));
}

TEST_F(server_engine, does_not_switch_for_a_field_that_the_connection_does_not_name) {
    hear("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\n\r\n");
    EXPECT_THROW(engine.send({.status = http::status::switching_protocols}), std::logic_error);
}

TEST_F(server_engine, does_not_switch_unless_asked_or_before_the_content) {
    hear(get);
    EXPECT_THROW(engine.send({.status = http::status::switching_protocols}), std::logic_error);
    reply({}, 0, "");
    hear(
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n"
        "Content-Length: 2\r\n\r\nh");
    EXPECT_THROW(engine.send({.status = http::status::switching_protocols}), std::logic_error);
    http::server_engine fresh;
    EXPECT_THROW(fresh.send({.status = http::status::switching_protocols}), std::logic_error);
}

TEST_F(server_engine, makes_tunnels) {
    hear("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n");
    EXPECT_EQ(engine.next("xyz").what, event::paused);
    engine.send({});
    EXPECT_EQ(sent(), "HTTP/1.1 200 OK\r\n\r\n");
    EXPECT_EQ(engine.next("xyz").what, event::switched);
}

TEST_F(server_engine, reads_nothing_after_a_tunnel_that_it_refused) {
    hear("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n");
    EXPECT_THAT(reply({.status = http::status::forbidden}, 0, ""), HasSubstr("close"));
    EXPECT_EQ(engine.next(get).what, event::closed);
}

TEST_F(server_engine, can_say_why_it_reads_no_more) {
    EXPECT_THROW((void)engine.next("\x16\x03\x01"), http::bad_message);
    EXPECT_THROW((void)engine.next(get), http::bad_message);
    EXPECT_TRUE(engine.can_begin());
    EXPECT_EQ(reply({.status = http::status::bad_request}, 2, "no"),
              "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
    EXPECT_FALSE(engine.can_begin());
    EXPECT_THROW((void)engine.next(get), http::bad_message);
}

TEST_F(server_engine, can_say_that_it_waited_too_long) {
    hear("GET / HTTP/1.1\r\nHos");
    EXPECT_FALSE(engine.has_received_all());
    EXPECT_FALSE(engine.is_idle());
    EXPECT_THAT(reply({.status = http::status::request_timeout}, {}, ""), HasSubstr("close"));
}

TEST_F(server_engine, does_not_send_what_is_out_of_turn) {
    EXPECT_THROW(engine.send_data("x"), std::logic_error);
    EXPECT_THROW(engine.send_end(), std::logic_error);
    EXPECT_THROW(engine.send({.status = http::status::continue_}), std::logic_error);
    hear(get);
    EXPECT_THROW(engine.send_end(), std::logic_error);
    engine.send({}, 2);
    EXPECT_TRUE(engine.is_sending());
    EXPECT_THROW(engine.send({}), std::logic_error);
    EXPECT_THROW(engine.send_data("123"), std::logic_error);
    engine.send_data("1");
    EXPECT_THROW(engine.send_end(), std::logic_error);
    engine.send_data("2");
    engine.send_end();
    EXPECT_THROW(engine.send_data("x"), std::logic_error);
}

TEST_F(server_engine, does_not_send_what_could_mean_something_else) {
    hear(get);
    const auto refuses = [&](const http::response_head& head) {
        EXPECT_THROW(engine.send(head, 0), std::invalid_argument);
        EXPECT_EQ(engine.output(), "");
    };
    refuses({.status = http::status{99}});
    refuses({.status = http::status{600}});
    refuses({.reason = "OK\r\nX: y"});
    refuses({.fields = {{"Content-Length", "5"}}});
    refuses({.fields = {{"transfer-encoding", "chunked"}}});
    engine.send({});
    EXPECT_THROW(engine.send_end({{"Content-Length", "5"}}), std::invalid_argument);
    engine.send_end({{"X", "y"}});
}

TEST_F(server_engine, leaves_trailers_out_where_they_cannot_go) {
    hear(get);
    engine.send({}, 1);
    engine.send_data("x");
    engine.send_end({{"X", "y"}});
    EXPECT_THAT(sent(), testing::EndsWith("\r\n\r\nx"));
}

TEST(server_hearing, is_a_transcript) {
    EXPECT_EQ(server_hears("POST /a?b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nX: y\r\nHost: evil\r\n\r\n" +
                           get),
              "POST /a?b HTTP/1.1 | Host: a | Transfer-Encoding: chunked\n"
              "content <abcdefg>\n"
              "end | X: y\n"
              "GET / HTTP/1.1 | Host: a\n"
              "end\n"
              "closed\n");
}

TEST(server_hearing, overlooks_one_empty_line_before_a_request) {
    EXPECT_EQ(server_hears("\r\n" + get), server_hears(get));
    EXPECT_EQ(server_hears("\r\n\r\n" + get), "refused 400\n");
}

TEST(server_hearing, notices_what_is_cut_off) {
    const std::string post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    for (std::size_t size = 1; size < post.size(); ++size)
        EXPECT_THAT(server_hears(post.substr(0, size)), testing::EndsWith("refused 400\n")) << size;
    EXPECT_THAT(server_hears(post), testing::EndsWith("end\nclosed\n"));
    EXPECT_EQ(server_hears(""), "closed\n");
}

TEST(server_hearing, has_limits) {
    http::limits few;
    few.content = 4;
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
    EXPECT_EQ(server_hears(head + "Content-Length: 5\r\n\r\nhello", few), "refused 413\n");
    EXPECT_THAT(server_hears(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\n", few),
                testing::EndsWith("content <abc>\nrefused 413\n"));
    few = {};
    few.head = 38;
    EXPECT_EQ(server_hears(get, few), server_hears(get));
    EXPECT_EQ(server_hears("GET / HTTP/1.1\r\nHost: a\r\nA: 4567890\r\n\r\n", few),
              "refused 431\n");
    EXPECT_EQ(server_hears("GET /" + std::string(40, 'a'), few), "refused 414\n");
}

}  // namespace
