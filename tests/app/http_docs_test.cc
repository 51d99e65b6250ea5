// docs/api.md holds an example of every route, and each is what the server answers. To write it anew:
// DRIFTD_WRITE_DOCS=1 build/release/tests/tests_app --gtest_filter='ApiPage.*'
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/http/api.h"
#include "app/http/client.h"
#include "tests/app/http_fake_view.h"

namespace driftd::app {
namespace {

const std::string kPage = std::string(DRIFTD_SOURCE_DIR) + "/docs/api.md";

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string pretty(const Reply& reply) {
  if (!reply.content_type.starts_with("application/json")) return reply.body;
  nlohmann::ordered_json document = nlohmann::ordered_json::parse(reply.body);
  if (document.contains("revision")) document["revision"] = "0a6760d";  // every commit has its own
  return document.dump(2) + "\n";
}

// tests/app/api_page.md is the page with `@ METHOD TARGET [BODY]` where an example belongs.
std::string with_examples(const std::string& base) {
  std::istringstream page(read(std::string(DRIFTD_SOURCE_DIR) + "/tests/app/api_page.md"));
  std::string out;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("@ ")) {
      out += line + "\n";
      continue;
    }
    const std::size_t space = line.find(' ', 2);
    const std::string method = line.substr(2, space - 2);
    const std::size_t end = std::min(line.find(' ', space + 1), line.size());
    const std::string target = line.substr(space + 1, end - space - 1);
    const std::string body = end < line.size() ? line.substr(end + 1) : "";
    const Result<Reply> reply = http_call(base, method, target, std::chrono::seconds(30), {}, body);
    EXPECT_TRUE(reply);
    out += "```console\n$ curl -s " + (method == "GET" ? "" : "-X " + method + " ") +
           (body.empty() ? "" : "-H 'Content-Type: application/json' -d '" + body + "' ") +
           "'http://127.0.0.1:9108" + target + "'   # " + std::to_string(reply->status) + "\n" +
           pretty(*reply) + "```\n";
  }
  return out;
}

TEST(ApiPage, ShowsWhatTheServerAnswers) {
  FakeEngine engine;
  engine.mailbox.set_ready(true);
  const Result<HttpServer> server = HttpServer::start("127.0.0.1:0", make_api(engine.mailbox));
  ASSERT_TRUE(server);
  const std::string page = with_examples(server->url());
  if (std::getenv("DRIFTD_WRITE_DOCS") != nullptr) std::ofstream(kPage) << page;
  EXPECT_EQ(read(kPage), page);
}

}  // namespace
}  // namespace driftd::app
