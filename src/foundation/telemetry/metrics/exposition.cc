#include "foundation/telemetry/metrics/exposition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>

#include "foundation/base/ascii.h"
#include "foundation/base/parse_number.h"

namespace moorage::telemetry {
namespace {

constexpr std::string_view kTotal = "_total";

void AppendEscaped(std::string& to, std::string_view text, std::string_view special) {
  for (const char c : text) {
    if (c == '\n') {
      to += "\\n";
      continue;
    }
    if (special.find(c) != std::string_view::npos) to += '\\';
    to += c;
  }
}

// The shortest text that reads back as the same number.
std::string FormatValue(double value) { return fmt::format("{}", value); }

// OpenMetrics writes a bound with a point or an exponent. The older format does the same here, so a
// series keeps its name when a scraper changes the format.
std::string FormatBound(double bound) {
  std::string text = fmt::format("{}", bound);
  // "e" is that of an exponent, "n" that of inf and nan.
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

void AppendSample(std::string& to, std::string_view name, std::string_view labels,
                  std::string_view value) {
  to += name;
  if (!labels.empty()) {
    to += '{';
    to += labels;
    to += '}';
  }
  to += ' ';
  to += value;
  to += '\n';
}

void AppendHistogram(std::string& to, std::string_view name, const std::string& labels,
                     const HistogramSnapshot& histogram) {
  const std::string bucket = std::string(name) + "_bucket";
  const std::string prefix = labels.empty() ? "" : labels + ",";
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < histogram.bounds.size(); ++i) {
    cumulative += histogram.counts[i];
    AppendSample(to, bucket, prefix + "le=\"" + FormatBound(histogram.bounds[i]) + "\"",
                 std::to_string(cumulative));
  }
  const std::string count = std::to_string(histogram.count());
  AppendSample(to, bucket, prefix + "le=\"+Inf\"", count);
  AppendSample(to, std::string(name) + "_sum", labels, FormatValue(histogram.sum));
  AppendSample(to, std::string(name) + "_count", labels, count);
}

// The first part of `rest` up to `separator`, taken off.
std::string_view Take(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view part = base::TrimBlanks(rest.substr(0, at));
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return part;
}

struct MediaRange {
  std::string_view type;
  bool known_version = true;
  double quality = 1;
};

MediaRange ParseMediaRange(std::string_view text) {
  MediaRange range;
  range.type = Take(text, ';');
  while (!text.empty()) {
    const std::string_view parameter = Take(text, ';');
    if (parameter.starts_with("q=")) {
      // An unreadable quality counts as 0, which refuses the format.
      range.quality = base::ParseNumber<double>(parameter.substr(2)).value_or(0);
    }
    if (parameter.starts_with("version=")) {
      const std::string_view version = parameter.substr(8);
      range.known_version = version == "1.0.0" || version == "\"1.0.0\"";
    }
  }
  return range;
}

}  // namespace

ExpositionFormat NegotiateExposition(std::string_view accept) {
  double open_metrics = 0;
  double text = 0;
  while (!accept.empty()) {
    const MediaRange range = ParseMediaRange(Take(accept, ','));
    if (range.type == "application/openmetrics-text" && range.known_version) {
      open_metrics = std::max(open_metrics, range.quality);
    }
    if (range.type == "text/plain") text = std::max(text, range.quality);
  }
  // The older format answers "*/*" as well, because every scraper reads it.
  return open_metrics > 0 && open_metrics >= text ? ExpositionFormat::kOpenMetrics
                                                  : ExpositionFormat::kPrometheusText;
}

std::string_view ContentType(ExpositionFormat format) {
  return format == ExpositionFormat::kOpenMetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

Exposition::Sample& Exposition::SampleOf(const MetricFamily& family, Labels labels) {
  // A wrong number of labels is a mistake in the program and not in its input.
  if (labels.size() != family.label_count()) std::abort();
  assert(declared_.empty() || std::ranges::find(declared_, &family) != declared_.end());
  std::string rendered;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (i > 0) rendered += ',';
    rendered += family.label_names.at(i);
    rendered += "=\"";
    AppendEscaped(rendered, labels[i], "\\\"");
    rendered += '"';
  }
  Family& entry = families_[family.name];
  entry.description = &family;
  return entry.samples[std::move(rendered)];
}

void Exposition::Add(const MetricFamily& family, Labels labels, double value) {
  if (std::isfinite(value)) SampleOf(family, labels).value += value;
}

void Exposition::Add(const MetricFamily& family, Labels labels,
                     const HistogramSnapshot& histogram) {
  if (std::isfinite(histogram.sum)) SampleOf(family, labels).histogram.Merge(histogram);
}

std::string Exposition::ToText(ExpositionFormat format) const {
  const bool open_metrics = format == ExpositionFormat::kOpenMetrics;
  std::string text;
  for (const auto& [name, family] : families_) {
    const MetricType type = family.description->type;
    std::string_view title = name;
    // OpenMetrics names the family without the suffix that its samples carry.
    if (open_metrics && type == MetricType::kCounter && title.ends_with(kTotal)) {
      title.remove_suffix(kTotal.size());
    }
    text += fmt::format("# HELP {} ", title);
    // OpenMetrics escapes quotes in help texts. The older format would show the backslash.
    AppendEscaped(text, family.description->help, open_metrics ? "\\\"" : "\\");
    text += fmt::format("\n# TYPE {} {}\n", title, Name(type));
    for (const auto& [labels, sample] : family.samples) {
      if (type == MetricType::kHistogram) {
        AppendHistogram(text, name, labels, sample.histogram);
      } else {
        AppendSample(text, name, labels, FormatValue(sample.value));
      }
    }
  }
  // Required, because a scraper otherwise takes the page for cut off.
  if (open_metrics) text += "# EOF\n";
  return text;
}

}  // namespace moorage::telemetry
