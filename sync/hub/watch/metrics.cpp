#include "sync/hub/watch/metrics.hpp"

#include <fmt/format.h>

namespace bianmin::hub {

namespace {

std::string_view type_name(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::histogram:
      return "histogram";
  }
  return "untyped";
}

std::string label_value(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

// {a="b",c="d"}; `more` is a label that is written already, or "".
std::string label_set(const MetricFamily& about, const std::vector<std::string>& values,
                      const std::string& more = {}) {
  std::string inside;
  for (std::size_t at = 0; at < values.size(); ++at) {
    inside +=
        fmt::format("{}{}=\"{}\"", inside.empty() ? "" : ",", about.labels[at], label_value(values[at]));
  }
  if (!more.empty()) inside += (inside.empty() ? "" : ",") + more;
  return inside.empty() ? inside : "{" + inside + "}";
}

}  // namespace

Metrics::Series& Metrics::series_of(const MetricFamily& family, Values values) {
  Family& known = families_[family.name];
  known.about = &family;
  std::vector<std::string> key(values.begin(), values.end());
  if (known.series.size() >= series_per_family_max && !known.series.contains(key)) {
    for (std::string& value : key) value = "other";
  }
  return known.series[key];
}

void Metrics::add(const MetricFamily& counter, Values values, double by) {
  const std::lock_guard lock(mutex_);
  series_of(counter, values).value += by;
}

void Metrics::set(const MetricFamily& gauge, Values values, double value) {
  const std::lock_guard lock(mutex_);
  series_of(gauge, values).value = value;
}

void Metrics::observe(const MetricFamily& histogram, Values values, double value) {
  const std::lock_guard lock(mutex_);
  Series& series = series_of(histogram, values);
  series.value += value;
  ++series.count;
  for (std::size_t at = 0; at < histogram.buckets.size(); ++at) {
    if (value <= histogram.buckets[at]) ++series.buckets[at];
  }
}

void Metrics::clear(const MetricFamily& gauge) {
  const std::lock_guard lock(mutex_);
  families_.erase(gauge.name);
}

double Metrics::value(const MetricFamily& family, Values values) const {
  const std::lock_guard lock(mutex_);
  const auto known = families_.find(family.name);
  if (known == families_.end()) return 0;
  const auto series = known->second.series.find(std::vector<std::string>(values.begin(), values.end()));
  return series == known->second.series.end() ? 0 : series->second.value;
}

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    const MetricFamily& about = *family.about;
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, about.help, name, type_name(about.type));
    for (const auto& [values, series] : family.series) {
      if (about.type != MetricType::histogram) {
        out += fmt::format("{}{} {}\n", name, label_set(about, values), series.value);
        continue;
      }
      for (std::size_t at = 0; at < about.buckets.size(); ++at) {
        const auto end = fmt::format("le=\"{}\"", about.buckets[at]);
        out += fmt::format("{}_bucket{} {}\n", name, label_set(about, values, end), series.buckets[at]);
      }
      out += fmt::format("{}_bucket{} {}\n", name, label_set(about, values, "le=\"+Inf\""), series.count);
      out += fmt::format("{}_sum{} {}\n", name, label_set(about, values), series.value);
      out += fmt::format("{}_count{} {}\n", name, label_set(about, values), series.count);
    }
  }
  return out;
}

}  // namespace bianmin::hub
