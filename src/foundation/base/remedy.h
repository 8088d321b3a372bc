#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace moorage::base {

// What a caller can change so that a failed request succeeds. A closed set.
//
// A message of a lower room states what is missing. It never names an option, because the caller
// may be an HTTP client. The command line turns a Remedy into its own options (cli/remedy_text.h),
// and the HTTP API returns it as the member `remedy` of its error.
enum class RemedyKind : std::uint8_t {
  kSetAlias,       // point the alias in the subject "model@alias" to a version
  kMoveAlias,      // point it to another version
  kValidate,       // validate the version "model@version", or promote it by force
  kGiveReason,     // give a reason for the forced promotion
  kNameVersion,    // name the version to push
  kListLabels,     // list the labels of the model
  kNameTask,       // name the task of the model
  kNameRoles,      // name what outputs mean, as "label=label,probabilities=scores" says
  kAllowMissing,   // register the model as one that takes missing values
  kServeRegistry,  // start the server with a registry and without model files
};

struct Remedy {
  RemedyKind kind = RemedyKind::kSetAlias;
  std::string subject = {};  // empty where the kind needs none

  bool operator==(const Remedy&) const = default;
};

// The stable name, for instance "set_alias". Clients see it as `remedy.kind`.
std::string_view Name(RemedyKind kind);
// Nothing for an unknown name, which a newer server may send.
std::optional<RemedyKind> ParseRemedyKind(std::string_view name);

}  // namespace moorage::base
