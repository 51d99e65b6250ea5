// `driftd docs PAGE`: the generated pages of docs/, for whoever changes a table.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "alerts/exposition_table.h"
#include "alerts/retraining.h"
#include "alerts/target.h"
#include "app/commands/command.h"
#include "app/config/documentation.h"
#include "detectors/catalogue_page.h"

namespace driftd::app {

extern const Command command_docs;
const Command command_docs = {
    .name = "docs",
    .summary = "print a generated page of docs/",
    .examples =
        "driftd docs configuration > docs/configuration.md\ndriftd docs metrics > docs/metrics.md\n"
        "driftd docs catalogue > docs/catalogue.md\ndriftd docs targets > docs/targets.md\n"
        "driftd docs retraining > docs/retraining.md",
    .prepare = [](CLI::App& app) -> Action {
      auto page = std::make_shared<std::string>();
      app.add_option("PAGE", *page, "which page")
          ->required()
          ->check(CLI::IsMember({"catalogue", "configuration", "metrics", "retraining", "targets"}));
      return [page](Streams& streams) {
        streams.out << (*page == "metrics"      ? alerts::metrics_page()
                        : *page == "catalogue"  ? detectors::catalogue_page()
                        : *page == "targets"    ? alerts::targets_page()
                        : *page == "retraining" ? alerts::retraining_page()
                                                : configuration_page());
        return ExitStatus::done;
      };
    },
    .hidden = true,
};

}  // namespace driftd::app
