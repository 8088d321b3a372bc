#pragma once

// The operation lists every move of a model's aliases. Query parameters are alias and at.

#include <optional>
#include <vector>

#include "control/management/operations.h"
#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/api_call.h"
#include "foundation/model/names.h"

namespace moorage::management {

struct HistoryQuestion {
  model::ModelName name;
  std::optional<model::Alias> alias;
  std::optional<base::Time> at;  // what the alias pointed to then, instead of all moves
};

base::Result<HistoryQuestion> ReadHistory(const model::ApiCall& call);
json::Json HistoryDocument(const model::ModelName& name,
                           const std::vector<registry::AliasMove>& moves);

}  // namespace moorage::management
