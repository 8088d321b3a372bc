#include "edge/inference/no_query.h"

#include <algorithm>
#include <string>

#include "foundation/base/ascii.h"

namespace moorage::inference {

base::Status CheckNoQuery(std::string_view query) {
  const std::size_t first = query.find_first_not_of('&');
  // "?" and "?&" name nothing.
  if (first == std::string_view::npos) return {};
  const std::string_view name =
      query.substr(first, std::min(query.find_first_of("=&", first), query.size()) - first);
  const std::string path = "query " + base::QuotedExcerpt(name);
  const std::string problem = "unknown; this call takes none";
  return base::Error{base::Code::kInvalid, path + ": " + problem, {{path, problem}}};
}

}  // namespace moorage::inference
