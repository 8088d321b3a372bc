#include "edge/inference/oip/oip_handler.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "edge/inference/large_answer.h"
#include "edge/inference/no_query.h"
#include "edge/inference/oip/large_infer.h"
#include "edge/inference/oip/oip_answer.h"
#include "edge/inference/reactor_share.h"

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

}  // namespace

base::Status OipHandler::JudgeHead(const api::PathParameters& path) {
  if (call_ != Call::kInfer) return {};
  const auto found = inference_.Resolve(path.Get("name"), path.Get("version"));
  return found.ok() ? base::Status() : found.error();
}

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
  const std::string_view body = exchange->request().body;
  const base::Instant start = exchange->facts().start;
  base::Instant& deadline = exchange->context().deadline;
  if (!FitsReactor(body, *servable)) {
    deadline = std::min(deadline, DeadlineOf(start, TimeoutAhead(body)));
    auto origin = OriginOf(inference_, *exchange, servable);
    if (!origin.ok()) return exchange->Fail(origin.error());
    return SubmitLarge(inference_, std::move(exchange),
                       std::make_shared<LargeInfer>(*std::move(origin), start));
  }
  auto request = DecodeOipRequest(body, *servable, inference_.Charge(base::MemoryPurpose::kRows));
  if (!request.ok()) return exchange->Fail(request.error());
  deadline = std::min(deadline, DeadlineOf(start, request->parameters.timeout));
  auto inputs = std::move(request->inputs);
  // The lane charges the inputs from here on.
  request->charge.Release();
  // A completion has room for 96 bytes, so what the answer needs of the request stands behind a
  // pointer.
  auto kept = std::make_unique<OipRequest>(*std::move(request));
  const lane::SubmitOptions options = inference_.OptionsOf(*exchange);
  inference_.lane().SubmitTensors(servable, std::move(inputs), options,
                                  [this, kept = std::move(kept), exchange = std::move(exchange)](
                                      const Result<lane::InferAnswer>& answer) mutable {
                                    Answer(std::move(exchange), std::move(kept), answer);
                                  });
}

void OipHandler::Answer(api::ExchangeRef exchange, std::unique_ptr<OipRequest> request,
                        const Result<lane::InferAnswer>& answer) {
  if (!answer.ok()) return exchange->Fail(answer.error());
  api::CallFacts& facts = exchange->facts();
  facts.queued = answer->queued;
  facts.ran = answer->ran;
  facts.rows = answer->rows;
  if (IsLarge(*answer)) {
    return SubmitAnswer(
        inference_, std::move(exchange), *answer,
        [kept = std::shared_ptr<const OipRequest>(std::move(request))](
            const lane::InferAnswer& part, json::JsonOutput& json, AnswerWatch* watch) {
          return WriteOipAnswer(*kept, part, json, watch);
        });
  }
  const Status written = WriteOipAnswer(*request, *answer, inference_.json());
  if (!written.ok()) return exchange->Fail(written.error());
  inference_.Send(*exchange);
}

}  // namespace moorage::inference
