#include "app/http/api.h"

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "app/http/api_request.h"
#include "app/http/index_page.h"
#include "app/http/json.h"
#include "app/http/origin.h"
#include "app/http/reference_wish.h"
#include "app/http/target.h"
#include "app/version.h"

namespace driftd::app {
namespace {

Response plain(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

Response build_status() {
  Response response;
  response.body = nlohmann::ordered_json{{"version", version()}, {"revision", revision()}}.dump();
  return response;
}

Response index_page() {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
                                "base-uri 'none'; form-action 'none'");
  response.body = kIndexPage;
  return response;
}

Response healthy(const Health& health) {
  const auto silent = health.stalled();
  if (!silent) return plain(200, "driftd is healthy\n");
  return plain(
      503, "driftd is not healthy: its loop stands still for " + std::to_string(silent->count()) + " s\n");
}

Response ready(const Health& health) {
  const std::string why = health.why_not_ready();
  return why.empty() ? plain(200, "driftd is ready\n") : plain(503, "driftd is not ready: " + why + "\n");
}

Mailbox::Work metrics(const ApiRequest&) {
  return [](EngineView& view) {
    Response response = plain(200, view.metrics());
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
  };
}

Mailbox::Work reload(const ApiRequest&) {
  return [](EngineView& view) {
    const Status done = view.reload();
    return done ? plain(200, "reloaded\n") : failure(500, done.error().message);
  };
}

Mailbox::Work models(const ApiRequest&) {
  return [](EngineView& view) { return answer(view.models_json()); };
}

Mailbox::Work model(const ApiRequest& request) {
  return [name = request.names.at(0)](EngineView& view) { return answer(view.model_json(name)); };
}

Mailbox::Work forget_model(const ApiRequest& request) {
  return [name = request.names.at(0)](EngineView& view) { return answer(view.forget_model(name)); };
}

Mailbox::Work series(const ApiRequest& request) {
  Result<SeriesQuery> query = series_query(request);
  return [query = std::move(query)](EngineView& view) {
    return query ? answer(view.series_json(*query)) : failure(400, query.error().message);
  };
}

Mailbox::Work slices(const ApiRequest& request) {
  Result<SlicesQuery> query = slices_query(request);
  return [query = std::move(query)](EngineView& view) {
    return query ? answer(view.slices_json(*query)) : failure(400, query.error().message);
  };
}

Mailbox::Work digest(const ApiRequest& request) {
  const Result<bool> now = now_asked(request);
  return [now](EngineView& view) { return now ? answer(view.digest_json(*now)) : failure(now.error()); };
}

Mailbox::Work references(const ApiRequest& request) {
  return [name = request.names.at(0)](EngineView& view) { return answer(view.references_json(name)); };
}

Mailbox::Work adopt_reference(const ApiRequest& request) {
  Result<ReferenceWish> wish = reference_wish(request);
  return [wish = std::move(wish)](EngineView& view) {
    return wish ? answer(view.adopt_reference(*wish)) : failure(wish.error());
  };
}

Mailbox::Work incidents(const ApiRequest&) {
  return [](EngineView& view) { return answer(view.incidents_json()); };
}

Mailbox::Work resolve(const ApiRequest& request) {
  return [id = request.names.at(0)](EngineView& view) { return answer(view.resolve_incident(id)); };
}

Mailbox::Work acknowledge(const ApiRequest& request) {
  return [id = request.names.at(0)](EngineView& view) { return answer(view.acknowledge_incident(id)); };
}

Mailbox::Work retrain(const ApiRequest& request) {
  Result<RetrainQuery> query = retrain_query(request);
  return [query = std::move(query)](EngineView& view) {
    return query ? answer(view.retrain_json(*query)) : failure(400, query.error().message);
  };
}

Mailbox::Work deliveries(const ApiRequest&) {
  return [](EngineView& view) { return answer(view.deliveries_json()); };
}

Mailbox::Work retry(const ApiRequest& request) {
  return [id = request.names.at(0)](EngineView& view) { return answer(view.retry_delivery(id)); };
}

Mailbox::Work config(const ApiRequest&) {
  return [](EngineView& view) {
    const Result<std::string> yaml = view.config_yaml();
    if (!yaml) return failure(yaml.error());
    return answer(Result<std::string>(nlohmann::ordered_json{{"yaml", *yaml}}.dump()));
  };
}

// "*" in a pattern is a name of the request.
struct Route {
  std::string_view method;
  std::vector<std::string_view> pattern;
  Mailbox::Work (*work)(const ApiRequest&);
};

std::span<const Route> routes() {
  static const std::vector<Route> kRoutes = {
      {"GET", {"metrics"}, metrics},
      {"POST", {"-", "reload"}, reload},
      {"PUT", {"-", "reload"}, reload},
      {"GET", {"api", "v1", "models"}, models},
      {"GET", {"api", "v1", "models", "*"}, model},
      {"DELETE", {"api", "v1", "models", "*"}, forget_model},
      {"GET", {"api", "v1", "models", "*", "series"}, series},
      {"GET", {"api", "v1", "models", "*", "slices"}, slices},
      {"POST", {"api", "v1", "models", "*", "actions", "retrain"}, retrain},
      {"GET", {"api", "v1", "digest"}, digest},
      {"GET", {"api", "v1", "models", "*", "references"}, references},
      {"POST", {"api", "v1", "models", "*", "reference"}, adopt_reference},
      {"GET", {"api", "v1", "incidents"}, incidents},
      {"POST", {"api", "v1", "incidents", "*", "resolve"}, resolve},
      {"POST", {"api", "v1", "incidents", "*", "acknowledge"}, acknowledge},
      {"GET", {"api", "v1", "deliveries"}, deliveries},
      {"POST", {"api", "v1", "deliveries", "*", "retry"}, retry},
      {"GET", {"api", "v1", "status", "config"}, config},
  };
  return kRoutes;
}

// What needs no engine is answered even while the engine is busy or not there yet.
struct Direct {
  std::vector<std::string_view> pattern;
  Response (*respond)(const Mailbox&);
};

std::span<const Direct> direct_routes() {
  static const std::vector<Direct> kRoutes = {
      {{}, [](const Mailbox&) { return index_page(); }},
      {{"-", "healthy"}, [](const Mailbox& box) { return healthy(box.health()); }},
      {{"-", "ready"}, [](const Mailbox& box) { return ready(box.health()); }},
      {{"api", "v1", "status", "build"}, [](const Mailbox&) { return build_status(); }},
  };
  return kRoutes;
}

std::optional<std::vector<std::string>> match(const std::vector<std::string_view>& pattern,
                                              const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (pattern[i] == "*" && !path[i].empty()) {
      names.push_back(path[i]);
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  return names;
}

// 404, or 405 with what would be allowed.
Response no_route(const std::vector<std::string_view>& allowed, const std::string& target) {
  if (allowed.empty()) return failure(404, "there is nothing at " + target + "; / lists what there is");
  std::string list;
  for (const std::string_view method : allowed) list.append(list.empty() ? "" : ", ").append(method);
  Response response = failure(405, "allowed here: " + list);
  response.headers.emplace_back("Allow", list);
  return response;
}

void dispatch(Mailbox& mailbox, const Request& request, const Respond& respond) {
  std::optional<Target> target = parse_target(request.target);
  if (!target) return respond(failure(400, "the path or the query is not percent-encoded rightly"));
  if (target->path.size() == 1 && target->path[0].empty()) target->path.clear();
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  std::vector<std::string_view> allowed;
  for (const Direct& route : direct_routes()) {
    if (!match(route.pattern, target->path)) continue;
    if (method == "GET") return respond(route.respond(mailbox));
    allowed = {"GET", "HEAD"};
  }
  if (std::optional<Response> no = refuse_name(request)) return respond(*std::move(no));
  for (const Route& route : routes()) {
    std::optional<std::vector<std::string>> names = match(route.pattern, target->path);
    if (!names) continue;
    if (route.method != method) {
      allowed.push_back(route.method);
      if (route.method == "GET") allowed.emplace_back("HEAD");
      continue;
    }
    if (method != "GET") {
      if (std::optional<Response> no = refuse_change(request)) return respond(std::move(*no));
    }
    Mailbox::Work work = route.work({std::move(*names), std::move(*target), request.body});
    return route.work == metrics ? mailbox.post_shared(std::move(work), respond)
                                 : mailbox.post(std::move(work), respond);
  }
  respond(no_route(allowed, request.target));
}

}  // namespace

Handler make_api(Mailbox& mailbox) {
  return [&mailbox](const Request& request, const Respond& respond) { dispatch(mailbox, request, respond); };
}

}  // namespace driftd::app
