#pragma once

// Values of documents as text for people.

#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"

namespace moorage::cli_text {

// Text from elsewhere without the control characters that a terminal would obey. Line breaks and
// tabs stay.
std::string Harmless(std::string_view text);

// A member of a document as harmless text. It is "-" if absent or null.
std::string TextOf(const json::Json& object, std::string_view key);
// A number with up to `digits` significant digits.
std::string NumberText(const json::Json& number, int digits = 6);
// "1 row", "2 rows", "0 rows" of a number and its noun.
std::string Counted(const json::Json& number, std::string_view noun);
// The names in a list of strings, or of objects' `key`, joined by ", ". It is "-" if empty.
std::string Join(const json::Json& list, std::string_view key = {});

// The age of an ISO time, as in "3 min ago" and "2 days ago". A text that is no time stays as it
// is.
std::string Age(std::string_view iso, base::Time now);
// "sha256:0123456789ab…", which is enough to tell digests apart.
std::string ShortDigest(std::string_view digest);

}  // namespace moorage::cli_text
