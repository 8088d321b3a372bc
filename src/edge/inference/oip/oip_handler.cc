#include "edge/inference/oip/oip_handler.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "edge/inference/no_query.h"
#include "edge/inference/tensor_json.h"

namespace moorage::inference {

namespace {

using base::Result;
using base::Status;

constexpr std::string_view kPlatform = "onnxruntime_onnx";

void WriteSpecs(std::string_view key, const std::vector<model::TensorSpec>& specs,
                json::JsonOutput& json) {
  json.Key(key).BeginArray();
  for (const model::TensorSpec& spec : specs) {
    json.BeginObject().Key("name").String(spec.name);
    json.Key("datatype").String(model::Name(spec.type)).Key("shape").BeginArray();
    for (const std::int64_t size : spec.shape) json.Integer(size);
    json.EndArray().EndObject();
  }
  json.EndArray();
}

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

void OipHandler::Handle(api::ExchangeRef exchange, const api::PathParameters& path) {
  if (call_ == Call::kServer || call_ == Call::kModels) {
    call_ == Call::kServer ? WriteServer() : WriteModels();
    return inference_.Send(*exchange);
  }
  const auto found = inference_.Resolve(path.Get("name"), path.Get("version"));
  if (!found.ok()) return exchange->Fail(found.error());
  const servable::ServableHandle& servable = **found;
  if (call_ == Call::kInfer) return Infer(std::move(exchange), servable);
  if (call_ == Call::kModel) {
    WriteModel(*servable);
  } else {
    json::JsonOutput& json = inference_.json().Clear();
    json.BeginObject().Key("name").String(servable->name.value());
    json.Key("ready").Boolean(true).EndObject();
  }
  inference_.Send(*exchange);
}

void OipHandler::WriteServer() {
  json::JsonOutput& json = inference_.json().Clear();
  json.BeginObject().Key("name").String("moorage").Key("version").String(server_version_);
  json.Key("extensions").BeginArray().EndArray().EndObject();
}

void OipHandler::WriteModels() {
  inference_.Refresh();
  json::JsonOutput& json = inference_.json().Clear();
  json.BeginObject().Key("models").BeginArray();
  for (const auto& [name, model] : inference_.table().models()) json.String(name);
  json.EndArray().EndObject();
}

void OipHandler::WriteModel(const servable::Servable& servable) {
  json::JsonOutput& json = inference_.json().Clear();
  json.BeginObject().Key("name").String(servable.name.value()).Key("versions").BeginArray();
  const auto& models = inference_.table().models();
  if (const auto model = models.find(servable.name.value()); model != models.end()) {
    for (const auto& version : model->second.versions) json.String(version->version.text());
  }
  json.EndArray().Key("platform").String(kPlatform);
  const model::Signature& signature = servable.session->signature();
  WriteSpecs("inputs", signature.inputs, json);
  WriteSpecs("outputs", signature.outputs, json);
  json.EndObject();
}

void OipHandler::Infer(api::ExchangeRef exchange, const servable::ServableHandle& servable) {
  exchange->facts().model = servable->label;
  if (const Status known = CheckNoQuery(exchange->request().query); !known.ok()) {
    return exchange->Fail(known.error());
  }
  auto request = DecodeOipRequest(exchange->request().body, *servable,
                                  inference_.Charge(base::MemoryPurpose::kRows));
  if (!request.ok()) return exchange->Fail(request.error());
  if (const auto& timeout = request->parameters.timeout) {
    base::Instant& deadline = exchange->context().deadline;
    deadline = std::min(deadline, exchange->facts().start + *timeout);
  }
  auto inputs = std::move(request->inputs);
  // The lane charges the inputs from here on.
  request->charge.Release();
  // A completion has room for 96 bytes, so what the answer needs of the request stands behind a
  // pointer.
  auto kept = std::make_unique<OipRequest>(*std::move(request));
  const lane::SubmitOptions options = inference_.OptionsOf(*exchange);
  inference_.lane().SubmitTensors(
      servable, std::move(inputs), options,
      [this, kept = std::move(kept), exchange = std::move(exchange)](
          const Result<lane::InferAnswer>& answer) mutable { Answer(*exchange, *kept, answer); });
}

void OipHandler::Answer(api::Exchange& exchange, const OipRequest& request,
                        const Result<lane::InferAnswer>& answer) {
  if (!answer.ok()) return exchange.Fail(answer.error());
  api::CallFacts& facts = exchange.facts();
  facts.queued = answer->queued;
  facts.ran = answer->ran;
  facts.rows = answer->rows;
  if (const Status written = WriteAnswer(request, *answer); !written.ok()) {
    return exchange.Fail(written.error());
  }
  inference_.Send(exchange);
}

Status OipHandler::WriteAnswer(const OipRequest& request, const lane::InferAnswer& answer) {
  const servable::Servable& servable = *answer.servable;
  const auto& specs = servable.session->signature().outputs;
  json::JsonOutput& json = inference_.json().Clear();
  json.BeginObject().Key("model_name").String(servable.name.value());
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
    }
    json.EndArray().EndObject();
  }
  json.EndArray().EndObject();
  return {};
}

}  // namespace moorage::inference
