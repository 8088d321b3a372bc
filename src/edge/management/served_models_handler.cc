#include "edge/management/served_models_handler.h"

#include <string>

#include "control/management/operations.h"
#include "foundation/json/json.h"
#include "foundation/model/manifest.h"

namespace moorage::management_http {

namespace {

using json::Json;
using models::RoutingTable;
using servable::Servable;

Json AliasesOf(const RoutingTable::Model& model, const Servable& servable) {
  Json names = Json::array();
  for (const auto& [alias, target] : model.aliases) {
    if (target.get() == &servable) names.push_back(alias);
  }
  return names;
}

Json VersionJson(const RoutingTable::Model& model, const Servable& servable) {
  Json json;
  json["name"] = servable.name.value();
  json["version"] = servable.version.text();
  json["artifact"] = servable.digest.value();
  json["size"] = nullptr;
  json["created"] = nullptr;
  json["actor"] = nullptr;
  json["aliases"] = AliasesOf(model, servable);
  return json;
}

Json SummaryJson(const std::string& name, const RoutingTable::Model& model) {
  Json json;
  json["name"] = name;
  json["created"] = nullptr;
  json["latest"] =
      model.versions.empty() ? Json(nullptr) : Json(model.versions.back()->version.text());
  json["version_count"] = model.versions.size();
  Json& aliases = json["aliases"] = Json::array();
  for (const auto& [alias, target] : model.aliases) {
    Json one;
    one["alias"] = alias;
    one["version"] = target->version.text();
    one["since"] = nullptr;
    one["actor"] = nullptr;
    aliases.push_back(std::move(one));
  }
  return json;
}

Json ModelJson(const std::string& name, const RoutingTable::Model& model) {
  Json json = SummaryJson(name, model);
  Json& versions = json["versions"] = Json::array();
  for (const servable::ServableHandle& servable : model.versions) {
    Json one = VersionJson(model, *servable);
    one["validation"] = nullptr;
    versions.push_back(std::move(one));
  }
  return json;
}

void Send(api::Exchange& exchange, const Json& json) {
  const std::string body = json::ToText(json);
  exchange.Send({.body = body, .headers = {}});
}

}  // namespace

ServedModelsHandler::ServedModelsHandler(const model::OperationRow& row,
                                         const models::RoutingView& view)
    : call_(CallOf(row)), view_(view) {}

ServedModelsHandler::Call ServedModelsHandler::CallOf(const model::OperationRow& row) {
  if (&row == &management::kListModels.row) return Call::kListModels;
  if (&row == &management::kShowModel.row) return Call::kShowModel;
  if (&row == &management::kShowVersion.row) return Call::kShowVersion;
  return Call::kOther;
}

bool ServedModelsHandler::Answers(const model::OperationRow& row) {
  return CallOf(row) != Call::kOther;
}

void ServedModelsHandler::Handle(api::ExchangeRef exchange, const api::PathParameters& path) {
  const auto& models = view_.table().models();
  if (call_ == Call::kOther) {
    return exchange->Fail({.code = base::Code::kUnsupported,
                           .message = "this server serves model files and has no registry",
                           .remedy = base::Remedy{base::RemedyKind::kServeRegistry}});
  }
  if (call_ == Call::kListModels) {
    Json json;
    Json& list = json["models"] = Json::array();
    for (const auto& [name, model] : models) list.push_back(SummaryJson(name, model));
    return Send(*exchange, json);
  }
  const bool one_version = call_ == Call::kShowVersion;
  const auto found =
      view_.table().Resolve(path.Get("name"), one_version ? path.Get("selector") : "");
  if (!found.ok()) return exchange->Fail(found.error());
  const Servable& servable = ***found;
  const RoutingTable::Model& served = models.find(servable.name.value())->second;
  if (!one_version) return Send(*exchange, ModelJson(servable.name.value(), served));
  Json json = VersionJson(served, servable);
  json["manifest"] = model::ToJson(servable.manifest);
  Send(*exchange, json);
}

}  // namespace moorage::management_http
