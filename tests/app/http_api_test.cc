#include "app/http/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/http/target.h"
#include "tests/app/http_fake_view.h"

namespace driftd::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::json;

// The API without a server: the handler called by hand, the engine served at once.
class Api : public ::testing::Test {
 protected:
  Response call(std::string method, std::string target, Headers headers = {}, std::string body = "") {
    Request request{std::move(method), std::move(target), std::move(headers), std::move(body),
                    from_loopback_,    to_loopback_,      authenticated_,     "10.0.0.9"};
    std::optional<Response> response;
    handler_(std::move(request), [&](Response given) { response = std::move(given); });
    mailbox_.serve(view_);
    EXPECT_TRUE(response.has_value());
    return response.value_or(Response{});
  }
  Json get(const std::string& target, int status = 200) {
    const Response response = call("GET", target);
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.content_type, "application/json");
    return Json::parse(response.body);
  }

  FakeView view_;
  Mailbox mailbox_;
  Handler handler_ = make_api(mailbox_);
  bool from_loopback_ = true;
  bool to_loopback_ = false;
  bool authenticated_ = false;
};

TEST_F(Api, ServesMetricsAsTheTextFormat) {
  const Response response = call("GET", "/metrics");
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.content(),
              HasSubstr("driftd_predictions_total{model=\"credit\",version=\"7\"} 48210"));
  EXPECT_EQ(call("HEAD", "/metrics").status, 200);
}

TEST_F(Api, IsHealthyAtOnceAndReadyWhenTold) {
  EXPECT_EQ(call("GET", "/-/healthy").status, 200);
  EXPECT_EQ(call("GET", "/-/ready").status, 503);
  mailbox_.set_ready(true);
  EXPECT_EQ(call("GET", "/-/ready").status, 200);
}

TEST_F(Api, ReloadsByPostAndPutAndTellsTheFaults) {
  EXPECT_EQ(call("POST", "/-/reload").status, 200);
  EXPECT_EQ(call("PUT", "/-/reload").status, 200);
  view_.reload_fault = Error{ErrorCode::invalid, "driftd.yaml:3: slot: unknown"};
  const Response response = call("POST", "/-/reload");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(Json::parse(response.body)["error"], "driftd.yaml:3: slot: unknown");
  EXPECT_EQ(call("GET", "/-/reload").status, 405);
  EXPECT_THAT(view_.asked, ElementsAre("reload", "reload", "reload"));
}

TEST_F(Api, TakesAWishForARetrainingFromTheQueryOrFromTheBody) {
  EXPECT_EQ(call("POST", "/api/v1/models/credit/actions/retrain?version=7&reason=new%20features").status,
            200);
  EXPECT_EQ(view_.last_retrain->version, "7");
  EXPECT_EQ(view_.last_retrain->reason, "new features");
  EXPECT_EQ(call("POST", "/api/v1/models/credit/actions/retrain").status, 200);
  EXPECT_EQ(view_.last_retrain->version, std::nullopt);
  const Headers json = {{"Content-Type", "application/json"}};
  EXPECT_EQ(call("POST", "/api/v1/models/credit/actions/retrain", json, R"({"version":"8"})").status, 200);
  EXPECT_EQ(view_.last_retrain->version, "8");
  EXPECT_EQ(call("POST", "/api/v1/models/credit/actions/retrain", json, "[1]").status, 400);
  EXPECT_EQ(call("POST", "/api/v1/models/nobody/actions/retrain").status, 404);
  EXPECT_EQ(call("POST", "/api/v1/models/credit/actions/retrain?now=1").status, 400);
  EXPECT_EQ(call("GET", "/api/v1/models/credit/actions/retrain").status, 405);
}

TEST_F(Api, TellsOfModels) {
  EXPECT_EQ(get("/api/v1/models")["models"][0]["versions"][0]["predictions"], 48210);
  EXPECT_EQ(get("/api/v1/models/credit")["versions"][1]["reference"], nullptr);
  EXPECT_THAT(get("/api/v1/models/a%2Fb", 404)["error"], HasSubstr("a/b"));
}

TEST_F(Api, ForgetsAModel) {
  EXPECT_EQ(call("DELETE", "/api/v1/models/credit").status, 200);
  EXPECT_EQ(call("DELETE", "/api/v1/models/other%20one").status, 404);
  EXPECT_THAT(view_.asked, ElementsAre("forget credit", "forget other one"));
}

TEST_F(Api, TakesASeriesQueryApart) {
  const Json points =
      get("/api/v1/models/credit/series?column=in%20come&segment=country%3DDE&statistic=psi"
          "&from=2026-11-21T08%3A00%3A00Z&to=1795251600000&version=7");
  EXPECT_EQ(points["points"][0], (Json{{"time", "2026-11-21T08:00:00Z"}, {"value", 0.12}, {"n", 812}}));
  ASSERT_TRUE(view_.last_query.has_value());
  EXPECT_EQ(view_.last_query->column, "in come");
  EXPECT_EQ(view_.last_query->segment, "country=DE");
  EXPECT_EQ(view_.last_query->statistic, "psi");
  EXPECT_EQ(view_.last_query->version, "7");
  EXPECT_EQ(view_.last_query->from, kOpened);
  EXPECT_EQ(view_.last_query->to, kOpened + kHour);
}

TEST_F(Api, TakesASlicesQueryApart) {
  const Json found = get("/api/v1/models/credit/slices?window=90m&version=7");
  EXPECT_EQ(found["slices"][0]["where"], "country = FR and age > 45");
  ASSERT_TRUE(view_.last_slices.has_value());
  EXPECT_EQ(view_.last_slices->window, 90 * kMinute);
  EXPECT_EQ(view_.last_slices->version, "7");
  get("/api/v1/models/credit/slices");
  EXPECT_FALSE(view_.last_slices->window.has_value());
  view_.last_slices.reset();
  for (const char* query : {"?window=soon", "?window=0s", "?column=age"})
    get(std::string("/api/v1/models/credit/slices") + query, 400);
  EXPECT_FALSE(view_.last_slices.has_value());
}

TEST_F(Api, TakesAMetricWithoutBoundsAndVersion) {
  get("/api/v1/models/credit/series?metric=accuracy");
  EXPECT_EQ(view_.last_query->metric, "accuracy");
  EXPECT_EQ(view_.last_query->estimate, "");
  EXPECT_FALSE(view_.last_query->version.has_value());
  EXPECT_EQ(view_.last_query->from, kEarliestTime);
  EXPECT_EQ(view_.last_query->to, kLatestTime);
}

TEST_F(Api, TakesAMetricAsItWasExpected) {
  get("/api/v1/models/credit/series?metric=accuracy&estimate=error");
  EXPECT_EQ(view_.last_query->metric, "accuracy");
  EXPECT_EQ(view_.last_query->estimate, "error");
}

TEST_F(Api, RefusesSeriesQueriesThatMeanNothing) {
  for (const char* query :
       {"", "?statistic=psi", "?column=a", "?column=a&statistic=psi&metric=f1", "?metric=f1&column=a",
        "?metric=f1&from=yesterday", "?metric=f1&from=2026-11-21T08:00:00",
        "?metric=f1&from=99999999999999999", "?metric=f1&from=2&to=1", "?metric=f1&colum=a",
        "?metric=f1&estimate=maybe", "?column=a&statistic=psi&estimate=value"}) {
    EXPECT_THAT(get(std::string("/api/v1/models/credit/series") + query, 400),
                ::testing::Contains(::testing::_))
        << query;
  }
  EXPECT_FALSE(view_.last_query.has_value());
}

TEST_F(Api, ListsAndChangesIncidents) {
  const Json incident = get("/api/v1/incidents")["incidents"][0];
  EXPECT_EQ(incident["incident"], kIncident);
  EXPECT_EQ(incident["state"], "open");
  EXPECT_EQ(call("POST", std::string("/api/v1/incidents/") + kIncident + "/acknowledge").status, 200);
  EXPECT_EQ(call("POST", std::string("/api/v1/incidents/") + kIncident + "/resolve").status, 200);
  EXPECT_EQ(call("POST", "/api/v1/incidents/nobody/resolve").status, 404);
  EXPECT_EQ(call("POST", "/api/v1/incidents/rule-closed/resolve").status, 409);
}

TEST_F(Api, ListsAndRetriesDeliveries) {
  EXPECT_EQ(get("/api/v1/deliveries")["deliveries"][0]["state"], "delivered");
  EXPECT_EQ(call("POST", "/api/v1/deliveries/msg_4f1c/retry").status, 200);
  EXPECT_EQ(call("POST", "/api/v1/deliveries/none/retry").status, 404);
}

TEST_F(Api, ShowsBuildAndConfiguration) {
  EXPECT_TRUE(get("/api/v1/status/build")["version"].is_string());
  EXPECT_THAT(get("/api/v1/status/config")["yaml"], HasSubstr("<secret>"));
  EXPECT_THAT(call("GET", "/").body, HasSubstr("/api/v1/incidents"));
}

TEST_F(Api, TellsWhatIsNotThereFromWhatIsNotAllowed) {
  for (const char* target :
       {"/api", "/api/v1/models/", "/api/v1/models/credit/", "/metrics/x", "//", "/..", "/-/", "/x"}) {
    EXPECT_EQ(get(target, 404).count("error"), 1U) << target;
  }
  for (const char* target : {"/%", "/%4", "/%zz", "/metrics?%", "x", "", "http://a/metrics", "*"}) {
    EXPECT_EQ(get(target, 400).count("error"), 1U) << target;
  }
  const Response response = call("PATCH", "/api/v1/models/credit");
  EXPECT_EQ(response.status, 405);
  EXPECT_THAT(response.headers, ElementsAre(std::pair("Allow", "GET, HEAD, DELETE")));
  EXPECT_EQ(call("POST", "/-/healthy").status, 405);
  EXPECT_EQ(call("POST", "/api/v1/incidents").status, 405);
}

TEST_F(Api, ChangesNothingForOtherMachines) {
  from_loopback_ = false;
  EXPECT_EQ(call("POST", "/-/reload").status, 403);
  EXPECT_EQ(call("DELETE", "/api/v1/models/credit").status, 403);
  EXPECT_EQ(call("GET", "/api/v1/models").status, 200);
  from_loopback_ = true;
  EXPECT_EQ(call("POST", "/-/reload", {{"X-Forwarded-For", "10.0.0.9"}}).status, 403);
  EXPECT_EQ(call("POST", "/-/reload", {{"forwarded", "for=10.0.0.9"}}).status, 403);
  EXPECT_THAT(view_.asked, IsEmpty());
}

TEST_F(Api, ChangesNothingForPagesOfOtherSites) {
  const auto status = [&](const Headers& headers) { return call("POST", "/-/reload", headers).status; };
  EXPECT_EQ(status({{"Host", "127.0.0.1:9108"}, {"Origin", "http://evil.example"}}), 403);
  EXPECT_EQ(status({{"Host", "127.0.0.1:9108"}, {"Origin", "null"}}), 403);
  EXPECT_EQ(status({{"Host", "127.0.0.1:9108"}, {"Origin", "http://127.0.0.1:3000"}}), 403);
  EXPECT_EQ(status({{"Host", "127.0.0.1:9108"}, {"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(status({{"Host", "127.0.0.1:9108"}, {"Sec-Fetch-Site", "same-site"}}), 403);
  // a name of their own that they made point here
  EXPECT_EQ(status({{"Host", "evil.example:9108"},
                    {"Origin", "http://evil.example:9108"},
                    {"Sec-Fetch-Site", "same-origin"}}),
            403);
  EXPECT_EQ(status({{"Host", "127.evil.example:9108"}, {"Origin", "http://127.evil.example:9108"}}), 403);
  EXPECT_EQ(status({{"Origin", "http://127.0.0.1:9108"}}), 403);
  EXPECT_THAT(view_.asked, IsEmpty());
  EXPECT_EQ(status({{"Host", "127.0.0.1:9108"},
                    {"Origin", "http://127.0.0.1:9108"},
                    {"Sec-Fetch-Site", "same-origin"}}),
            200);
  EXPECT_EQ(status({{"Host", "[::1]:9108"}, {"Origin", "http://[::1]:9108"}}), 200);
  EXPECT_EQ(status({{"Host", "localhost"}, {"Sec-Fetch-Site", "none"}}), 200);
  EXPECT_EQ(status({{"Host", "driftd.internal:9108"}}), 200);  // no browser
}

TEST_F(Api, ChangesThingsForWhoHasShownCredentialsButNotForPagesOfOthers) {
  authenticated_ = true;
  from_loopback_ = false;
  const auto status = [&](const Headers& headers) { return call("POST", "/-/reload", headers).status; };
  EXPECT_EQ(status({}), 200);
  EXPECT_EQ(status({{"Host", "driftd.example"}, {"X-Forwarded-For", "10.0.0.9"}}), 200);
  EXPECT_EQ(status({{"Host", "driftd.example"}, {"Origin", "https://driftd.example"}}),
            200);  // a proxy's TLS
  EXPECT_EQ(
      status(
          {{"Host", "inner:9108"}, {"Origin", "https://driftd.example"}, {"Sec-Fetch-Site", "same-origin"}}),
      200);
  EXPECT_EQ(status({{"Host", "driftd.example"}, {"Origin", "https://evil.example"}}), 403);
  EXPECT_EQ(status({{"Host", "driftd.example"}, {"Origin", "null"}}), 403);
  EXPECT_EQ(status({{"Host", "driftd.example"}, {"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(status({{"Host", "driftd.example"}, {"Sec-Fetch-Site", "same-site"}}), 403);
  EXPECT_EQ(call("POST", "/-/reload", {{"Content-Type", "text/plain"}}, "x").status, 415);
}

TEST_F(Api, ReadsOverLoopbackOnlyByNamesThatNobodyCanOwn) {
  to_loopback_ = true;
  const auto status = [&](const Headers& headers) { return call("GET", "/api/v1/models", headers).status; };
  for (const char* good : {"localhost:9108", "127.0.0.1:9108", "127.0.0.1", "[::1]:9108", "driftd",
                           "web.localhost:80", "10.0.0.7:9108"})
    EXPECT_EQ(status({{"Host", good}}), 200) << good;
  for (const char* bad :
       {"evil.example", "evil.example:9108", "127.0.0.1.evil.example:9108", "localhost.evil.example"})
    EXPECT_EQ(status({{"Host", bad}}), 403) << bad;
  EXPECT_EQ(status({{"Host", "driftd.example"}, {"X-Forwarded-For", "10.0.0.9"}}), 200);
  EXPECT_EQ(call("GET", "/-/healthy", {{"Host", "evil.example"}}).status, 200);
  authenticated_ = true;
  EXPECT_EQ(status({{"Host", "driftd.example"}}), 200);
  authenticated_ = false;
  to_loopback_ = false;
  EXPECT_EQ(status({{"Host", "driftd.example"}}), 200);
}

TEST_F(Api, TakesBodiesOfJsonAlone) {
  EXPECT_EQ(call("POST", "/-/reload", {{"Content-Type", "text/plain"}}, "x").status, 415);
  EXPECT_EQ(call("POST", "/-/reload", {}, "x").status, 415);
  EXPECT_EQ(call("POST", "/-/reload", {{"Content-Type", "application/json; charset=utf-8"}}, "{}").status,
            200);
  EXPECT_EQ(call("POST", "/-/reload", {{"Content-Type", "application/x-www-form-urlencoded"}}).status, 200);
}

TEST(Mailbox, DoesNothingForWorkThatWaitedTooLong) {
  Mailbox mailbox(std::chrono::milliseconds(0));
  FakeView view;
  int status = 0;
  mailbox.post([](EngineView& engine) { return engine.reload() ? Response{} : Response{}; },
               [&](const Response& response) { status = response.status; });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(mailbox.serve(view), 0U);
  EXPECT_EQ(status, 503);
  EXPECT_THAT(view.asked, IsEmpty());
}

TEST(Mailbox, GivesAllThatWaitOnePageUntilSomethingMayHaveChanged) {
  Mailbox mailbox;
  FakeView view;
  int made = 0;
  std::vector<std::shared_ptr<const std::string>> pages;
  const auto page = [&](EngineView&) {
    Response response;
    response.body = "page " + std::to_string(++made);
    return response;
  };
  const auto keep = [&](const Response& response) { pages.push_back(response.page); };
  mailbox.post_shared(page, keep);
  mailbox.post_shared(page, keep);
  mailbox.post([](EngineView&) { return Response(); }, [](const Response&) {});
  mailbox.post_shared(page, keep);
  EXPECT_EQ(mailbox.serve(view), 4U);
  mailbox.post_shared(page, keep);
  EXPECT_EQ(mailbox.serve(view), 1U);
  ASSERT_EQ(pages.size(), 4U);
  EXPECT_EQ(pages[0], pages[1]);
  EXPECT_EQ(*pages[0], "page 1");
  EXPECT_EQ(*pages[2], "page 2");
  EXPECT_EQ(*pages[3], "page 3");
}

TEST(Mailbox, RefusesMoreThanItHoldsAndAllWhenClosed) {
  Mailbox mailbox(std::chrono::seconds(10), 2);
  std::vector<int> statuses;
  const auto post = [&] {
    mailbox.post([](EngineView&) { return Response{}; },
                 [&](const Response& response) { statuses.push_back(response.status); });
  };
  post();
  post();
  post();
  EXPECT_THAT(statuses, ElementsAre(503));
  FakeView view;
  EXPECT_EQ(mailbox.serve(view), 2U);
  EXPECT_THAT(statuses, ElementsAre(503, 200, 200));
  post();
  mailbox.close();
  post();
  EXPECT_THAT(statuses, ElementsAre(503, 200, 200, 503, 503));
}

TEST(Mailbox, WakesTheEngine) {
  Mailbox mailbox;
  const auto begun = std::chrono::steady_clock::now();
  std::thread poster([&] { mailbox.post([](EngineView&) { return Response{}; }, [](const Response&) {}); });
  mailbox.wait(std::chrono::seconds(20));
  poster.join();
  std::thread notifier([&] { mailbox.notify(); });
  FakeView view;
  mailbox.serve(view);
  mailbox.wait(std::chrono::seconds(20));
  notifier.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

TEST(PercentCode, IsItsOwnInverseForAnyBytes) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  const std::string encoded = percent_encoded(all);
  EXPECT_EQ(percent_decoded(encoded, false), all);
  EXPECT_EQ(percent_decoded(encoded, true), all);
  EXPECT_EQ(percent_encoded("a/b c~"), "a%2Fb%20c~");
  EXPECT_EQ(percent_decoded("a+b", true), "a b");
  EXPECT_EQ(percent_decoded("a+b", false), "a+b");
}

TEST(SeriesDocument, ShowsUndefinedValuesAsNull) {
  const std::vector<SeriesPoint> points = {{0, std::nullopt, 0}};
  EXPECT_EQ(series_document(points), R"({"points":[{"time":"1970-01-01T00:00:00Z","value":null,"n":0}]})");
}

TEST(ErrorDocument, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(error_document("\xFF"), "{\"error\":\"\xEF\xBF\xBD\"}");
}

TEST_F(Api, AReferenceIsAdoptedInOneOfFourForms) {
  const Headers json = {{"Content-Type", "application/json"}};
  const std::string target = "/api/v1/models/credit/reference";
  EXPECT_EQ(call("POST", target + "?preview=true&version=7", json, R"({"last":"7d"})").status, 200);
  ASSERT_TRUE(view_.last_wish.has_value());
  EXPECT_EQ(view_.last_wish->last, 7 * kDay);
  EXPECT_EQ(view_.last_wish->version, "7");
  EXPECT_TRUE(view_.last_wish->preview);
  EXPECT_EQ(call("POST", target, json, R"({"adopt":3,"version":"8"})").status, 200);
  EXPECT_EQ(view_.last_wish->number, 3);
  EXPECT_EQ(view_.last_wish->version, "8");
  EXPECT_FALSE(view_.last_wish->preview);
  EXPECT_EQ(call("POST", target, json, R"({"digest":"sha256:9a1f"})").status, 200);
  EXPECT_EQ(view_.last_wish->digest, "sha256:9a1f");
  const std::string small = R"({"format":"driftd.profile"})";
  EXPECT_EQ(call("POST", target, json, small).status, 200);
  EXPECT_EQ(view_.last_wish->profile, small);
  const std::string large = "{" + std::string(10'000, ' ');  // what it is is not asked here
  EXPECT_EQ(call("POST", target, json, large).status, 200);
  EXPECT_EQ(view_.last_wish->profile, large);
}

TEST_F(Api, AReferenceThatIsWishedWronglyIsRefusedWithWords) {
  const Headers json = {{"Content-Type", "application/json"}};
  const std::string target = "/api/v1/models/credit/reference";
  for (const auto& [body, words] :
       {std::pair("", "a body is needed"), std::pair("[]", "is no JSON object"),
        std::pair("{}", "one thing to adopt"), std::pair(R"({"last":"7d","adopt":1})", "one thing to adopt"),
        std::pair(R"({"last":7})", "last: is no duration"),
        std::pair(R"({"last":"-1d"})", "last: is no duration"),
        std::pair(R"({"adopt":"1"})", "adopt: is no number"),
        std::pair(R"({"adopt":1.5})", "adopt: is no number"),
        std::pair(R"({"digest":""})", "digest: is no text"),
        std::pair(R"({"lastt":"7d"})", "unknown member lastt"),
        std::pair(R"({"version":7,"adopt":1})", "version: is no text")}) {
    const Response response = call("POST", target, json, body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_THAT(response.body, HasSubstr(words)) << body;
  }
  EXPECT_EQ(call("POST", target + "?preview=yes", json, R"({"last":"7d"})").status, 400);
  EXPECT_EQ(call("POST", target + "?window=7d", json, R"({"last":"7d"})").status, 400);
  EXPECT_EQ(call("POST", "/api/v1/models/nobody/reference", json, R"({"last":"7d"})").status, 404);
  EXPECT_EQ(call("POST", target, {{"Content-Type", "text/plain"}}, R"({"last":"7d"})").status, 415);
  EXPECT_EQ(call("POST", target, {{"Content-Type", "application/json"}, {"Origin", "http://evil.example"}},
                 R"({"last":"7d"})")
                .status,
            403);
  from_loopback_ = false;
  EXPECT_EQ(call("POST", target, json, R"({"last":"7d"})").status, 403);
}

TEST_F(Api, KeptReferencesAreListed) {
  const Json list = get("/api/v1/models/credit/references");
  EXPECT_EQ(list["references"].size(), 2U);
  get("/api/v1/models/nobody/references", 404);
  EXPECT_EQ(call("POST", "/api/v1/models/credit/references").status, 405);
}

}  // namespace
}  // namespace driftd::app
