#include "platform/config/yaml_document.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <exception>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_set>
#include <utility>

namespace moorage::config {
namespace {

using base::Code;
using base::Error;

bool AllOf(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

std::optional<json::Json> Whole(std::string_view digits, int radix, bool negative) {
  std::uint64_t value = 0;
  const auto [end, problem] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, radix);
  if (problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (!negative) {
    if (value <= INT64_MAX) return json::Json(static_cast<std::int64_t>(value));
    return json::Json(value);
  }
  // Negates in unsigned arithmetic, because -2^63 has no positive counterpart.
  if (value > std::uint64_t{1} << 63) return std::nullopt;
  return json::Json(static_cast<std::int64_t>(std::uint64_t{0} - value));
}

// [0-9]+(\.[0-9]*)? or \.[0-9]+, then ([eE][-+]?[0-9]+)?, without the sign.
bool IsDecimal(std::string_view text) {
  const std::string_view digits = "0123456789";
  const auto skip = [&text, digits] {
    const std::size_t end = std::min(text.find_first_not_of(digits), text.size());
    text.remove_prefix(end);
    return end;
  };
  std::size_t seen = skip();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    seen += skip();
  }
  if (seen == 0) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return AllOf(text, digits);
}

// The power of ten of the first digit that is not 0: 2 for "123", -3 for "0.00123e0". `decimal` is
// one that no double holds, so it has such a digit.
std::int64_t Magnitude(std::string_view decimal) {
  const std::size_t exponent = decimal.find_first_of("eE");
  const std::string_view digits = decimal.substr(0, exponent);
  const auto point = static_cast<std::int64_t>(std::min(digits.find('.'), digits.size()));
  const auto first = static_cast<std::int64_t>(digits.find_first_not_of("0."));
  const std::int64_t power = first < point ? point - first - 1 : point - first;
  if (exponent == std::string_view::npos) return power;
  std::string_view shift = decimal.substr(exponent + 1);
  const bool down = shift.starts_with('-');
  if (down || shift.starts_with('+')) shift.remove_prefix(1);
  constexpr std::int64_t kMost = 1'000'000'000'000;  // beyond any text that is read
  std::int64_t value = kMost;
  (void)std::from_chars(shift.data(), shift.data() + shift.size(), value);
  value = std::min(value, kMost);
  return power + (down ? -value : value);
}

// A plain scalar that is a number by the core schema (YAML 1.2.2, section 10.3.2). One that no
// double holds is an infinity.
std::optional<json::Json> Number(std::string_view text) {
  if (text.starts_with("0o") && AllOf(text.substr(2), "01234567")) {
    return Whole(text.substr(2), 8, false);
  }
  if (text.starts_with("0x") && AllOf(text.substr(2), "0123456789abcdefABCDEF")) {
    return Whole(text.substr(2), 16, false);
  }
  const bool negative = text.starts_with('-');
  std::string_view rest = text;
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == ".inf" || rest == ".Inf" || rest == ".INF") return json::Json(HUGE_VAL);
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return json::Json(std::nan(""));
  if (!IsDecimal(rest)) return std::nullopt;
  if (AllOf(rest, "0123456789")) {
    if (auto whole = Whole(rest, 10, negative)) return whole;
  }
  double value = 0;
  const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (problem == std::errc::result_out_of_range) {
    value = Magnitude(rest) < 0 ? 0.0 : HUGE_VAL;
  }
  return json::Json(negative ? -value : value);
}

// Builds the tree from the parser's events. An event handler cannot stop the parser without
// throwing, so after the first refusal it only lets the rest pass by.
class TreeBuilder : public YAML::EventHandler {
 public:
  struct Refusal {
    YAML::Mark mark;
    std::string why;
    Code code = Code::kInvalid;
  };

  const std::optional<Refusal>& refusal() const { return refusal_; }
  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (refusal_) return;
    if (AwaitsKey()) return Refuse(mark, "a key is missing");
    Add(Make(mark, YamlNode::Kind::kScalar), anchor, 1, 1);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (refusal_) return;
    if (AwaitsKey()) return TakeKey(mark, text);
    YamlNode node = Make(mark, YamlNode::Kind::kScalar);
    // "?" is plain, "!" is quoted.
    if (tag == "!" || tag == "tag:yaml.org,2002:str") {
      node.scalar = text;
    } else if (tag.empty() || tag == "?") {
      node.scalar = ResolveScalar(text);
    } else if (!ResolveTagged(tag, text, node.scalar)) {
      return Refuse(mark, "the tag '" + tag + "' is not known or does not fit '" + text + "'");
    }
    if (node.scalar.is_number_float() && !std::isfinite(node.scalar.get<double>())) {
      return Refuse(mark, "'" + text + "' is not a finite number");
    }
    Add(std::move(node), anchor, 1, 1);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (refusal_) return;
    if (AwaitsKey()) return Refuse(mark, "a key may not be an alias");
    const auto found = anchors_.find(anchor);
    // A collection is remembered when it ends. The parser itself refuses names without an anchor.
    if (found == anchors_.end()) return Refuse(mark, "the alias refers to the value that it is in");
    const Anchored& anchored = found->second;
    // Both bounds are checked before the copy. A few lines of aliases of aliases stand for billions
    // of values.
    if (levels_.size() + anchored.height > kMaxYamlDepth) return RefuseDepth(mark);
    nodes_ += anchored.nodes;
    if (nodes_ > kMaxYamlNodes) return RefuseSize(mark);
    Place(anchored.node, anchored.nodes, anchored.height);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, YamlNode::Kind::kSequence);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, YamlNode::Kind::kMapping);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A collection that is being read.
  struct Level {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    std::size_t nodes = 1;
    std::size_t height = 1;
    bool has_key = false;
    std::string key;
    int key_line = 1;
    std::unordered_set<std::string> keys;
  };

  struct Anchored {
    YamlNode node;
    std::size_t nodes = 1;
    std::size_t height = 1;
  };

  static bool ResolveTagged(const std::string& tag, const std::string& text, json::Json& scalar) {
    scalar = ResolveScalar(text);
    if (tag == "tag:yaml.org,2002:int") return scalar.is_number_integer();
    if (tag == "tag:yaml.org,2002:float") return scalar.is_number();
    if (tag == "tag:yaml.org,2002:bool") return scalar.is_boolean();
    return tag == "tag:yaml.org,2002:null" && scalar.is_null();
  }

  static YamlNode Make(const YAML::Mark& mark, YamlNode::Kind kind) {
    YamlNode node;
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  void Refuse(const YAML::Mark& mark, std::string why, Code code = Code::kInvalid) {
    refusal_ = Refusal{mark, std::move(why), code};
  }
  void RefuseDepth(const YAML::Mark& mark) {
    Refuse(mark, "nested deeper than " + std::to_string(kMaxYamlDepth) + " levels",
           Code::kExhausted);
  }
  void RefuseSize(const YAML::Mark& mark) {
    Refuse(mark, "more than " + std::to_string(kMaxYamlNodes) + " values, aliases written out",
           Code::kExhausted);
  }

  bool AwaitsKey() const {
    return !levels_.empty() && levels_.back().node.kind == YamlNode::Kind::kMapping &&
           !levels_.back().has_key;
  }

  void TakeKey(const YAML::Mark& mark, const std::string& text) {
    if (text == "<<") return Refuse(mark, "merge keys (<<) are not supported");
    Level& level = levels_.back();
    if (!level.keys.insert(text).second)
      return Refuse(mark, "the key '" + text + "' is there twice");
    level.key = text;
    level.key_line = mark.line + 1;
    level.has_key = true;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    if (refusal_) return;
    if (AwaitsKey()) return Refuse(mark, "a key must be a plain word");
    const std::string_view standard =
        kind == YamlNode::Kind::kMapping ? "tag:yaml.org,2002:map" : "tag:yaml.org,2002:seq";
    if (!tag.empty() && tag != "?" && tag != "!" && tag != standard) {
      return Refuse(mark, "the tag '" + tag + "' is not known");
    }
    if (levels_.size() == kMaxYamlDepth) return RefuseDepth(mark);
    if (++nodes_ > kMaxYamlNodes) return RefuseSize(mark);
    Level level;
    level.node = Make(mark, kind);
    level.anchor = anchor;
    levels_.push_back(std::move(level));
  }

  void Close() {
    if (refusal_) return;
    Level level = std::move(levels_.back());
    levels_.pop_back();
    Remember(level.anchor, level.node, level.nodes, level.height);
    Place(std::move(level.node), level.nodes, level.height);
  }

  void Add(YamlNode node, YAML::anchor_t anchor, std::size_t nodes, std::size_t height) {
    if (++nodes_ > kMaxYamlNodes) return RefuseSize(YAML::Mark::null_mark());
    Remember(anchor, node, nodes, height);
    Place(std::move(node), nodes, height);
  }

  void Remember(YAML::anchor_t anchor, const YamlNode& node, std::size_t nodes,
                std::size_t height) {
    if (anchor != YAML::NullAnchor) anchors_[anchor] = Anchored{node, nodes, height};
  }

  // Hangs a finished node into the innermost open collection.
  void Place(YamlNode node, std::size_t nodes, std::size_t height) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    level.nodes += nodes;
    level.height = std::max(level.height, height + 1);
    if (level.node.kind == YamlNode::Kind::kMapping) {
      node.key = std::move(level.key);
      node.key_line = level.key_line;
      level.has_key = false;
    }
    level.node.children.push_back(std::move(node));
  }

  YamlNode root_;
  std::vector<Level> levels_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
  std::optional<Refusal> refusal_;
};

// "moorage.yaml:12:5", or only the file if the place is unknown.
std::string Place(std::string_view file, const YAML::Mark& mark) {
  std::string place(file);
  if (!mark.is_null()) {
    place += ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  }
  return place;
}

}  // namespace

json::Json ResolveScalar(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return nullptr;
  }
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (auto number = Number(text)) return *std::move(number);
  return std::string(text);
}

base::Result<YamlNode> ParseYaml(std::string_view text, std::string_view file) {
  if (text.size() > kMaxYamlBytes) {
    return Error{Code::kExhausted, std::string(file) + ": larger than 1MiB"};
  }
  if (text.find('\0') != std::string_view::npos) {
    return Error{Code::kInvalid, std::string(file) + ": holds a NUL character"};
  }
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder;
    if (!parser.HandleNextDocument(builder)) return YamlNode{};
    if (const auto& refusal = builder.refusal()) {
      return Error{refusal->code, Place(file, refusal->mark) + ": " + refusal->why};
    }
    // A second document would be ignored without notice.
    TreeBuilder second;
    if (parser.HandleNextDocument(second)) {
      return Error{Code::kInvalid, std::string(file) + ": holds more than one document"};
    }
    return builder.TakeRoot();
  } catch (const YAML::DeepRecursion&) {
    // The library's own bound, which is far above ours. It protects the stack of the library's
    // parser.
    return Error{Code::kExhausted, std::string(file) + ": nested deeper than " +
                                       std::to_string(kMaxYamlDepth) + " levels"};
  } catch (const YAML::Exception& error) {
    return Error{Code::kInvalid, Place(file, error.mark) + ": " + error.msg};
  } catch (const std::exception& error) {
    return Error{Code::kInvalid, std::string(file) + ": not YAML: " + error.what()};
  }
}

json::Json ToJson(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::kScalar) return node.scalar;
  if (node.kind == YamlNode::Kind::kSequence) {
    json::Json array = json::Json::array();
    for (const YamlNode& child : node.children) array.push_back(ToJson(child));
    return array;
  }
  // Appends directly. Keys are unique already, and the library's insertion would search them all.
  json::Json::object_t members;
  for (const YamlNode& child : node.children) {
    members.emplace_back(child.key, ToJson(child));
  }
  return members;
}

}  // namespace moorage::config
