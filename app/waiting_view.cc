#include "app/waiting_view.h"

#include "app/config/show.h"
#include "app/pipeline/metrics_page.h"

namespace driftd::app {

std::string WaitingView::metrics() { return service_metrics_page(facts_); }

Result<std::string> WaitingView::config_yaml() { return config_as_yaml(*config_); }

}  // namespace driftd::app
