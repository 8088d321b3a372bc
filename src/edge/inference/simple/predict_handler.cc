#include "edge/inference/simple/predict_handler.h"

#include <memory>
#include <string>
#include <utility>

#include "edge/inference/large_answer.h"
#include "edge/inference/no_query.h"
#include "edge/inference/reactor_share.h"
#include "edge/inference/simple/large_predict.h"

namespace moorage::inference {

namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using Form = PredictHandler::Form;

// Rows of a request go straight into the batch that will run them.
class BatchRows : public RowSink {
 public:
  explicit BatchRows(lane::RowSet& rows) : rows_(rows) {}
  Result<rows::RowTarget> AddRow() override { return rows_.Add(); }

 private:
  lane::RowSet& rows_;
};

Result<Form> FormOf(Form form, api::Exchange& exchange) {
  if (form != Form::kByHeader) return form;
  const auto version = exchange.request().Find("api-version");
  // Without the header it is v1, which an answer that refuses the version carries too.
  exchange.set_api_version("v1");
  if (!version || *version == "v1") return Form::kV1;
  if (*version == "v2") {
    exchange.set_api_version("v2");
    return Form::kV2;
  }
  Error error{Code::kInvalid,
              "API-Version: this server speaks v1 and v2",
              {{"API-Version", "must be v1 or v2"}}};
  error.reason = "unsupported_api_version";
  return error;
}

// Whether the form can be answered by the model at all.
Status Answerable(Form form, const servable::Servable& servable) {
  if (!servable.layout.ok()) return servable.layout.error();
  if (form != Form::kV2 && !servable.reader.ok()) return servable.reader.error();
  return {};
}

}  // namespace

base::Status PredictHandler::JudgeHead(const api::PathParameters& path) {
  const auto found = inference_.Resolve(path.Get("ref"));
  return found.ok() ? base::Status() : found.error();
}

void PredictHandler::Handle(api::ExchangeRef exchange, const api::PathParameters& path) {
  const auto form = FormOf(form_, *exchange);
  if (!form.ok()) return exchange->Fail(form.error());
  if (const Status known = CheckNoQuery(exchange->request().query); !known.ok()) {
    return exchange->Fail(known.error());
  }
  const auto found = inference_.Resolve(path.Get("ref"));
  if (!found.ok()) return exchange->Fail(found.error());
  const servable::ServableHandle& servable = **found;
  exchange->facts().model = servable->label;
  if (const Status able = Answerable(*form, *servable); !able.ok()) {
    return exchange->Fail(able.error());
  }
  if (!FitsReactor(exchange->request().body, *servable)) {
    auto origin = OriginOf(inference_, *exchange, servable);
    if (!origin.ok()) return exchange->Fail(origin.error());
    const std::size_t most = inference_.lane().max_rows_per_request();
    return SubmitLarge(inference_, std::move(exchange),
                       std::make_shared<LargePredict>(*std::move(origin), *form, most));
  }
  lane::InferenceLane& lane = inference_.lane();
  const lane::SubmitOptions options = inference_.OptionsOf(*exchange);
  auto rows = lane.OpenRows(servable);
  if (!rows.ok()) return exchange->Fail(rows.error());
  BatchRows sink(*rows);
  const std::string_view body = exchange->request().body;
  const Status decoded = *form == Form::kV2 ? decoder_.DecodeMany(body, *servable->layout, sink)
                                            : decoder_.DecodeOne(body, *servable->layout, sink);
  // The open rows leave the batch again with `rows`.
  if (!decoded.ok()) return exchange->Fail(decoded.error());
  lane.Submit(*std::move(rows), options,
              [this, form = *form,
               exchange = std::move(exchange)](const Result<lane::InferAnswer>& answer) mutable {
                Answer(form, std::move(exchange), answer);
              });
}

void PredictHandler::Answer(Form form, api::ExchangeRef exchange,
                            const Result<lane::InferAnswer>& answer) {
  if (!answer.ok()) return exchange->Fail(answer.error());
  api::CallFacts& facts = exchange->facts();
  facts.queued = answer->queued;
  facts.ran = answer->ran;
  facts.rows = answer->rows;
  const std::string& id = exchange->context().request_id;
  const base::Time now = inference_.clock().Now();
  if (IsLarge(*answer)) {
    return SubmitAnswer(
        inference_, std::move(exchange), *answer,
        [form, id, now](const lane::InferAnswer& kept, json::JsonOutput& json, AnswerWatch* watch) {
          PredictionWriter writer;
          return writer.Write({.form = form, .request_id = id, .now = now, .watch = watch}, kept,
                              json);
        });
  }
  const Status written =
      writer_.Write({.form = form, .request_id = id, .now = now}, *answer, inference_.json());
  if (!written.ok()) return exchange->Fail(written.error());
  inference_.Send(*exchange);
}

}  // namespace moorage::inference
