#include "foundation/model/outcome.h"

#include <string>

namespace moorage::model {

std::string_view Name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "PASS";
    case Outcome::kFail:
      return "FAIL";
    case Outcome::kInconclusive:
      return "INCONCLUSIVE";
    case Outcome::kError:
      break;
  }
  return "ERROR";
}

base::Result<Outcome> ParseOutcome(std::string_view text) {
  for (const Outcome outcome :
       {Outcome::kPass, Outcome::kFail, Outcome::kInconclusive, Outcome::kError}) {
    if (Name(outcome) == text) return outcome;
  }
  return base::Error{base::Code::kInvalid, "outcome '" + std::string(text) +
                                               "': expected PASS, FAIL, INCONCLUSIVE or ERROR"};
}

}  // namespace moorage::model
