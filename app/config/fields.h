// The keys of the configuration, stacked from the tables of the rooms and those of this folder.
#pragma once

#include "app/config/config.h"
#include "core/fields.h"

namespace driftd::app {

// Cross-field checks included, save those that need defaults resolved (app/config/checks.h).
const Fields<Config>& fields_of_config();
const Fields<KafkaConfig>& fields_of_kafka();
const Fields<HttpConfig>& fields_of_http();
const Fields<ServiceConfig>& fields_of_service();
const Fields<ModelConfig>& fields_of_model();
const Fields<SeasonConfig>& fields_of_season();
const Fields<BudgetConfig>& fields_of_budget();
const Fields<DerivedConfig>& fields_of_derived();
const Fields<ComparisonConfig>& fields_of_comparison();
// Of all of a model's comparisons together.
void check_comparisons(const ModelConfig& model, const Node& node, const std::string& path, Faults& faults);

// Types of single keys.
FieldType<ReferenceConfig> reference_type();
FieldType<ColumnConfig> column_type();
FieldType<SegmentConfig> segment_type();
FieldType<std::string> label_type();  // a class: a number by its shortest text, so that 1.0 is 1
FieldType<std::string> listen_type();
FieldType<std::string> zone_type();          // a time zone of the IANA
FieldType<std::string> host_pattern_type();  // of alerts.allowed_hosts
FieldType<std::string> statistic_type();     // a name of those that are computed over `window`
FieldType<ModelsConfig> models_type();       // `default` is laid beneath each

}  // namespace driftd::app
