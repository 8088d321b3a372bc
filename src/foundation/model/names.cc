#include "foundation/model/names.h"

#include <algorithm>
#include <cstddef>

#include "foundation/base/ascii.h"
#include "foundation/base/hex.h"
#include "foundation/base/sha256.h"

namespace moorage::model {

namespace {

using base::Code;
using base::Error;

constexpr std::size_t kMaxModelName = 128;
constexpr std::size_t kMaxAlias = 64;
constexpr std::string_view kDigestPrefix = "sha256:";
constexpr std::size_t kDigestHex = 64;

// A name is a segment of URLs and part of a reference, so it has no '/', '%', '@' or ':'. Its first
// character keeps it from being "..", or an option of a command.
constexpr bool IsModelNameStart(char c) {
  return base::IsLower(c) || base::IsUpper(c) || base::IsDigit(c);
}
constexpr bool IsModelNameChar(char c) {
  return IsModelNameStart(c) || c == '.' || c == '_' || c == '-';
}
constexpr bool IsAliasChar(char c) {
  return base::IsLower(c) || base::IsDigit(c) || c == '_' || c == '-';
}

// What the user wrote, short enough for a sentence and without control characters.
Error Refused(std::string_view what, std::string_view text, std::string_view law) {
  return Error{Code::kInvalid,
               std::string(what) + " " + base::QuotedExcerpt(text, 40) + ": " + std::string(law)};
}

}  // namespace

base::Result<ModelName> ParseModelName(std::string_view text) {
  const bool legal = !text.empty() && text.size() <= kMaxModelName &&
                     IsModelNameStart(text.front()) &&
                     std::all_of(text.begin(), text.end(), IsModelNameChar);
  if (!legal) {
    return Refused("model name", text,
                   "must be 1 to 128 of A-Z a-z 0-9 . _ - and start with a letter or digit");
  }
  return ModelName(std::string(text));
}

base::Result<Alias> ParseAlias(std::string_view text) {
  const bool legal = !text.empty() && text.size() <= kMaxAlias && base::IsLower(text.front()) &&
                     std::all_of(text.begin(), text.end(), IsAliasChar);
  if (!legal) {
    return Refused("alias", text, "must be 1 to 64 of a-z 0-9 _ - and start with a letter");
  }
  return Alias(std::string(text));
}

base::Result<Digest> ParseDigest(std::string_view text) {
  const bool legal = text.starts_with(kDigestPrefix) &&
                     text.size() == kDigestPrefix.size() + kDigestHex &&
                     base::IsLowerHex(text.substr(kDigestPrefix.size()));
  if (!legal) {
    return Refused("digest", text, "must be 'sha256:' and 64 lower-case hexadecimal digits");
  }
  return Digest(std::string(text));
}

Digest DigestOf(std::string_view bytes) {
  return Digest(std::string(kDigestPrefix) + base::Hex(base::Sha256::Of(bytes)));
}

}  // namespace moorage::model
