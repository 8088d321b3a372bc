#include "edge/cli/text/validation_text.h"

#include <algorithm>

#include "edge/cli/text/rule_text.h"
#include "edge/cli/text/text.h"

namespace moorage::cli_text {

namespace {

using json::Json;

constexpr int kDigits = 6;
constexpr std::size_t kMostClasses = 20;  // shown in a matrix

std::string Metric(const Json& metrics, const std::string& name) {
  const auto found = metrics.find(name);
  return found == metrics.end() ? "-" : NumberText(*found, kDigits);
}

std::string MetricsTable(const Json& report, Width width) {
  const Json& baseline = report["baseline"];
  std::vector<Table::Column> columns = {
      {"METRIC"}, {"VALUE", Align::kRight}, {"NAIVE", Align::kRight}};
  if (!baseline.is_null()) columns.push_back({"BASELINE", Align::kRight});
  Table table(std::move(columns));
  for (const auto& [name, value] : report["metrics"].items()) {
    std::vector<std::string> cells = {name, NumberText(value, kDigits),
                                      Metric(report["naive_metrics"], name)};
    if (!baseline.is_null()) cells.push_back(Metric(baseline["metrics"], name));
    table.Add(std::move(cells));
  }
  return table.ToText(width);
}

std::string ClassTable(const Json& classes, Width width) {
  Table table({{"CLASS"},
               {"PRECISION", Align::kRight},
               {"RECALL", Align::kRight},
               {"F1", Align::kRight},
               {"ROWS", Align::kRight}});
  for (const Json& one : classes) {
    table.Add({TextOf(one, "label"), NumberText(one["precision"], kDigits),
               NumberText(one["recall"], kDigits), NumberText(one["f1"], kDigits),
               TextOf(one, "support")});
  }
  return table.ToText(width);
}

std::string MatrixTable(const Json& matrix, Width width) {
  const Json& labels = matrix["labels"];
  std::vector<Table::Column> columns = {{"TRUE \\ PREDICTED"}};
  // A label may be a string or a number. Join() makes a harmless text of either.
  for (const Json& label : labels) columns.push_back({Join(Json::array({label})), Align::kRight});
  Table table(std::move(columns));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::vector<std::string> cells = {Join(Json::array({labels[i]}))};
    for (const Json& count : matrix["counts"][i]) cells.push_back(json::ToText(count));
    table.Add(std::move(cells));
  }
  return table.ToText(width);
}

std::string Probabilities(const Json& row) {
  const auto found = row.find("probabilities");
  if (found == row.end()) return "-";
  std::string text;
  for (const auto& [label, value] : found->items()) {
    text += (text.empty() ? "" : "  ") + label + ": " + NumberText(value, 4);
  }
  return text;
}

std::string SampleTable(const Json& sample, Width width) {
  Table table({{"ROW", Align::kRight},
               {"TARGET", Align::kRight},
               {"PREDICTION", Align::kRight},
               {"PROBABILITIES"}});
  for (const Json& row : sample) {
    table.Add(
        {TextOf(row, "row"), TextOf(row, "target"), TextOf(row, "prediction"), Probabilities(row)});
  }
  return table.ToText(width);
}

bool HasItems(const Json& report, const char* key) {
  const auto found = report.find(key);
  return found != report.end() && !found->empty();
}

}  // namespace

std::string ValidationText(const Json& report,
                           const std::function<std::string(const std::string&)>& paint,
                           Width width) {
  const Json& data = report["data"];
  std::string text = TextOf(report, "model") + "@" + TextOf(report, "version") + " on " +
                     Counted(data["rows"], "row") + ", target '" + TextOf(data, "target") + "'";
  if (!report["baseline"].is_null()) {
    text += ", baseline " + TextOf(report["baseline"], "model") + "@" +
            TextOf(report["baseline"], "version");
  }
  text += "\n";
  if (HasItems(report, "not_compared")) {
    text += "not compared: " + TextOf(report, "not_compared") + "\n";
  }
  text += "\n";
  if (HasItems(report, "metrics")) text += MetricsTable(report, width) + "\n";
  if (HasItems(report, "per_class")) text += ClassTable(report["per_class"], width) + "\n";
  if (HasItems(report, "confusion_matrix") &&
      report["confusion_matrix"]["labels"].size() <= kMostClasses) {
    text += MatrixTable(report["confusion_matrix"], width) + "\n";
  }
  if (HasItems(report, "sample")) text += SampleTable(report["sample"], width) + "\n";
  Table gates({{"GATE"}, {"OUTCOME"}, {"WHY"}});
  for (const Json& gate : report["gates"]) {
    gates.Add({TextOf(gate, "name"), paint(TextOf(gate, "outcome")), TextOf(gate, "message")});
  }
  text += gates.ToText(width) + "\n" + paint(TextOf(report, "outcome"));
  const std::string source = TextOf(report["policy"], "source");
  if (source == "default") text += " by the default policy";
  if (source == "rule") text += " by the policy of the rule";
  text += "\n";
  if (HasItems(report, "rule")) text += VerdictText(report["rule"]) + "\n";
  return text;
}

}  // namespace moorage::cli_text
