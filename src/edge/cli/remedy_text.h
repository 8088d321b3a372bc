#pragma once

#include <string>

#include "foundation/base/remedy.h"

namespace moorage::cli {

// What to type: the end of the sentence that the error's message begins. The only place where
// options stand in errors. For kSetAlias with the subject "wine@production":
//   "; set it with: moorage promote wine@VERSION --to production"
std::string RemedyText(const base::Remedy& remedy);

}  // namespace moorage::cli
