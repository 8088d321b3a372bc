#include "edge/inference/oip/oip_answer.h"

#include "edge/inference/tensor_json.h"

namespace moorage::inference {

namespace {

using base::Status;

// The elements of `tensor` that belong to the request, which are all or its rows.
struct Slice {
  std::size_t from = 0;
  std::size_t to = 0;
  bool by_rows = false;
};

Slice SliceOf(const model::TensorView& tensor, const lane::InferAnswer& answer) {
  if (answer.whole || tensor.shape.empty()) return {0, tensor.elements(), false};
  std::size_t step = 1;
  for (const std::int64_t size : tensor.shape.subspan(1)) step *= static_cast<std::size_t>(size);
  return {answer.first_row * step, (answer.first_row + answer.rows) * step, true};
}

}  // namespace

Status WriteOipAnswer(const OipRequest& request, const lane::InferAnswer& answer,
                      json::JsonOutput& json, AnswerWatch* watch) {
  constexpr std::size_t kSlice = 4096;
  const servable::Servable& servable = *answer.servable;
  const auto& specs = servable.session->signature().outputs;
  json.Clear().BeginObject().Key("model_name").String(servable.name.value());
  json.Key("model_version").String(servable.version.text());
  if (!request.id.empty()) json.Key("id").String(request.id);
  json.Key("outputs").BeginArray();
  for (const std::size_t index : request.outputs) {
    const model::TensorView& tensor = answer.outputs[index];
    const Slice slice = SliceOf(tensor, answer);
    json.BeginObject().Key("name").String(specs[index].name).Key("shape").BeginArray();
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
      // The tensor has the rows of the whole batch. The client sees its own.
      json.Integer(i == 0 && slice.by_rows ? static_cast<std::int64_t>(answer.rows)
                                           : tensor.shape[i]);
    }
    json.EndArray().Key("datatype").String(model::Name(tensor.type)).Key("data").BeginArray();
    for (std::size_t i = slice.from; i < slice.to; ++i) {
      RETURN_IF_ERROR(WriteElement(tensor, i, NonFinite::kToken, json));
      if (watch != nullptr && i % kSlice == 0) RETURN_IF_ERROR(watch->Check(json.capacity()));
    }
    json.EndArray().EndObject();
  }
  json.EndArray().EndObject();
  return {};
}

}  // namespace moorage::inference
