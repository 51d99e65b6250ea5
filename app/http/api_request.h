// Between a route and the engine: what a request names, and how the engine's results become answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/http/server.h"
#include "app/http/target.h"
#include "app/http/view.h"

namespace driftd::app {

struct ApiRequest {
  std::vector<std::string> names;  // the path's variable segments, decoded
  Target target;
  std::string body = {};
};

// The parameters of /series; an Error says which one is wrong and how.
Result<SeriesQuery> series_query(const ApiRequest& request);

// The body of POST .../actions/retrain.
Result<RetrainQuery> retrain_query(const ApiRequest& request);

// Those of /slices, likewise.
Result<SlicesQuery> slices_query(const ApiRequest& request);

// The parameter of /digest: whether one as of now is wanted.
Result<bool> now_asked(const ApiRequest& request);

Response answer(Result<std::string> document);  // 200, or the error's status
Response answer(const Status& done);            // 200 {"status":"done"}, or the error's status
Response failure(const Error& error);
Response failure(int status, std::string_view message);

}  // namespace driftd::app
