#include "edge/inference/simple/prediction_writer.h"

#include <span>

#include "edge/inference/tensor_json.h"

namespace moorage::inference {

namespace {

using base::Status;

void WriteResult(const rows::Prediction& prediction, json::JsonOutput& json) {
  if (prediction.integer) {
    json.Integer(*prediction.integer);
  } else if (prediction.text) {
    json.String(*prediction.text);
  } else {
    json.Number(prediction.value.value_or(0));
  }
}

// An object of a number for each label. Nothing where there are none.
void WriteByLabel(std::string_view key, const rows::PredictionReader& reader,
                  std::span<const double> numbers, json::JsonOutput& json) {
  if (numbers.empty()) return;
  json.Key(key).BeginObject();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    json.Key(model::LabelText(reader.labels(), i)).Number(numbers[i]);
  }
  json.EndObject();
}

void WriteV2Prediction(const rows::PredictionReader& reader, const rows::Prediction& prediction,
                       json::JsonOutput& json) {
  json.BeginObject().Key("result");
  WriteResult(prediction, json);
  if (prediction.confidence) json.Key("confidence").Number(*prediction.confidence);
  WriteByLabel("probabilities", reader, prediction.probabilities, json);
  WriteByLabel("scores", reader, prediction.scores, json);
  json.EndObject();
}

}  // namespace

Status PredictionWriter::WriteRows(const Call& call, const lane::InferAnswer& answer,
                                   json::JsonOutput& json) {
  constexpr std::size_t kSlice = 256;
  const rows::PredictionReader& reader = *answer.servable->reader;
  json.Key("predictions").BeginArray();
  for (std::size_t row = 0; row < answer.rows; ++row) {
    ASSIGN_OR_RETURN(const auto prediction,
                     reader.Read(answer.outputs, answer.first_row + row, scratch_));
    WriteV2Prediction(reader, prediction, json);
    if (call.watch != nullptr && row % kSlice == 0) {
      RETURN_IF_ERROR(call.watch->Check(json.capacity()));
    }
  }
  json.EndArray();
  return {};
}

Status PredictionWriter::Write(const Call& call, const lane::InferAnswer& answer,
                               json::JsonOutput& json) {
  const servable::Servable& servable = *answer.servable;
  json.Clear();
  if (call.form == PredictionForm::kV2) {
    json.BeginObject().Key("model").String(servable.name.value());
    json.Key("version").String(servable.version.text());
    RETURN_IF_ERROR(servable.reader.ok() ? WriteRows(call, answer, json)
                                         : WriteNamedOutputs(answer, json));
    json.Key("request_id").String(call.request_id);
    json.Key("timestamp").Time(call.now).EndObject();
    return {};
  }
  ASSIGN_OR_RETURN(const auto prediction,
                   servable.reader->Read(answer.outputs, answer.first_row, scratch_));
  json.BeginObject().Key(call.form == PredictionForm::kPredict ? "prediction" : "result");
  WriteResult(prediction, json);
  if (call.form == PredictionForm::kV1) {
    if (prediction.confidence) json.Key("confidence").Number(*prediction.confidence);
  } else {
    if (!prediction.probabilities.empty()) {
      json.Key("probability").BeginArray();
      for (const double probability : prediction.probabilities) json.Number(probability);
      json.EndArray();
    }
    json.Key("timestamp").Time(call.now);
  }
  json.EndObject();
  return {};
}

}  // namespace moorage::inference
