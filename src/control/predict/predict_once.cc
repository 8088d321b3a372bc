#include "control/predict/predict_once.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "domain/evaluation/row_block.h"
#include "domain/evaluation/score.h"
#include "foundation/base/units.h"
#include "foundation/json/json_reader.h"
#include "foundation/rows/json_row.h"
#include "foundation/rows/prediction.h"
#include "foundation/rows/row_layout.h"

namespace moorage::control {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using json::Json;

constexpr std::size_t kMaxDetails = 16;
constexpr std::size_t kRequestIdBytes = 16;

// The array of rows of either form of the body.
Result<const Json*> RowsOf(const Json& body) {
  const Json* rows = &body;
  if (!body.is_array()) {
    const json::JsonReader reader(body);
    RETURN_IF_ERROR(reader.OnlyMembers({"instances"}));
    ASSIGN_OR_RETURN(const json::JsonReader instances, reader.Member("instances"));
    rows = &instances.value();
  }
  if (!rows->is_array() || rows->empty()) {
    return json::JsonReader(*rows, "instances").Problem("must be an array of at least one row");
  }
  return rows;
}

Result<evaluation::RowBlock> Store(const Json& rows, const rows::RowLayout& layout,
                                   const model::Signature& signature) {
  evaluation::RowBlock block(layout, signature);
  Error error{Code::kInvalid, ""};
  // Goes on after a bad row, so that one call shows up to 16 problems.
  for (std::size_t i = 0; i < rows.size() && error.details.size() < kMaxDetails; ++i) {
    const auto stored =
        rows::StoreJsonRow(layout, block.Append(), rows[i], "instances[" + std::to_string(i) + "]");
    if (stored.ok()) continue;
    if (error.message.empty()) error.message = stored.error().message;
    for (const base::Detail& detail : stored.error().details) {
      if (error.details.size() < kMaxDetails) error.details.push_back(detail);
    }
  }
  if (!error.message.empty()) return error;
  return block;
}

// Appends without a look-up. operator[] of an ordered object searches all members, which is
// quadratic in the number of labels.
Json ByLabel(std::span<const double> numbers, const model::Labels& labels) {
  Json::object_t object;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    object.emplace_back(model::LabelText(labels, i), numbers[i]);
  }
  return object;
}

Json PredictionJson(const rows::Prediction& prediction, const model::Labels& labels) {
  Json json = Json::object();
  if (prediction.integer) json["result"] = *prediction.integer;
  if (prediction.text) json["result"] = *prediction.text;
  if (prediction.value) json["result"] = *prediction.value;
  if (prediction.confidence) json["confidence"] = *prediction.confidence;
  if (!prediction.probabilities.empty()) {
    json["probabilities"] = ByLabel(prediction.probabilities, labels);
  }
  if (!prediction.scores.empty()) json["scores"] = ByLabel(prediction.scores, labels);
  return json;
}

template <typename T>
T ElementAt(const model::TensorView& tensor, std::size_t index) {
  T value;
  std::memcpy(&value, tensor.bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

Result<Json> ElementJson(const model::TensorView& tensor, std::size_t index) {
  if (tensor.type == model::DataType::kBytes) return Json(tensor.strings[index]);
  if (tensor.type == model::DataType::kBool) return Json(model::NumberAt(tensor, index) != 0);
  // NumberAt() returns a double, which is exact for integers up to 2^53 only.
  if (tensor.type == model::DataType::kInt64) return Json(ElementAt<std::int64_t>(tensor, index));
  if (tensor.type == model::DataType::kUint64) return Json(ElementAt<std::uint64_t>(tensor, index));
  const double value = model::NumberAt(tensor, index);
  if (model::IsInteger(tensor.type)) return Json(static_cast<std::int64_t>(value));
  // JSON has no NaN and no infinity (RFC 8259, section 6).
  if (std::isfinite(value)) return Json(value);
  Error error{Code::kInternal, "the model answered with NaN or an infinity"};
  error.reason = "model_output_invalid";
  return error;
}

// Elements [from, to) as nested arrays of `shape`.
Result<Json> NestedJson(const model::TensorView& tensor, std::span<const std::int64_t> shape,
                        std::size_t from, std::size_t to) {
  if (shape.empty()) return ElementJson(tensor, from);
  Json array = Json::array();
  const auto count = static_cast<std::size_t>(shape.front());
  const std::size_t step = count == 0 ? 0 : (to - from) / count;
  for (std::size_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(Json element,
                     NestedJson(tensor, shape.subspan(1), from + i * step, from + (i + 1) * step));
    array.push_back(std::move(element));
  }
  return array;
}

// The part of one output that belongs to one row. A row of one element is that element.
Result<Json> RowJson(const model::TensorView& tensor, std::size_t row) {
  const std::size_t step = tensor.elements() / static_cast<std::size_t>(tensor.shape.front());
  const auto shape = step == 1 ? std::span<const std::int64_t>() : tensor.shape.subspan(1);
  return NestedJson(tensor, shape, row * step, (row + 1) * step);
}

// One object for each row, with an output under its name. If the outputs do not have a row for each
// row, it is one object with the whole outputs.
Result<Json> OutputsJson(std::span<const model::TensorView> tensors, std::size_t rows,
                         const model::Signature& signature) {
  // More rows than were asked for are taken as padding of a model with a fixed first dimension.
  // Fewer mean that the output does not follow the rows.
  const bool whole =
      std::any_of(tensors.begin(), tensors.end(), [rows](const model::TensorView& tensor) {
        return tensor.shape.empty() || tensor.shape.front() < static_cast<std::int64_t>(rows);
      });
  Json list = Json::array();
  for (std::size_t row = 0; row < (whole ? 1 : rows); ++row) {
    Json object = Json::object();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const model::TensorView& tensor = tensors[i];
      ASSIGN_OR_RETURN(
          object[signature.outputs[i].name],
          whole ? NestedJson(tensor, tensor.shape, 0, tensor.elements()) : RowJson(tensor, row));
    }
    list.push_back(std::move(object));
  }
  return list;
}

// The outputs of one run over all rows. An output need not follow the rows, so the outputs of
// several batches could not be joined.
Result<Json> RunOutputs(const runtime::Session& session, const evaluation::RowBlock& block) {
  if (block.fixed_rows() && *block.fixed_rows() < block.rows()) {
    return Error{Code::kInvalid, "instances: the model takes at most " +
                                     std::to_string(*block.fixed_rows()) + " rows at a time"};
  }
  const evaluation::RowBatch batch = block.Batch(0, block.rows());
  ASSIGN_OR_RETURN(const runtime::Outputs outputs, session.Run(batch.inputs(), {}, nullptr));
  return OutputsJson(outputs.tensors(), block.rows(), session.signature());
}

Result<Json> RunPredictions(const runtime::Session& session, const model::Manifest& manifest,
                            const evaluation::RowBlock& block) {
  ASSIGN_OR_RETURN(const rows::PredictionReader reader, rows::PredictionReader::Make(manifest));
  Json predictions = Json::array();
  RETURN_IF_ERROR(evaluation::ScoreRows(
      session, reader, block, {},
      [&](std::size_t row, const Result<rows::Prediction>& answer) -> Status {
        if (!answer.ok()) {
          return base::Annotate("instances[" + std::to_string(row) + "]", answer.error());
        }
        predictions.push_back(PredictionJson(*answer, reader.labels()));
        return {};
      }));
  return predictions;
}

}  // namespace

struct PredictOnce::OpenModel {
  model::Artifact artifact;
  rows::RowLayout layout;
  std::unique_ptr<runtime::Session> session;
};

Result<std::shared_ptr<const PredictOnce::OpenModel>> PredictOnce::Open(
    const registry::ModelVersion& version) {
  {
    const base::MutexLock lock(mu_);
    if (last_ && last_->artifact.digest == version.artifact) return last_;
  }
  ASSIGN_OR_RETURN(model::Artifact artifact, deps_.registry.LoadArtifact(version));
  ASSIGN_OR_RETURN(rows::RowLayout layout, rows::RowLayout::Make(artifact.manifest));
  ASSIGN_OR_RETURN(std::unique_ptr<runtime::Session> session, deps_.backend.Open(artifact));
  auto opened = std::make_shared<const OpenModel>(
      OpenModel{std::move(artifact), std::move(layout), std::move(session)});
  // Two calls may have opened the model at the same time. Either copy may stay.
  const base::MutexLock lock(mu_);
  last_ = opened;
  return opened;
}

Result<Json> PredictOnce::Run(const model::ModelRef& ref, const Json& body) {
  ASSIGN_OR_RETURN(const registry::ModelVersion version, deps_.registry.Resolve(ref));
  const std::string context = "predict " + registry::Format(version.name, version.version);
  ASSIGN_OR_RETURN(const auto opened, base::Annotate(context, Open(version)));
  ASSIGN_OR_RETURN(const Json* rows, RowsOf(body));
  const runtime::Session& session = *opened->session;
  ASSIGN_OR_RETURN(const evaluation::RowBlock block,
                   Store(*rows, opened->layout, session.signature()));
  Json answer;
  answer["model"] = version.name.value();
  answer["version"] = version.version.text();
  const model::Manifest& manifest = opened->artifact.manifest;
  if (manifest.task == model::Task::kOther) {
    ASSIGN_OR_RETURN(answer["outputs"], base::Annotate(context, RunOutputs(session, block)));
  } else {
    ASSIGN_OR_RETURN(answer["predictions"],
                     base::Annotate(context, RunPredictions(session, manifest, block)));
  }
  answer["request_id"] = base::RandomHex(deps_.random, kRequestIdBytes);
  answer["timestamp"] = base::FormatTime(deps_.clock.Now());
  return answer;
}

}  // namespace moorage::control
