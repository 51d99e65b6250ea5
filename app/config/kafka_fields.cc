#include <algorithm>
#include <set>

#include "app/config/fields.h"
#include "app/config/secret_names.h"
#include "collector/kafka_client.h"

namespace driftd::app {
namespace {

void read_property(const std::string& name, const Node& node, std::string& out, const std::string& path,
                   Faults& faults) {
  if (collector::is_owned_kafka_property(name)) {
    return add_fault(faults, node, path, "is set by driftd itself and cannot be set here");
  }
  const auto value = expect_scalar(node, "a text", path, faults);
  if (!value) return;
  const Status accepted = collector::check_kafka_property(name, *value);
  if (accepted.ok()) {
    out = *value;
    return;
  }
  // librdkafka's words repeat the value.
  const bool silent = node.secret || names_secret(name);
  add_fault(faults, node, path, silent ? "is refused by librdkafka" : accepted.error().message);
}

FieldType<std::map<std::string, std::string>> properties_type() {
  using Properties = std::map<std::string, std::string>;
  FieldType<Properties> type;
  type.name = "map of text";
  type.read = [](const Node& node, Properties& out, const std::string& path, Faults& faults) {
    if (!expect_map(node, path, faults)) return;
    for (const Node::Entry& entry : node.entries) {
      read_property(entry.key, entry.value, out[entry.key], join_path(path, entry.key), faults);
    }
  };
  type.show = [](const Properties& properties) {
    Node node = Node::map();
    for (const auto& [name, value] : properties) {
      Node shown = Node::quoted_text(names_secret(name) ? kRedacted : value);
      shown.secret = names_secret(name);
      node.set(name, std::move(shown));
    }
    return node;
  };
  return type;
}

FieldType<TopicFormat> format_type() {
  FieldType<TopicFormat> type = choice_type<TopicFormat>({{"auto", TopicFormat::automatic}});
  type.read = [known = type.read](const Node& node, TopicFormat& out, const std::string& path,
                                  Faults& faults) {
    if (node.kind == Node::Kind::scalar && (node.text == "kserve" || node.text == "mapped")) {
      return add_fault(faults, node, path, "the format " + node.text + " is not supported by this version");
    }
    known(node, out, path, faults);
  };
  return type;
}

const Fields<TopicConfig>& fields_of_topic() {
  static const Fields<TopicConfig> table =
      Fields<TopicConfig>()
          .text("name", &TopicConfig::name, "the topic")
          .required()
          .add("format", &TopicConfig::format, format_type(), "how its records are read")
          .later({"model", "features", "map"});
  return table;
}

// A topic is its name, or a map where more is to be said.
FieldType<TopicConfig> topic_type() {
  FieldType<TopicConfig> type = object_of(fields_of_topic());
  type.name = "topic";
  type.read = [whole = type.read, name = text_type().read](const Node& node, TopicConfig& out,
                                                           const std::string& path, Faults& faults) {
    if (node.kind == Node::Kind::map) return whole(node, out, path, faults);
    name(node, out.name, path, faults);
  };
  type.show = [whole = type.show](const TopicConfig& topic) {
    return topic.format == TopicFormat::automatic ? Node::quoted_text(topic.name) : whole(topic);
  };
  return type;
}

FieldType<std::vector<TopicConfig>> topics_type() {
  FieldType<std::vector<TopicConfig>> type = one_or_list_of(topic_type());
  type.read = [read = type.read](const Node& node, std::vector<TopicConfig>& out, const std::string& path,
                                 Faults& faults) {
    read(node, out, path, faults);
    std::set<std::string> seen;
    for (const TopicConfig& topic : out) {
      if (!topic.name.empty() && !seen.insert(topic.name).second) {
        add_fault(faults, node, path, "the topic " + topic.name + " stands twice");
      }
    }
  };
  return type;
}

const Fields<TopicsConfig>& fields_of_topics() {
  static const Fields<TopicsConfig> table =
      Fields<TopicsConfig>()
          .add("predictions", &TopicsConfig::predictions, topics_type(), "topics of predictions")
          .required()
          .add("feedback", &TopicsConfig::feedback, topics_type(),
               "topics of feedback; may be the same topic")
          .add("models", &TopicsConfig::models, topics_type(),
               "topics of model events; may be the same topic")
          .check([](const TopicsConfig& topics, const Node& node, const std::string& path, Faults& faults) {
            const Node* given = node.find("predictions");
            const bool readable = given != nullptr && given->kind != Node::Kind::map;
            if (readable && topics.predictions.empty()) {
              add_fault(faults, *given, join_path(path, "predictions"), "names no topic");
            }
          });
  return table;
}

using Start = std::variant<collector::StartPosition, Time>;

FieldType<Start> start_type() {
  using collector::StartPosition;
  const Choices<StartPosition> choices = {{"latest", StartPosition::latest},
                                          {"earliest", StartPosition::earliest},
                                          {"committed", StartPosition::committed}};
  FieldType<Start> type;
  type.name = "latest, earliest, committed, or a time";
  type.read = [choices](const Node& node, Start& out, const std::string& path, Faults& faults) {
    const std::string what = "latest, earliest, committed, or a time such as 2026-11-20T08:00:00Z";
    const auto text = expect_scalar(node, what, path, faults);
    if (!text) return;
    for (const auto& [name, position] : choices) {
      if (name == *text) out = position;
      if (name == *text) return;
    }
    if (const auto time = parse_rfc3339(*text)) {
      out = *time;
    } else {
      add_fault(faults, node, path, "expected " + what + ", not " + describe(node));
    }
  };
  type.show = [position = choice_type(choices).show](const Start& start) {
    const auto* time = std::get_if<Time>(&start);
    return time != nullptr ? Node::quoted_text(format_rfc3339(*time))
                           : position(std::get<StartPosition>(start));
  };
  return type;
}

void check_dead_letter_topic(const KafkaConfig& kafka, const Node& node, const std::string& path,
                             Faults& faults) {
  const auto reads = [&](const std::vector<TopicConfig>& topics) {
    return std::any_of(topics.begin(), topics.end(),
                       [&](const TopicConfig& topic) { return topic.name == kafka.dead_letter_topic; });
  };
  if (!reads(kafka.topics.predictions) && !reads(kafka.topics.feedback) && !reads(kafka.topics.models))
    return;
  const Node* given = node.find("dead_letter_topic");
  add_fault(faults, given != nullptr ? *given : node, join_path(path, "dead_letter_topic"),
            "is also a topic that driftd reads: its dead letters would come back");
}

void check_brokers(const KafkaConfig& kafka, const Node& node, const std::string& path, Faults& faults) {
  const Node* given = node.find("brokers");
  const bool readable = given != nullptr && given->kind != Node::Kind::map;
  if (readable && kafka.brokers.empty())
    add_fault(faults, *given, join_path(path, "brokers"), "names no broker");
}

}  // namespace

const Fields<KafkaConfig>& fields_of_kafka() {
  static const Fields<KafkaConfig> table =
      Fields<KafkaConfig>()
          .add("brokers", &KafkaConfig::brokers, one_or_list_of(text_type()), "host:port of some brokers")
          .required()
          .text("group", &KafkaConfig::group, "consumer group: offsets are committed there for lag displays")
          .object("topics", &KafkaConfig::topics, fields_of_topics(), "what is read")
          .required()
          .text("dead_letter_topic", &KafkaConfig::dead_letter_topic,
                "where records go that cannot be decoded")
          .add("start", &KafkaConfig::start, start_type(),
               "where partitions begin of which the store holds no offset")
          .add("properties", &KafkaConfig::properties, properties_type(), "any property of librdkafka")
          .later({"pairing"})
          .check(check_brokers)
          .check(check_dead_letter_topic);
  return table;
}

}  // namespace driftd::app
