#include "foundation/base/text_file.h"

#include <string_view>

namespace moorage::base {

using namespace std::string_view_literals;

Result<std::string> ReadTextFile(FileSystem& files, const std::string& path, std::uint64_t limit) {
  ASSIGN_OR_RETURN(std::string text, files.Read(path, limit));
  for (const std::string_view mark : {"\xFF\xFE"sv, "\xFE\xFF"sv, "\0\0\xFE\xFF"sv}) {
    if (text.starts_with(mark)) {
      return Error{Code::kInvalid,
                   "read " + path + ": is not UTF-8 but UTF-16 or UTF-32; save it as UTF-8"};
    }
  }
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.erase(0, kMark.size());
  return text;
}

}  // namespace moorage::base
