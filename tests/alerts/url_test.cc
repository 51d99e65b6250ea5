#include "alerts/url.h"

#include <gtest/gtest.h>

namespace driftd::alerts {
namespace {

TEST(Url, IsTakenApart) {
  struct Case {
    std::string text, host, port, target, header;
    bool tls;
  };
  const std::vector<Case> cases = {
      {"https://airflow.example/api?x=1#part", "airflow.example", "443", "/api?x=1", "airflow.example", true},
      {"http://h:8080", "h", "8080", "/", "h:8080", false},
      {"http://h?x", "h", "80", "/?x", "h", false},
      {"https://[::1]:9443/a", "::1", "9443", "/a", "[::1]:9443", true},
      {"http://[fe80::1]/", "fe80::1", "80", "/", "[fe80::1]", false},
      {"https://h:443/", "h", "443", "/", "h", true},
  };
  for (const Case& c : cases) {
    const auto url = parse_url(c.text);
    ASSERT_TRUE(url.ok()) << c.text;
    EXPECT_EQ(url->host, c.host);
    EXPECT_EQ(url->port, c.port);
    EXPECT_EQ(url->target, c.target);
    EXPECT_EQ(url->host_header(), c.header);
    EXPECT_EQ(url->tls, c.tls);
  }
}

TEST(Url, WhatIsNoneIsRefused) {
  for (const char* bad : {"",
                          "h",
                          "ftp://h/",
                          "http://",
                          "http:///x",
                          "http://u:p@h/",
                          "http://h:0/",
                          "http://h:65536/",
                          "http://h:/",
                          "http://h:80x/",
                          "http://h /",
                          "http://h/a b",
                          "http://h/\r\nX: y",
                          "http://h/\xc3\xa4",
                          "http://[::1",
                          "http://[::1]x/",
                          "http://[h]/",
                          "http://a:b:c/",
                          "HTTP://h/",
                          "http://h/<x>"})
    EXPECT_FALSE(parse_url(bad).ok()) << bad;
}

}  // namespace
}  // namespace driftd::alerts
