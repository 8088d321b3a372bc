#include "foundation/model/operation_row.h"

namespace moorage::model {

std::string_view Name(Verb verb) {
  switch (verb) {
    case Verb::kGet:
      return "GET";
    case Verb::kPost:
      return "POST";
    case Verb::kPut:
      return "PUT";
    case Verb::kDelete:
      return "DELETE";
  }
  return {};
}

}  // namespace moorage::model
