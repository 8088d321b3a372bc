#include "foundation/json/json.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "foundation/json/foreign_word.h"
#include "foundation/json/json_number.h"
#include "foundation/json/text_encoding.h"

namespace moorage::json {

namespace {

using base::Code;
using base::Detail;
using base::Error;

// nlohmann::json's number for "number overflow".
constexpr int kNumberOverflow = 406;

// Builds the document from the parser's events, so that duplicate keys and depth are seen where the
// library itself is silent. Appends members directly, because the library's insertion searches
// linearly.
class Builder {
 public:
  Json& root() { return root_; }
  // The number beyond the largest double, if there is one.
  const std::optional<Detail>& bad_number() const { return bad_number_; }
  // Why the builder stopped the parser, or empty.
  const std::string& refusal() const { return refusal_; }
  // Where and why the text is not JSON.
  std::size_t error_position() const { return error_position_; }
  const std::string& error_text() const { return error_text_; }

  // The library's names and signatures from here on. False stops the parser.
  // NOLINTBEGIN(readability-identifier-naming)
  bool null() { return Add(Json(nullptr)); }
  bool boolean(bool value) { return Add(Json(value)); }
  bool number_integer(std::int64_t value) { return Add(Json(value)); }
  bool number_unsigned(std::uint64_t value) { return Add(Json(value)); }
  bool number_float(double value, const std::string& text) {
    // The library gives every number that is not a short integer as the nearest double. A whole
    // number beyond 2^53 that 64 bits hold stays exact.
    const JsonNumber number = ScanNumber(text, NonFiniteWords::kRefuse).number;
    if (number.kind == JsonNumber::Kind::kInteger) return Add(Json(number.integer));
    if (number.kind == JsonNumber::Kind::kUnsigned) return Add(Json(number.unsigned_integer));
    return Add(Json(value));
  }
  bool string(std::string& value) { return Add(Json(std::move(value))); }
  bool binary(Json::binary_t& /*value*/) { return false; }  // has no JSON text
  bool start_object(std::size_t /*size*/) { return Open(Json::object()); }
  bool end_object() { return Close(); }
  bool start_array(std::size_t /*size*/) { return Open(Json::array()); }
  bool end_array() { return Close(); }
  bool key(std::string& value) {
    Level& level = levels_.back();
    if (!level.keys.insert(value).second) {
      refusal_ = "duplicate key '" + value + "'" + Where();
      return false;
    }
    level.key = std::move(value);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) {
    // The library takes 1e400 for a mistake in the text. The builder knows its path.
    if (error.id == kNumberOverflow) return RefuseNumber();
    error_position_ = position;
    error_text_ = error.what();
    return false;
  }
  // NOLINTEND(readability-identifier-naming)

 private:
  struct Level {
    Json* container =
        nullptr;      // stays valid, because a container does not grow while a child is open
    std::string key;  // the member that is being read
    std::unordered_set<std::string> keys = {};
  };

  Json* Place(Json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Level& level = levels_.back();
    if (auto* object = level.container->get_ptr<Json::object_t*>(); object != nullptr) {
      return &object->emplace_back(std::move(level.key), std::move(value)).second;
    }
    return &level.container->get_ptr<Json::array_t*>()->emplace_back(std::move(value));
  }

  bool Add(Json value) {
    Place(std::move(value));
    return true;
  }

  bool Open(Json container) {
    // Bounds the recursion of all code that walks the document later, such as dump().
    if (levels_.size() == static_cast<std::size_t>(kMaxJsonDepth)) {
      refusal_ = "nested deeper than " + std::to_string(kMaxJsonDepth) + " levels";
      return false;
    }
    levels_.push_back(Level{.container = Place(std::move(container)), .key = {}});
    return true;
  }

  bool Close() {
    levels_.pop_back();
    return true;
  }

  bool RefuseNumber() {
    bad_number_ = Detail{ValuePath(), "out of range for a number"};
    return false;
  }

  // "a.b[3]", the innermost open container; empty for the outermost.
  std::string ContainerPath() const {
    std::string path;
    for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
      if (const auto* array = levels_[i].container->get_ptr<const Json::array_t*>()) {
        path += "[" + std::to_string(array->size() - 1) + "]";
      } else {
        const auto& members = *levels_[i].container->get_ptr<const Json::object_t*>();
        path += (path.empty() ? "" : ".") + members.back().first;
      }
    }
    return path;
  }

  // The value that is being read, or empty for the document itself.
  std::string ValuePath() const {
    if (levels_.empty()) return {};
    const std::string path = ContainerPath();
    const Level& level = levels_.back();
    if (const auto* array = level.container->get_ptr<const Json::array_t*>()) {
      return path + "[" + std::to_string(array->size()) + "]";
    }
    return path + (path.empty() ? "" : ".") + level.key;
  }

  // " in 'a.b'" for the innermost open object; nothing for the outermost.
  std::string Where() const {
    const std::string path = ContainerPath();
    return path.empty() ? path : " in '" + path + "'";
  }

  Json root_;
  std::vector<Level> levels_;
  std::optional<Detail> bad_number_;
  std::string refusal_;
  std::size_t error_position_ = 0;
  std::string error_text_;
};

// "line 3, column 7" of the byte before `position`, the last one that the parser has read. Columns
// count bytes.
std::string LineAndColumn(std::string_view text, std::size_t position) {
  const std::size_t last = std::min(position == 0 ? 0 : position - 1, text.size());
  const std::string_view before = text.substr(0, last);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // 0 if there is none
  return "line " + std::to_string(lines + 1) + ", column " + std::to_string(last - line_start + 1);
}

// The reason in the library's words, without its prefix and without the bytes that it quotes. Its
// text reads "[id] parse error at PLACE: REASON; last read: 'BYTES'; expected THING".
std::string Reason(const std::string& what) {
  std::string_view reason = what;
  if (const auto end = reason.find("] "); end != std::string_view::npos) {
    reason.remove_prefix(end + 2);
  }
  // Drops the library's own line and column, which LineAndColumn() gives in front.
  if (reason.starts_with("parse error")) {
    const auto colon = reason.find(": ");
    if (colon != std::string_view::npos) reason.remove_prefix(colon + 2);
  }
  // The message goes into logs, where the bytes of a client's document do not belong.
  const std::size_t quoted = reason.find("; last read: '");
  if (quoted == std::string_view::npos) return std::string(reason);
  std::string kept(reason.substr(0, quoted));
  const std::size_t expected = reason.rfind("; expected ");
  if (expected != std::string_view::npos && expected > quoted) kept += reason.substr(expected);
  return kept;
}

// The word of another language that the parser has stopped in. It stops at the first byte that
// cannot go on, which is the second or third one of "nan" and "-Infinity".
const char* ForeignWordBefore(std::string_view text, std::size_t position) {
  for (std::size_t back = 1; back <= 3 && back <= position; ++back) {
    const std::size_t at = position - back;
    if (at > text.size()) continue;
    if (const char* const problem = ForeignWordProblem(text.substr(at))) return problem;
  }
  return nullptr;
}

Error Refused(const std::string& why) { return Error{Code::kInvalid, "JSON: " + why}; }

Error Refused(const Detail& detail) {
  Error error = Refused(detail.path.empty() ? detail.problem : detail.path + ": " + detail.problem);
  error.details.push_back(detail);
  return error;
}

}  // namespace

base::Result<Json> ParseJson(std::string_view text) {
  if (text.empty()) return Refused("the text is empty");
  if (const char* const problem = EncodingProblem(text)) {
    return Refused(std::string("line 1, column 1: ") + problem);
  }
  try {
    Builder builder;
    const bool done = Json::sax_parse(text.begin(), text.end(), &builder);
    if (done) return std::move(builder.root());
    if (builder.bad_number()) return Refused(*builder.bad_number());
    if (!builder.refusal().empty()) return Refused(builder.refusal());
    const std::size_t position = builder.error_position();
    const char* const foreign = ForeignWordBefore(text, position);
    return Refused(LineAndColumn(text, position) + ": " +
                   (foreign != nullptr ? foreign : Reason(builder.error_text())));
  } catch (const Json::exception& error) {
    return Refused(Reason(error.what()));
  }
}

std::string ToText(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string ToPrettyText(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace moorage::json
