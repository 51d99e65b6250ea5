// An engine that knows one model and one incident, and remembers what was asked of it.
#pragma once

#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "alerts/digest_notice.h"
#include "alerts/exposition.h"
#include "alerts/incident.h"
#include "app/http/json.h"
#include "app/http/mailbox.h"
#include "app/http/reference_wish.h"
#include "app/http/view.h"

namespace driftd::app {

inline constexpr const char* kIncident = "rule-0123456789abcdef0123";
inline constexpr Time kOpened = 1795248000LL * kSecond;  // 2026-11-21T08:00:00Z

inline alerts::Incident example_incident() {
  alerts::Incident incident;
  incident.id = kIncident;
  incident.key = {"credit", "7", alerts::IncidentKind::rule, "income-psi"};
  incident.opened_at = kOpened;
  incident.findings.summary = "psi of income is 0.31, above 0.25 for 30m";
  incident.findings.rule = "income-psi";
  incident.findings.columns = {{"income", "", std::nullopt, {{"psi", 0.31}, {"ks", 0.22}}}};
  incident.findings.performance = {{"accuracy", 0.91, 0.86}};
  incident.findings.coverage = alerts::Coverage{39'104, 8'706, 400, 0};
  return incident;
}

class FakeView : public EngineView {
 public:
  std::string metrics() override {
    alerts::MetricFamily predictions(alerts::MetricId::predictions);
    predictions.add({"credit", "7"}, 48210);
    return alerts::expose({predictions});
  }
  Status reload() override {
    asked.emplace_back("reload");
    return reload_fault ? Status(*reload_fault) : success();
  }
  Result<std::string> models_json() override { return models_document(std::vector{summary()}); }
  Result<std::string> model_json(std::string_view model) override {
    if (model != "credit") return unknown(model);
    return model_document(summary());
  }
  Status forget_model(std::string_view model) override {
    asked.push_back("forget " + std::string(model));
    return model == "credit" ? success() : Status(unknown(model));
  }
  Result<std::string> series_json(const SeriesQuery& query) override {
    last_query = query;
    if (query.model != "credit") return unknown(query.model);
    return series_document(std::vector<SeriesPoint>{{kOpened, 0.12, 812}, {kOpened + kMinute, 0.31, 795}});
  }
  Result<std::string> slices_json(const SlicesQuery& query) override {
    last_slices = query;
    if (query.model != "credit") return unknown(query.model);
    SlicesSummary summary{
        "credit", "7", kOpened, kOpened + query.window.value_or(kHour), "error_rate", 5210, 5210, 0.135, {}};
    summary.slices.push_back({"country = FR and age > 45", {"country", "age"}, 417, 0.08, 0.31, 0.12, 0.09});
    return slices_document(summary);
  }
  Result<std::string> digest_json(bool now) override {
    asked.emplace_back(now ? "digest now" : "digest");
    std::string document = alerts::data_json(alerts::example_digest(kOpened), "http://127.0.0.1:9108");
    document.pop_back();
    return document + R"(,"next_at":"2026-11-28T08:00:00Z"})";
  }
  Result<std::string> references_json(std::string_view model) override {
    if (model != "credit") return unknown(model);
    return std::string(R"({"model":"credit","references":[)") +
           R"({"number":1,"digest":"sha256:9a1f0c55d2e84b3b","origin":"file","predictions":true,"labels":true,)"
           R"("version":"7","since":null,"rows":20000,"pairs":18600,"first":"2026-10-01T00:00:00Z",)"
           R"("last":"2026-10-15T00:00:00Z","in_use_by":["7"]},)"
           R"({"number":2,"digest":"sha256:77d0be1f5a309c42","origin":"recent","predictions":true,"labels":false,)"
           R"("version":"7","since":"2026-11-21T08:00:00Z","rows":48210,"pairs":0,)"
           R"("first":"2026-11-14T08:00:00Z","last":"2026-11-21T08:00:00Z","in_use_by":[]}]})";
  }
  Result<std::string> adopt_reference(const ReferenceWish& wish) override {
    last_wish = wish;
    if (wish.model != "credit") return unknown(wish.model);
    if (wish.last == kDay) return Error{ErrorCode::invalid, "last: 1d is not between 2d and 92d"};
    return std::string(
               R"({"model":"credit","version":"7","reference":{"digest":"sha256:77d0be1f5a309c42",)") +
           R"("rows":48210,"pairs":0,"first":"2026-11-14T08:00:00Z","last":"2026-11-21T08:00:00Z",)"
           R"("origin":"recent","predictions":true,"labels":false,"number":)" +
           (wish.preview ? "null" : "2") +
           R"(},"before":{"predictions":{"digest":"sha256:9a1f0c55d2e84b3b","rows":20000,"pairs":18600,)"
           R"("first":"2026-10-01T00:00:00Z","last":"2026-10-15T00:00:00Z"},"labels":null},)"
           R"("history":{"from":"2026-11-14T08:00:00Z","until":"2026-11-21T08:00:00Z",)"
           R"("first":"2026-11-14T08:00:00Z","last":"2026-11-21T08:00:00Z","slots":10080},)"
           R"("columns_added":[],"columns_removed":[],"columns_retyped":[],"columns":[{"column":"income",)"
           R"("same_bins":true,"statistics":{"psi":0.31,"ks":0.22,"wasserstein_normed":0.41},)"
           R"("missing_ratio":{"before":0.01,"now":0.02},"outside":0.003}],)"
           R"("incidents":{"closed":[{"incident":"data-51f2c0aa9b3e4d5f6071","kind":"data",)"
           R"("summary":"income: location up, +0.4 sd"}],"left":[{"incident":")" +
           kIncident +
           R"(","kind":"rule","summary":"psi of income is 0.31, above 0.25 for 30m"}]},)"
           R"("evidence":{"begins_at":"2026-11-21T08:00:00Z","short_reference":true,"certified":false},)"
           R"("warnings":["the reference spans less than 14 days: evidence against it is uncertified, and )"
           R"(neither critical nor a reason to retrain"],"adopted":)" +
           (wish.preview ? "false" : "true") + "}";
  }
  Result<std::string> incidents_json() override {
    return R"({"incidents":[)" + alerts::incident_json(example_incident(), "http://127.0.0.1:9108") + "]}";
  }
  Status resolve_incident(std::string_view id) override { return on_incident("resolve ", id); }
  Status acknowledge_incident(std::string_view id) override { return on_incident("acknowledge ", id); }
  Result<std::string> retrain_json(const RetrainQuery& query) override {
    last_retrain = query;
    if (query.model != "credit") return unknown(query.model);
    return std::string(R"({"incident":"rule-3c1f0de2a94b77c05d12"})");
  }
  Result<std::string> deliveries_json() override {
    return std::string(
               R"({"deliveries":[{"id":"msg_4f1c","webhook":"retrain","event":"opened","incident":")") +
           kIncident +
           R"(","model":"credit","state":"delivered","attempts":1,"created_at":"2026-11-21T08:00:02.11Z",)"
           R"("next_attempt_at":null,"ended_at":"2026-11-21T08:00:02.19Z","status":200,"error":null}]})";
  }
  Status retry_delivery(std::string_view id) override {
    asked.push_back("retry " + std::string(id));
    if (id == "msg_4f1c") return success();
    return Error{ErrorCode::not_found, "there is no delivery " + std::string(id)};
  }
  Result<std::string> config_yaml() override {
    return std::string(
        "kafka:\n  brokers: [localhost:9092]\nalerts:\n  webhooks:\n    - {secret: <secret>}\n");
  }

  std::vector<std::string> asked;
  std::optional<SeriesQuery> last_query;
  std::optional<SlicesQuery> last_slices;
  std::optional<RetrainQuery> last_retrain;
  std::optional<ReferenceWish> last_wish;
  std::optional<Error> reload_fault;

 private:
  static Error unknown(std::string_view model) {
    return {ErrorCode::not_found, "there is no model " + std::string(model)};
  }
  static ModelSummary summary() {
    ModelSummary model{"credit", 39104, 9106, 1, {}};
    model.versions.push_back(
        {"7", "watching", "binary", "9a1f0c55d2e84b3b", 48210, kOpened + 250 * kMillisecond});
    model.versions.push_back({"8", "learning", "binary", "", 120, kOpened});
    return model;
  }
  Status on_incident(const char* what, std::string_view id) {
    asked.push_back(what + std::string(id));
    if (id == kIncident) return success();
    if (id == "rule-closed") return Error{ErrorCode::refused, "the incident rule-closed is resolved already"};
    return Error{ErrorCode::not_found, "there is no incident " + std::string(id)};
  }
};

// The engine's thread, that does nothing but answer.
class FakeEngine {
 public:
  FakeEngine() : thread_([this] { serve(); }) {}
  ~FakeEngine() {
    running_ = false;
    mailbox.notify();
    thread_.join();
  }
  FakeEngine(const FakeEngine&) = delete;
  FakeEngine& operator=(const FakeEngine&) = delete;

  FakeView view;  // looked at only when nothing is under way
  Mailbox mailbox;

 private:
  void serve() {
    while (running_) {
      mailbox.wait(std::chrono::seconds(1));
      mailbox.serve(view);
    }
  }
  std::atomic<bool> running_{true};
  std::thread thread_;
};

}  // namespace driftd::app
