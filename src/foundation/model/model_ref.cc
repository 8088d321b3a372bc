#include "foundation/model/model_ref.h"

#include "foundation/base/ascii.h"

namespace moorage::model {

base::Result<ModelRef> ParseModelRef(std::string_view text) {
  const std::size_t at = text.find('@');
  ModelRef ref;
  ASSIGN_OR_RETURN(ref.name, ParseModelName(text.substr(0, at)));
  if (at == std::string_view::npos) return ref;
  std::string_view selector = text.substr(at + 1);
  if (selector.empty()) {
    return base::Error{base::Code::kInvalid, "reference '" + ref.name.value() +
                                                 "@': a version or an alias must follow the '@'"};
  }
  // An alias may start with v too ("v2"), so the v is dropped only before a whole version.
  if (selector.size() > 1 && selector[0] == 'v' && base::IsDigit(selector[1])) {
    if (auto version = SemVer::Parse(selector.substr(1)); version.ok()) {
      ref.selector = *std::move(version);
      return ref;
    }
  }
  // An alias begins with a letter, so this can only be meant as a version.
  if (base::IsDigit(selector.front())) {
    ASSIGN_OR_RETURN(ref.selector, SemVer::Parse(selector));
  } else {
    ASSIGN_OR_RETURN(ref.selector, ParseAlias(selector));
  }
  return ref;
}

std::string Format(const ModelRef& ref) {
  const SemVer* version = ref.version();
  return ref.name.value() + "@" + (version != nullptr ? version->text() : ref.alias()->value());
}

}  // namespace moorage::model
