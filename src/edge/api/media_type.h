#pragma once

#include <string_view>

namespace moorage::api {

// True if a Content-Type announces JSON in UTF-8. That is application/json or any type that ends in
// "+json", with no charset or charset=utf-8.
bool IsJsonInUtf8(std::string_view content_type);

}  // namespace moorage::api
