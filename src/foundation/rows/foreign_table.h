#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace moorage::rows {

// Describes bytes that are not CSV but another kind of file, for instance "compressed (gzip):
// decompress it first". The text continues the words "the file is". Nothing if the bytes may be
// CSV. Pure. Looks at the first bytes only.
std::optional<std::string> DescribeForeignTable(std::string_view bytes);

}  // namespace moorage::rows
