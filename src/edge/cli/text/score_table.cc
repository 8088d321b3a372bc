#include "edge/cli/text/score_table.h"

#include <string_view>

namespace moorage::cli_text {

namespace {

using json::Json;

// Quoted where RFC 4180 asks for it.
std::string Field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string ValueField(const Json& value) {
  return Field(value.is_string() ? value.get<std::string>() : json::ToText(value));
}

}  // namespace

void ScoreTable::AddHeader(const Json& first) {
  confidence_ = first.contains("confidence");
  text_ = confidence_ ? "row,prediction,confidence" : "row,prediction";
  if (first.contains("probabilities")) {
    for (const auto& [label, value] : first["probabilities"].items()) {
      labels_.push_back(label);
      text_ += "," + Field("probability_" + label);
    }
  }
  text_ += '\n';
}

base::Status ScoreTable::Add(const Json& answer) {
  const auto predictions = answer.find("predictions");
  if (predictions == answer.end()) {
    return base::Error{base::Code::kUnsupported,
                       "this model answers named tensors, which are no table; use --json"};
  }
  for (const Json& one : *predictions) {
    // All rows are answered by one version, so each has the members of the first.
    if (rows_ == 0) AddHeader(one);
    text_ += std::to_string(++rows_) + ',' + ValueField(one["result"]);
    if (confidence_) text_ += ',' + ValueField(one["confidence"]);
    for (const std::string& label : labels_) text_ += ',' + ValueField(one["probabilities"][label]);
    text_ += '\n';
  }
  return {};
}

}  // namespace moorage::cli_text
