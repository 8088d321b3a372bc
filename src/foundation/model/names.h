#pragma once

#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/base/strong.h"

namespace moorage::model {

// A named line of work. 1 to 128 of [A-Za-z0-9._-], the first a letter or digit.
using ModelName = base::Strong<struct ModelNameTag, std::string>;
// A movable name that points to one version. 1 to 64 of [a-z0-9_-]. It begins with a letter, so
// that it is never read as a version.
using Alias = base::Strong<struct AliasTag, std::string>;
// "sha256:" and 64 lower-case hexadecimal digits.
using Digest = base::Strong<struct DigestTag, std::string>;

base::Result<ModelName> ParseModelName(std::string_view text);
base::Result<Alias> ParseAlias(std::string_view text);
base::Result<Digest> ParseDigest(std::string_view text);

// The digest of these bytes.
Digest DigestOf(std::string_view bytes);

}  // namespace moorage::model
