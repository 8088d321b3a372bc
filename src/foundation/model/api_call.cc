#include "foundation/model/api_call.h"

#include <utility>

namespace moorage::model {

const std::string& ApiCall::Parameter(const std::string& name) const {
  static const std::string kNone;
  const auto found = parameters.find(name);
  return found == parameters.end() ? kNone : found->second;
}

ApiCall MakeCall(const OperationRow& operation, std::map<std::string, std::string> parameters,
                 json::Json body) {
  ApiCall call;
  call.operation = &operation;
  call.parameters = std::move(parameters);
  call.body = std::move(body);
  return call;
}

std::map<std::string, std::string> SelectorParameters(const ModelRef& ref) {
  return {{"name", ref.name.value()},
          {"selector", ref.version() != nullptr ? ref.version()->text() : ref.alias()->value()}};
}

}  // namespace moorage::model
