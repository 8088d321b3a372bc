#include "edge/management/openapi.h"

#include <algorithm>

#include "foundation/base/ascii.h"
#include "foundation/json/json.h"
#include "foundation/model/path_template.h"

namespace moorage::management_http {

namespace {

using json::Json;

Json Ref(std::string_view schema) {
  return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

Json JsonContent(const Json& schema) { return {{"application/json", {{"schema", schema}}}}; }

Json Either(std::string_view one, std::string_view other) {
  return {{"oneOf", Json::array({Ref(one), Ref(other)})}};
}

Json Object(const Json& required, const Json& properties) {
  return {{"type", "object"}, {"required", required}, {"properties", properties}};
}

Json ArrayOf(const Json& items) { return {{"type", "array"}, {"items", items}}; }

void AddAnswers(Json& schemas) {
  const Json text = {{"type", "string"}};
  const Json number = {{"type", "number"}};
  schemas["FeaturesOrInstances"] = Either("Features", "Instances");
  schemas["Prediction"] = Object(
      {"prediction", "timestamp"},
      {{"prediction", Ref("Scalar")}, {"probability", ArrayOf(number)}, {"timestamp", text}});
  schemas["PredictionV1"] =
      Object(Json::array({"result"}), {{"result", Ref("Scalar")}, {"confidence", number}});
  const Json by_label = {{"type", "object"}, {"additionalProperties", number}};
  const Json row = Object(Json::array({"result"}), {{"result", Ref("Scalar")},
                                                    {"confidence", number},
                                                    {"probabilities", by_label},
                                                    {"scores", by_label}});
  schemas["PredictionV2"] = Object({"model", "version", "request_id", "timestamp"},
                                   {{"model", text},
                                    {"version", text},
                                    {"predictions", ArrayOf(row)},
                                    {"outputs", ArrayOf({{"type", "object"}})},
                                    {"request_id", text},
                                    {"timestamp", text}});
  schemas["PredictionV1OrV2"] = Either("PredictionV1", "PredictionV2");
  const Json tensor =
      Object({"name", "shape", "datatype", "data"}, {{"name", text},
                                                     {"shape", ArrayOf({{"type", "integer"}})},
                                                     {"datatype", text},
                                                     {"data", {{"type", "array"}}}});
  schemas["InferAnswer"] = Object(
      {"model_name", "model_version", "outputs"},
      {{"model_name", text}, {"model_version", text}, {"id", text}, {"outputs", ArrayOf(tensor)}});
}

// The schemas that the simple endpoints and every error share.
Json Schemas() {
  const Json scalar = {{"type", {"number", "string", "boolean", "null"}}};
  const Json row = {{"description",
                     "Values in feature order, nested arrays of the input's shape, "
                     "or an object by feature name"},
                    {"oneOf", {{{"type", "array"}}, {{"type", "object"}}}}};
  const Json text = {{"type", "string"}};
  const Json number = {{"type", "number"}};
  Json schemas;
  schemas["Scalar"] = scalar;
  schemas["Row"] = row;
  schemas["Features"] = {{"type", "object"},
                         {"required", {"features"}},
                         {"properties", {{"features", Ref("Row")}}},
                         {"additionalProperties", false}};
  schemas["Instances"] = {
      {"oneOf",
       {{{"type", "object"},
         {"required", {"instances"}},
         {"properties", {{"instances", {{"type", "array"}, {"items", Ref("Row")}}}}},
         {"additionalProperties", false}},
        {{"type", "array"}, {"items", Ref("Row")}}}}};
  schemas["InferRequest"] = {
      {"type", "object"},
      {"required", {"inputs"}},
      {"properties",
       {{"id", {{"type", {"string", "null"}}}},
        {"parameters",
         {{"type", {"object", "null"}},
          {"properties",
           {{"timeout", {{"type", {"integer", "null"}}, {"description", "Microseconds"}}},
            {"priority", {{"type", {"integer", "null"}}, {"description", "0, the default"}}}}}}},
        {"inputs",
         {{"type", "array"},
          {"items",
           {{"type", "object"},
            {"required", {"name", "shape", "datatype", "data"}},
            {"properties",
             {{"name", text},
              {"shape", {{"type", "array"}, {"items", {{"type", "integer"}}}}},
              {"datatype", text},
              {"parameters", {{"type", {"object", "null"}}}},
              {"data", {{"type", "array"}}}}}}}}},
        {"outputs", {{"type", {"array", "null"}}}}}}};
  AddAnswers(schemas);
  schemas["Error"] = {
      {"type", "object"},
      {"required", {"error", "code", "request_id"}},
      {"properties",
       {{"error", text},
        {"code", text},
        {"request_id", text},
        {"details",
         {{"type", "array"},
          {"items", {{"type", "object"}, {"properties", {{"path", text}, {"problem", text}}}}}}},
        {"remedy",
         {{"type", "object"},
          {"required", Json::array({"kind"})},
          {"properties", {{"kind", text}, {"subject", text}}}}}}}};
  return schemas;
}

std::string_view BodySchema(const api::Operation& operation) {
  if (operation.name.ends_with("infer")) return "InferRequest";
  if (operation.name.starts_with("predict_") && operation.name.ends_with("_v2")) return "Instances";
  if (operation.name == "predict_negotiated") return "FeaturesOrInstances";
  return "Features";
}

// The schema of a 200. Empty where it is not described.
std::string_view AnswerSchema(const api::Operation& operation) {
  if (operation.name == "predict") return "Prediction";
  if (operation.name == "predict_negotiated") return "PredictionV1OrV2";
  if (operation.name.starts_with("predict_") && operation.name.ends_with("_v1")) {
    return "PredictionV1";
  }
  if (operation.name.starts_with("predict_") && operation.name.ends_with("_v2")) {
    return "PredictionV2";
  }
  if (operation.name.ends_with("infer")) return "InferAnswer";
  return {};
}

Json Parameters(std::string_view path) {
  Json parameters = Json::array();
  for (const std::string_view name : model::ParameterNames(path)) {
    parameters.push_back(
        {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  return parameters;
}

}  // namespace

std::string OpenApiDocument(std::span<const api::Operation> operations, std::string_view version) {
  Json paths = Json::object();
  for (const api::Operation& operation : operations) {
    Json entry;
    entry["operationId"] = operation.name;
    entry["summary"] = operation.summary;
    if (Json parameters = Parameters(operation.path); !parameters.empty()) {
      entry["parameters"] = std::move(parameters);
    }
    if (operation.json_body) {
      entry["requestBody"] = {{"required", true},
                              {"content", JsonContent(Ref(BodySchema(operation)))}};
    }
    entry["responses"]["200"] = {{"description", "Done"}};
    if (const std::string_view schema = AnswerSchema(operation); !schema.empty()) {
      entry["responses"]["200"]["content"] = JsonContent(Ref(schema));
    }
    entry["responses"]["default"] = {{"description", "Why it was not done"},
                                     {"content", JsonContent(Ref("Error"))}};
    paths[std::string(operation.path)][base::ToLower(api::Name(operation.method))] =
        std::move(entry);
  }
  Json document;
  document["openapi"] = "3.1.0";
  document["info"] = {{"title", "Moorage"}, {"version", version}};
  document["paths"] = std::move(paths);
  document["components"]["schemas"] = Schemas();
  return json::ToPrettyText(document);
}

}  // namespace moorage::management_http
