#include "alerts/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <cmath>
#include <map>
#include <stdexcept>
#include <utility>

namespace driftd::alerts {
namespace {

// How many bytes of valid UTF-8 `text` begins with as one character; 0 where it is none (Unicode 3.9,
// table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
  const unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < least || byte(1) > most) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return size;
}

// One stray byte in a label would make Prometheus refuse the whole page.
std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    out.append(size > 0 ? text.substr(0, size) : std::string_view("\xEF\xBF\xBD"));
    text.remove_prefix(size > 0 ? size : 1);
  }
  return out;
}

prometheus::MetricType type_of(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return prometheus::MetricType::Counter;
    case MetricType::gauge:
      return prometheus::MetricType::Gauge;
    case MetricType::histogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric::Histogram cumulated(const HistogramValue& given) {
  prometheus::ClientMetric::Histogram out;
  out.sample_sum = given.sum;
  for (std::size_t i = 0; i < given.counts.size(); ++i) {
    out.sample_count += given.counts[i];
    if (i < given.bounds.size()) out.bucket.push_back({out.sample_count, given.bounds[i]});
  }
  return out;
}

prometheus::ClientMetric translated(const MetricSpec& what, const Sample& sample) {
  prometheus::ClientMetric out;
  for (std::size_t i = 0; i < what.labels.size(); ++i) {
    out.label.push_back({what.labels[i], valid_utf8(sample.labels[i])});
  }
  for (std::size_t i = 0; i < what.where_said.size(); ++i) {
    const std::string& value = sample.labels[what.labels.size() + i];
    if (!value.empty()) out.label.push_back({what.where_said[i], valid_utf8(value)});
  }
  out.counter.value = sample.value;
  out.gauge.value = sample.value;
  if (sample.histogram) out.histogram = cumulated(*sample.histogram);
  return out;
}

void require(bool fits, const MetricSpec& what) {
  if (!fits)
    throw std::logic_error(std::string("a sample of ") + what.name + " does not fit its declaration");
}

}  // namespace

MetricFamily& MetricFamily::add(std::initializer_list<std::string_view> labels, double value) {
  const std::size_t places = what->labels.size() + what->where_said.size();
  require(labels.size() == places && what->type != MetricType::histogram, *what);
  if (!std::isnan(value)) samples.push_back({{labels.begin(), labels.end()}, value, std::nullopt});
  return *this;
}

MetricFamily& MetricFamily::add(std::initializer_list<std::string_view> labels, HistogramValue histogram) {
  require(labels.size() == what->labels.size() && what->type == MetricType::histogram, *what);
  require(histogram.counts.size() == histogram.bounds.size() + 1, *what);
  samples.push_back({{labels.begin(), labels.end()}, 0, std::move(histogram)});
  return *this;
}

std::string expose(const std::vector<MetricFamily>& families) {
  std::vector<prometheus::MetricFamily> page;
  std::map<MetricId, std::size_t> place;
  for (const MetricFamily& family : families) {
    if (family.samples.empty()) continue;
    const auto [known, is_new] = place.try_emplace(family.what->id, page.size());
    if (is_new) page.push_back({family.what->name, family.what->help, type_of(family.what->type), {}});
    std::vector<prometheus::ClientMetric>& metrics = page[known->second].metric;
    for (const Sample& sample : family.samples) metrics.push_back(translated(*family.what, sample));
  }
  return prometheus::TextSerializer().Serialize(page);
}

}  // namespace driftd::alerts
