#include "app/config/documentation.h"

#include <string_view>
#include <vector>

#include "app/config/fields.h"

namespace driftd::app {
namespace {

constexpr std::string_view kIntroduction =
    R"(# Configuration

<!-- Made by `driftd docs configuration`; do not edit. -->

One YAML file. Only `kafka.brokers` and `kafka.topics.predictions` are required:

```yaml
kafka:
  brokers: [localhost:9092]
  topics: {predictions: [predictions], feedback: [feedback]}
models:
  credit:
    task: binary
    positive: bad
    rules:
      - {name: income-psi, column: income, statistic: psi, above: 0.25, for: 30m}
```

`driftd check -c FILE` tells every fault at once with its file, line and key, and starts nothing. Keys
that driftd does not know are refused, and so are values out of range: nothing is ignored or clamped.

- **Values from outside.** `${VAR}` and `${VAR:-default}` are read from the environment (the default
  also where the variable is empty), `${file:/run/secrets/x}` from a file without its last line end;
  `$$` is a dollar. What comes from a file, from a variable whose name holds SECRET, TOKEN, PASSWORD or
  the like, or stands in a key marked *secret*, is never printed, logged or served.
- **Durations** are `500ms`, `90s`, `5m`, `1h30m`, `14d`; event time save `idle_after`,
  `storage.checkpoint_every`, `service`, and a webhook's `timeout` and `retry.for`. **Sizes** are `8MB`
  (8,388,608 bytes).
- **Inheritance.** What `models.default` says holds for every model, also for those without an entry;
  a model's own keys are laid over it, key by key. Lists and `reference` are replaced whole.
- **Profiles** (`reference: {file: …}`) and the files of `http.tls` are sought from the directory of the
  configuration file, `storage.path` from the working directory.
- **Reload.** SIGHUP or `POST /-/reload` checks the new file whole, then swaps; a faulty one changes
  nothing. What it changes is what a restart would change: another reference file counts at once (what
  open slots and `window` had counted over the old one is left out, the history is kept), a longer `window`
  fills up with time, a detector with other parameters begins afresh, and incidents of rules and schema
  facts that are gone close. A reference that was learnt stays, and what is being learnt goes on by the rule
  with which it began. A log line names the keys that wait for a restart. `slot` cannot change over one store:
  neither a reload nor a start accepts another one.
- `kafka.properties` refuses what driftd sets itself: `group.id`, `enable.auto.commit` and the like.

In the tables, `NAME` stands for a name of your choice and `[]` for each item of a list.
)";

std::string cell(std::string text) {
  for (std::size_t i = text.find('|'); i != std::string::npos; i = text.find('|', i + 2))
    text.insert(i, "\\");
  return text;
}

std::string code(const std::string& text) { return text.empty() ? "" : "`" + cell(text) + "`"; }

std::string row_of(const FieldDoc& doc) {
  // A sentence stands as it is, a value as code.
  const bool words = doc.standard.find(' ') != std::string::npos && !doc.standard.starts_with('[');
  std::string what = doc.type;
  if (!doc.range.empty()) what += " " + doc.range;
  if (!doc.unit.empty() && doc.unit != "bytes") what += " " + doc.unit;
  std::string standard = words ? cell(doc.standard) : code(doc.standard);
  if (doc.required) standard = "**required**";
  const std::string text = doc.secret ? doc.text + " (*secret*)" : doc.text;
  return "| " + code(doc.name) + " | " + cell(what) + " | " + standard + " | " + cell(text) + " |\n";
}

bool is_single(const FieldDoc& doc) {
  return doc.name.find('.') == std::string::npos && doc.type != "object" && doc.type != "map of model";
}

std::string table_head(const std::string& title) {
  return "\n## " + title + "\n\n| key | value | default | what |\n| --- | --- | --- | --- |\n";
}

}  // namespace

std::string configuration_page() {
  const std::vector<FieldDoc> docs = fields_of_config().docs();
  std::string page(kIntroduction);
  page += table_head("The whole service");
  for (const FieldDoc& doc : docs) {
    if (is_single(doc)) page += row_of(doc);
  }
  for (const FieldDoc& doc : docs) {
    if (is_single(doc)) continue;
    const bool begins_section = doc.name.find('.') == std::string::npos;
    page += begins_section ? table_head("`" + doc.name + "`") : row_of(doc);
  }
  return page;
}

}  // namespace driftd::app
