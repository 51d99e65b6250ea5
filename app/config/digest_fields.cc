#include "app/config/digest_config.h"
#include "app/config/fields.h"
#include "app/cron.h"

namespace driftd::app {
namespace {

FieldType<std::string> cron_type() {
  FieldType<std::string> type = text_type();
  type.name = "cron expression";
  type.read = [read = type.read](const Node& node, std::string& out, const std::string& path,
                                 Faults& faults) {
    std::string text;
    const std::size_t before = faults.size();
    read(node, text, path, faults);
    if (faults.size() > before) return;
    if (const auto cron = Cron::parse(text); !cron.ok())
      return add_fault(faults, node, path, cron.error().message);
    out = text;
  };
  type.show = [](const std::string& text) { return Node::quoted_text(text); };
  return type;
}

}  // namespace

const Fields<DigestConfig>& fields_of_digest() {
  static const Fields<DigestConfig> table =
      Fields<DigestConfig>()
          .add("at", &DigestConfig::at, cron_type(),
               "when: minute, hour, day of the month, month, day of the week, or @daily, @weekly ...; event "
               "time")
          .required()
          .add("timezone", &DigestConfig::timezone, zone_type(),
               "whose clock that is: a name of the IANA such as Europe/Berlin")
          .number("alpha", &DigestConfig::alpha, open_range(0.0, 1.0), "",
                  "of what a digest lists, the share that moved by chance is at most this on average");
  return table;
}

}  // namespace driftd::app
