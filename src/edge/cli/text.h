#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/model_ref.h"

namespace moorage::cli {

// Text from elsewhere without the control characters that a terminal would obey; line breaks and
// tabs stay.
std::string Harmless(std::string_view text);

// Members of documents as harmless text for tables; "-" where they are absent or null.
std::string TextOf(const json::Json& object, std::string_view key);
// A number with up to `digits` significant digits.
std::string NumberText(const json::Json& number, int digits = 6);
// "1 row", "2 rows", "0 rows" of a number and its noun.
std::string Counted(const json::Json& number, std::string_view noun);
// The names in a list of strings, or of objects' `key`, joined by ", "; "-" if empty.
std::string Join(const json::Json& list, std::string_view key = {});

// "3 min ago", "2 days ago" of an ISO time; the time itself if it cannot be read.
std::string Age(std::string_view iso, base::Time now);
// "sha256:0123456789ab…": enough to tell digests apart.
std::string ShortDigest(std::string_view digest);

// "/api/v1/models/cancer/versions/production" of "cancer" or "cancer@production".
std::string VersionPath(const model::ModelRef& ref);

}  // namespace moorage::cli
