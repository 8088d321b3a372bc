#pragma once

#include <optional>
#include <string>

#include "control/promote/promote.h"
#include "control/push/push_model.h"
#include "control/validate/validate_version.h"
#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/api_call.h"
#include "foundation/model/model_ref.h"

// Calls of the management API read into the requests of the use cases: every name, value and part
// is judged here, and what is not known, or empty where a value is wanted, is kInvalid with its
// place. `model`, `selector` and `alias` are segments of the path. A request may point into its
// call, which must outlive it.
namespace moorage::management {

// A version (with or without v) or an alias of this model.
base::Result<model::ModelRef> SelectorRef(const model::ModelName& name,
                                          const std::string& selector);
// A version, with or without v.
base::Result<model::SemVer> ParseVersion(std::string_view text);

base::Result<control::PushRequest> ReadPush(const model::ApiCall& call,
                                            const std::string& model_name);
base::Result<control::ValidateRequest> ReadValidate(const model::ApiCall& call,
                                                    const std::string& model_name,
                                                    const std::string& selector);
base::Result<control::PromoteRequest> ReadPromote(const model::ApiCall& call,
                                                  const std::string& model_name,
                                                  const std::string& alias_text);
base::Result<registry::Rollback> ReadRollback(const model::ApiCall& call,
                                              const std::string& model_name,
                                              const std::string& alias_text);
base::Result<registry::AuditFilter> ReadAudit(const model::ApiCall& call);

struct HistoryQuestion {
  model::ModelName name;
  std::optional<model::Alias> alias;
  std::optional<base::Time> at;  // what the alias pointed to then, instead of all moves
};
base::Result<HistoryQuestion> ReadHistory(const model::ApiCall& call,
                                          const std::string& model_name);

struct GarbageOrder {
  registry::GarbageMode mode = registry::GarbageMode::kRemove;
  base::Duration grace = registry::Registry::kDefaultGrace;
};
base::Result<GarbageOrder> ReadGarbage(const model::ApiCall& call);

}  // namespace moorage::management
