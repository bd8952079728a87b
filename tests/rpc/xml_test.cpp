// SPDX-License-Identifier: MIT
#include "zocalo/rpc/xml.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "zocalo/core/error.hpp"

namespace {

namespace rpc = zocalo::rpc;
using rpc::value;

std::string in_response(const std::string& text) {
    return "<?xml version='1.0'?><methodResponse><params><param>" + text +
           "</param></params></methodResponse>";
}

value read(const std::string& text) {
    return rpc::parse_xml_response(in_response(text));
}

TEST(rpc_xml, comes_back) {
    const value::array all{
        value(),
        true,
        false,
        -2147483648LL,
        2147483648LL,
        std::numeric_limits<std::int64_t>::min(),
        -0.1,
        5e-324,
        std::numeric_limits<double>::max(),
        rpc::decimal{"3.14159265358979323846264338327950288"},
        "",
        " ",
        "<&>\"' \r\n\t \xC3\xA9 \xF0\x9F\x8E\x88",
        rpc::parse_date_time("19980717T14:08:55"),
        rpc::binary{std::string("\0\x01\xFF", 3)},
        rpc::list(),
        value::structure{{"", 1}, {"a<b", value::array{value::structure{}}}},
    };
    for (const value& each : all) {
        SCOPED_TRACE(rpc::to_xml_response(each));
        EXPECT_EQ(rpc::parse_xml_response(rpc::to_xml_response(each)), each);
    }
    const rpc::invocation call = rpc::parse_xml_call(rpc::to_xml_call("a.b:c/d_1", all));
    EXPECT_EQ(call.method, "a.b:c/d_1");
    EXPECT_EQ(call.parameters, all);
}

TEST(rpc_xml, is_written_as_specified) {
    const value::array parameters{41, 4294967296, 1e21};
    EXPECT_EQ(rpc::to_xml_call("examples.getStateName", parameters),
              "<?xml version=\"1.0\"?>\n<methodCall><methodName>examples.getStateName</methodName>"
              "<params><param><value><int>41</int></value></param>"
              "<param><value><i8>4294967296</i8></value></param>"
              "<param><value><double>1000000000000000000000</double></value></param>"
              "</params></methodCall>\n");
}

struct value_case {
    const char* text;
    value means;
};

TEST(rpc_xml, reads_what_peers_write) {
    const value_case cases[] = {
        {"<value>text</value>", "text"},
        {"<value></value>", ""},
        {"<value/>", ""},
        {"<value> a b </value>", " a b "},
        {"<value>\n  <string> a </string>\n</value>", " a "},
        {"<value><string><![CDATA[a&amp;<b]]>&lt;</string></value>", "a&amp;<b<"},
        {"<value><string>a<!-- no -->b</string></value>", "ab"},
        {"<value><string>&#233;&#xE9;&quot;&apos;</string></value>", "\xC3\xA9\xC3\xA9\"'"},
        {"<value><string>a\r\nb</string></value>", "a\nb"},
        {"<value><i4> +7 </i4></value>", 7},
        {"<value><i1>1</i1></value>", 1},
        {"<value><i2>2</i2></value>", 2},
        {"<value><i8>9223372036854775807</i8></value>", 9223372036854775807},
        {"<value><ex:i8>8</ex:i8></value>", 8},
        {"<value><ex:nil/></value>", value()},
        {"<value><biginteger>5</biginteger></value>", 5},
        {"<value><biginteger>9223372036854775808</biginteger></value>",
         rpc::decimal{"9223372036854775808"}},
        {"<value><bigdecimal>5</bigdecimal></value>", rpc::decimal{"5"}},
        {"<value><double>-1.5e3</double></value>", -1500.0},
        {"<value><double>+.5</double></value>", 0.5},
        {"<value><float>2</float></value>", 2.0},
        {"<value><dateTime>19980717T14:08:55</dateTime></value>",
         rpc::parse_date_time("19980717T14:08:55")},
        {"<value><![CDATA[ ]]><int>1</int></value>", 1},
        {"<value><array><data>no<value>1</value></data></array></value>", rpc::list("1")},
        {"<value><struct>no<member><name>a</name><value>1</value></member></struct></value>",
         value::structure{{"a", "1"}}},
        {"<value><base64>\tAA==&#13;</base64></value>", rpc::binary{std::string(1, '\0')}},
        {"<value><boolean>1</boolean></value>", true},
        {"<value><base64>\n AAEC\n AwQ=\n</base64></value>",
         rpc::binary{std::string("\0\x01\x02\x03\x04", 5)}},
        {"<value><array><data/></array></value>", rpc::list()},
        {"<value><struct></struct></value>", value::structure{}},
    };
    for (const auto& [text, means] : cases) {
        SCOPED_TRACE(text);
        EXPECT_EQ(read(text), means);
    }
}

TEST(rpc_xml, refuses_what_is_none) {
    const char* const two_of_a_name =
        "<value><struct><member><name>a</name><value>1</value></member>"
        "<member><name>a</name><value>2</value></member></struct></value>";
    const char* const cases[] = {
        "<value><int>1.5</int></value>",
        "<value><int></int></value>",
        "<value><int>9223372036854775808</int></value>",
        "<value><int>0x10</int></value>",
        "<value><boolean>true</boolean></value>",
        "<value><double>nan</double></value>",
        "<value><double>inf</double></value>",
        "<value><double>1e999</double></value>",
        "<value><double></double></value>",
        "<value><double>1.5x</double></value>",
        "<value><bigdecimal></bigdecimal></value>",
        "<value>\xEF\xBF\xBE</value>",
        "<value>&#xFFFF;</value>",
        "<value><base64>A</base64></value>",
        "<value><base64>####</base64></value>",
        "<value><dateTime.iso8601>today</dateTime.iso8601></value>",
        "<value><biginteger>one</biginteger></value>",
        "<value><colour>red</colour></value>",
        "<value><int>1</int><int>2</int></value>",
        "<value>1<int>2</int></value>",
        "<value><int><i4>1</i4></int></value>",
        "<value><array></array></value>",
        "<value><array><data><int>1</int></data></array></value>",
        "<value><struct><name>a</name></struct></value>",
        "<value><struct><member><name>a</name></member></struct></value>",
        "<value><struct><member><value>1</value></member></struct></value>",
        two_of_a_name,
        "<value>&nothing;</value>",
        "<value>&#0;</value>",
        "<value>&#xD800;</value>",
        "<value>&#1114112;</value>",
        "<value>&#;</value>",
        "<value>a & b</value>",
        "<value>\x01</value>",
        "<value>\xFF</value>",
        "<value>",
        "</value>",
        "<value a=></value>",
        "",
    };
    for (const char* text : cases) {
        SCOPED_TRACE(text);
        EXPECT_THROW((void)read(text), zocalo::protocol_error);
    }
    const std::string with_nul = in_response(std::string("<value>a\0b</value>", 18));
    EXPECT_THROW((void)rpc::parse_xml_response(with_nul), zocalo::protocol_error);
}

TEST(rpc_xml, refuses_other_documents) {
    const char* const cases[] = {
        "",
        "text",
        "<methodResponse/>",
        "<methodResponse><params/></methodResponse>",
        "<methodResponse><params><param/></params></methodResponse>",
        "<methodCall><methodName>a</methodName></methodCall>",
        "<methodResponse><fault/></methodResponse>",
        "<methodResponse><fault><value>1</value></fault></methodResponse>",
        "{\"jsonrpc\": \"2.0\"}",
        "<methodResponse><params><param/><param><value>2</value></param></params></methodResponse>",
        "<methodResponse><params><param><value>1</value></param></params><fault/></methodResponse>",
    };
    for (const char* text : cases) {
        SCOPED_TRACE(text);
        EXPECT_THROW((void)rpc::parse_xml_response(text), zocalo::protocol_error);
    }
    EXPECT_THROW((void)rpc::parse_xml_call("<methodCall/>"), zocalo::protocol_error);
    EXPECT_THROW((void)rpc::parse_xml_call("<methodCall><methodName> </methodName></methodCall>"),
                 zocalo::protocol_error);
}

TEST(rpc_xml, refuses_what_is_beside_a_document_or_there_twice) {
    const std::string name = "<methodName>a</methodName>";
    const std::string params = "<params><param><value>1</value></param></params>";
    const std::string call = "<methodCall>" + name + params + "</methodCall>";
    EXPECT_EQ(rpc::parse_xml_call("<?xml version='1.0'?>\n" + call + "\r\n <!-- x -->\n").method,
              "a");
    const std::string cases[] = {
        "junk" + call,
        call + "junk",
        call + call,
        call + "<![CDATA[x]]>",
        "POST /x\r\n\r\n" + call,
        "<methodCall>" + name + params + params + "</methodCall>",
        "<methodCall>" + name + name + params + "</methodCall>",
    };
    for (const std::string& text : cases) {
        SCOPED_TRACE(text);
        EXPECT_THROW((void)rpc::parse_xml_call(text), zocalo::protocol_error);
    }
}

TEST(rpc_xml, gives_faults) {
    const rpc::fault failed(4, "Too many <parameters>.");
    try {
        (void)rpc::parse_xml_response(rpc::to_xml_response(failed));
        ADD_FAILURE() << "no fault";
    } catch (const rpc::fault& got) {
        EXPECT_EQ(got.code(), 4);
        EXPECT_STREQ(got.what(), failed.what());
    }
}

TEST(rpc_xml, gives_no_fault_for_what_is_none) {
    const value none[] = {
        1,
        value::structure{{"faultCode", 1}},
        value::structure{{"faultCode", 1}, {"faultstring", "no"}},
        value::structure{{"faultCode", "1"}, {"faultString", "no"}},
        value::structure{{"faultCode", 1}, {"faultString", 2}},
        value::structure{{"faultCode", 4294967296}, {"faultString", "no"}},
    };
    for (const value& each : none) {
        std::string document = rpc::to_xml_response(each);
        const auto put = [&document](std::string_view old, std::string_view now) {
            document.replace(document.find(old), old.size(), now);
        };
        put("<params><param>", "<fault>");
        put("</param></params>", "</fault>");
        EXPECT_THROW((void)rpc::parse_xml_response(document), zocalo::protocol_error) << document;
    }
}

TEST(rpc_xml, takes_its_encodings) {
    const std::string body =
        "<methodCall><methodName>a</methodName><params><param><value>\xE9"
        "</value></param></params></methodCall>";
    const auto read_as = [&](const std::string& encoding) {
        const std::string head = "<?xml version=\"1.0\" encoding=\"" + encoding + "\"?>";
        return rpc::parse_xml_call(head + body).parameters.at(0);
    };
    EXPECT_EQ(read_as("ISO-8859-1"), value("\xC3\xA9"));
    EXPECT_EQ(read_as("latin1"), value("\xC3\xA9"));
    EXPECT_THROW((void)read_as("US-ASCII"), zocalo::protocol_error);
    // What names none in full is UTF-8.
    for (const char* const head :
         {"", "\xEF\xBB\xBF", "<?xml encoding=\"UTF8\"?>", "<?xml encoding='us-ascii'?>",
          "<?xml encoding?>", "<?xml encoding=\"koi8-r?>"}) {
        const auto read = rpc::parse_xml_call(
            std::string(head) + "<methodCall><methodName>\xC3\xA9</methodName></methodCall>");
        EXPECT_EQ(read.method, "\xC3\xA9") << head;
    }
    EXPECT_THROW((void)read_as("UTF-8"), zocalo::protocol_error);
    EXPECT_THROW((void)read_as("koi8-r"), zocalo::protocol_error);
}

TEST(rpc_xml, cannot_say_everything) {
    EXPECT_THROW((void)rpc::to_xml_response("a\x01"), std::invalid_argument);
    EXPECT_THROW((void)rpc::to_xml_response("\xFF"), std::invalid_argument);
    EXPECT_THROW((void)rpc::to_xml_response(value::structure{{std::string(1, '\0'), 1}}),
                 std::invalid_argument);
    EXPECT_THROW((void)rpc::to_xml_response(NAN), std::invalid_argument);
    EXPECT_THROW((void)rpc::to_xml_response(HUGE_VAL), std::invalid_argument);
    EXPECT_THROW((void)rpc::to_xml_response(value(), rpc::nils::refuse), std::invalid_argument);
    for (const char* name : {"", "a b", "a\r\nb", "a<b", "a{b", "\xC3\xA9"})
        EXPECT_THROW((void)rpc::to_xml_call(name, {}), std::invalid_argument) << name;
}

std::string nested(std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i)
        text += "<value><array><data>";
    for (std::size_t i = 0; i < depth; ++i)
        text += "</data></array></value>";
    return in_response(text);
}

// U5 of the threats: entities, depth, sizes.
TEST(rpc_xml, has_limits) {
    EXPECT_NO_THROW((void)rpc::parse_xml_response(nested(64)));
    EXPECT_THROW((void)rpc::parse_xml_response(nested(65)), zocalo::protocol_error);
    EXPECT_THROW((void)rpc::parse_xml_response(nested(150'000)), zocalo::protocol_error);
    EXPECT_THROW(
        (void)rpc::parse_xml_response(in_response("<value>aaaaaaaa</value>"), {.size = 80}),
        zocalo::protocol_error);
    std::string flat = "<value><array><data>";
    for (int i = 0; i < 100; ++i)
        flat += "<value/>";
    flat += "</data></array></value>";
    EXPECT_EQ(rpc::parse_xml_response(in_response(flat), {.tags = 120}).size(), 100U);
    EXPECT_THROW((void)rpc::parse_xml_response(in_response(flat), {.tags = 110}),
                 zocalo::protocol_error);
}

TEST(rpc_xml, knows_no_document_types) {
    const char* const heads[] = {
        "<!DOCTYPE methodResponse>",
        "<!DOCTYPE methodResponse [<!ENTITY a \"b\">]>",
        "<!DOCTYPE methodResponse SYSTEM \"file:///etc/passwd\">",
        "<?xml version=\"1.0\"?><!DOCTYPE z [<!ENTITY l \"l\"><!ENTITY m \"&l;&l;&l;&l;\">]>",
    };
    for (const char* head : heads) {
        SCOPED_TRACE(head);
        const std::string document =
            head + std::string(
                       "<methodResponse><params><param><value>a</value></param></params>"
                       "</methodResponse>");
        EXPECT_THROW((void)rpc::parse_xml_response(document), zocalo::protocol_error);
    }
}

}  // namespace
