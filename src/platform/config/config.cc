#include "platform/config/config.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "foundation/base/ascii.h"
#include "foundation/base/edit_distance.h"
#include "platform/config/config_keys.h"
#include "platform/config/yaml_document.h"

namespace moorage::config {
namespace {

using base::Code;
using base::Detail;
using base::Error;
using json::Json;

constexpr std::size_t kMaxProblems = 32;
constexpr std::string_view kPrefix = "MOORAGE_";

std::string_view LastPart(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

// The key that `name` was probably meant to be, or null if none is near.
const ConfigKey* Nearest(std::string_view name) {
  const ConfigKey* nearest = nullptr;
  // Two typing errors, or one in each four characters. EditDistance() takes time in proportion to
  // the length, so a name that no key could be is not compared.
  std::size_t least = std::max<std::size_t>(2, name.size() / 4) + 1;
  if (name.size() > 128) return nullptr;
  for (const ConfigKey& key : ConfigKeys()) {
    std::size_t distance = base::EditDistance(name, key.name);
    // The right key in the wrong section is near, however far the sections are.
    if (LastPart(name) == LastPart(key.name)) distance = std::min<std::size_t>(distance, 2);
    if (distance < least) {
      least = distance;
      nearest = &key;
    }
  }
  return nearest;
}

// The keys below a section, as in "server.listen, server.drain". All sections for "".
std::string KeysBelow(std::string_view section) {
  std::string names;
  const std::string prefix = section.empty() ? std::string() : std::string(section) + ".";
  std::string_view last;
  for (const ConfigKey& key : ConfigKeys()) {
    if (!key.name.starts_with(prefix)) continue;
    const std::string_view name =
        section.empty() ? key.name.substr(0, key.name.find('.')) : key.name;
    // Keys of one section are neighbours, so each section is named once.
    if (name == last) continue;
    last = name;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

std::string UnknownKey(std::string_view name) {
  if (const ConfigKey* nearest = Nearest(name); nearest != nullptr) {
    return "unknown key; did you mean " + std::string(nearest->name) + "?";
  }
  const std::size_t dot = name.find('.');
  if (dot != std::string_view::npos) {
    const std::string keys = KeysBelow(name.substr(0, dot));
    if (!keys.empty()) {
      return "unknown key; the keys of " + std::string(name.substr(0, dot)) + " are " + keys;
    }
  }
  return "unknown key; the sections are " + KeysBelow("");
}

// The part of a location that can hold no password. That is the scheme of a URL, and of a list of
// settings (postgres:host=db password=...) what stands before the first '='.
std::string WithoutSecrets(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme != std::string_view::npos) return std::string(text.substr(0, scheme + 3));
  const std::size_t setting = text.find('=');
  return setting == std::string_view::npos ? std::string(text)
                                           : std::string(text.substr(0, setting)) + "=...";
}

// The value as the user wrote it, short enough for a message.
std::string Shown(const Json& value) {
  if (value.is_object()) return "a mapping";
  if (value.is_null()) return "nothing";
  std::string text = value.is_string() ? value.get<std::string>() : json::ToText(value);
  if (value.is_string()) text = WithoutSecrets(text);
  text = base::Excerpt(text, 80);
  return value.is_string() ? "'" + text + "'" : text;
}

bool IsLater(const ConfigKey& key, const Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  std::string_view words = key.later;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (text.starts_with(words.substr(0, end))) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

// Reads the layers one after the other and keeps every problem of all of them.
class Loader {
 public:
  explicit Loader(std::string_view file) : file_(file) {
    for (const ConfigKey& key : ConfigKeys()) {
      loaded_.origins[std::string(key.name)] = Origin{"default"};
    }
  }

  void ReadFile(const YamlNode& root) {
    if (root.kind == YamlNode::Kind::kScalar && root.scalar.is_null()) return;
    if (root.kind != YamlNode::Kind::kMapping) {
      Report(At(root.line), "", "must be a mapping of sections; the sections are " + KeysBelow(""));
      return;
    }
    ReadMapping(root, "");
  }

  void ReadEnvironment(const std::map<std::string, std::string>& environment) {
    // The order is the precedence (docs/operations/configuration.md). The key's own variable comes
    // after LOG_LEVEL and wins. An empty LOG_LEVEL or PORT is one that is not set.
    if (const auto level = environment.find("LOG_LEVEL");
        level != environment.end() && !level->second.empty()) {
      Set(*FindConfigKey("logging.level"), LevelWord(level->second), "LOG_LEVEL");
    }
    for (const auto& [variable, text] : environment) {
      if (variable.starts_with(kPrefix)) ReadVariable(variable, text);
    }
    // Last, because it replaces the port of the address that the layers before have given.
    if (const auto port = environment.find("PORT");
        port != environment.end() && !port->second.empty()) {
      ReadPort(port->second);
    }
  }

  base::Result<LoadedConfig> Finish() {
    // Values that were refused have their defaults, and a contradiction with those would mislead.
    if (problems_.empty()) CheckTogether();
    if (problems_.empty()) return std::move(loaded_);
    Error error{Code::kInvalid, problems_[0].path + ": " + problems_[0].problem};
    if (problems_.size() > 1) {
      error.message += " (and " + std::to_string(problems_.size() - 1) + " more)";
    }
    if (problems_.size() > kMaxProblems) problems_.resize(kMaxProblems);
    error.details = std::move(problems_);
    return error;
  }

 private:
  std::string At(int line) const { return std::string(file_) + ":" + std::to_string(line); }

  void Report(const std::string& source, std::string_view key, std::string problem) {
    std::string path = source;
    if (!key.empty()) path += ": " + std::string(key);
    problems_.push_back(Detail{std::move(path), std::move(problem)});
  }

  void Set(const ConfigKey& key, const Json& value, const std::string& source) {
    if (key.set(loaded_.config, value)) {
      loaded_.origins[std::string(key.name)] = Origin{source};
    } else if (IsLater(key, value)) {
      const std::string_view allowed = key.allowed.substr(0, key.allowed.find(','));
      Report(source, key.name,
             "'" + WithoutSecrets(value.get_ref<const std::string&>()) +
                 "' is not built into this version; only '" + std::string(allowed) + "' is");
    } else {
      Report(source, key.name, "must be " + std::string(key.allowed) + "; got " + Shown(value));
    }
  }

  void ReadMapping(const YamlNode& mapping, const std::string& section) {
    for (const YamlNode& child : mapping.children) {
      const std::string name = section.empty() ? child.key : section + "." + child.key;
      if (const UnsupportedKey* later = FindUnsupportedKey(name); later != nullptr) {
        Report(At(child.key_line), name,
               "not supported by this version, which has no " + std::string(later->what));
      } else if (const ConfigKey* key = FindConfigKey(name); key != nullptr) {
        Set(*key, ToJson(child), At(child.key_line));
      } else if (KeysBelow(name).empty()) {
        Report(At(child.key_line), name, UnknownKey(name));
      } else if (child.kind == YamlNode::Kind::kMapping) {
        ReadMapping(child, name);
        // A section without content (`server:`) has its defaults.
      } else if (!child.scalar.is_null() || child.kind == YamlNode::Kind::kSequence) {
        Report(At(child.key_line), name, "must be a mapping with the keys " + KeysBelow(name));
      }
    }
  }

  void ReadVariable(const std::string& variable, const std::string& text) {
    for (const ConfigKey& key : ConfigKeys()) {
      if (VariableOf(key) == variable) return Set(key, ValueOf(key, text), variable);
    }
    std::string name = variable.substr(kPrefix.size());
    // Variables without a section, such as MOORAGE_TOKEN, do not belong to the configuration.
    if (name.find("__") == std::string::npos) return ReportSingleUnderscore(variable);
    for (std::size_t at = name.find("__"); at != std::string::npos; at = name.find("__", at)) {
      name.replace(at, 2, ".");
    }
    name = base::ToLower(name);
    if (const UnsupportedKey* later = FindUnsupportedKey(name); later != nullptr) {
      return Report(variable, name,
                    "not supported by this version, which has no " + std::string(later->what));
    }
    if (const ConfigKey* nearest = Nearest(name); nearest != nullptr) {
      return Report(variable, "", "unknown variable; did you mean " + VariableOf(*nearest) + "?");
    }
    Report(variable, "", "unknown variable; the sections are " + KeysBelow(""));
  }

  // MOORAGE_SERVER_LISTEN is a typing error, because no other program reads such a variable.
  void ReportSingleUnderscore(const std::string& variable) {
    for (const ConfigKey& key : ConfigKeys()) {
      std::string slip = VariableOf(key);
      for (std::size_t at = slip.find("__"); at != std::string::npos; at = slip.find("__", at)) {
        slip.replace(at, 2, "_");
      }
      if (slip == variable) {
        return Report(variable, "", "unknown variable; did you mean " + VariableOf(key) + "?");
      }
    }
  }

  static Json ValueOf(const ConfigKey& key, const std::string& text) {
    if (key.shape == KeyShape::kText) return text;
    if (key.shape == KeyShape::kNumber) return ResolveScalar(text);
    // A list is separated by commas, with blanks around its items.
    Json items = Json::array();
    std::string_view rest = text;
    while (true) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      std::string_view item = rest.substr(0, comma);
      while (item.starts_with(' ')) item.remove_prefix(1);
      while (item.ends_with(' ')) item.remove_suffix(1);
      items.push_back(item);
      if (comma == rest.size()) return items;
      rest.remove_prefix(comma + 1);
    }
  }

  // Other programs of one environment write LOG_LEVEL=WARN or INFO.
  static Json LevelWord(std::string word) {
    word = base::ToLower(word);
    return word == "warn" ? "warning" : word;
  }

  void ReadPort(const std::string& text) {
    const auto port = ParsePort(text);
    if (!port) {
      return Report("PORT", "", "must be a port from 0 to 65535; got " + Shown(Json(text)));
    }
    loaded_.config.server.listen.port = *port;
    loaded_.origins["server.listen"] = Origin{"PORT"};
  }

  const std::string& SourceOf(const std::string& key) { return loaded_.origins[key].source; }

  // Checks what concerns two keys at once.
  void CheckTogether() {
    const Config& config = loaded_.config;
    if (Collide(config.server.listen, config.server.metrics_listen)) {
      // Names the address that the user has set, where the other one is a default.
      const bool metrics = SourceOf("server.metrics_listen") != "default";
      const std::string key = metrics ? "server.metrics_listen" : "server.listen";
      Report(SourceOf(key), key,
             "server.listen (" + Format(config.server.listen) + ") and server.metrics_listen (" +
                 Format(config.server.metrics_listen) + ") must not be the same address");
    }
    const auto& wanted = config.serving.default_model;
    if (!wanted.has_value() || wanted->alias() == nullptr) return;
    const auto& aliases = config.serving.aliases;
    if (std::find(aliases.begin(), aliases.end(), *wanted->alias()) == aliases.end()) {
      Report(SourceOf("serving.default_model"), "serving.default_model",
             "the alias '" + wanted->alias()->value() +
                 "' is not served: it is not in serving.aliases");
    }
  }

  std::string_view file_;
  LoadedConfig loaded_;
  std::vector<Detail> problems_;
};

}  // namespace

base::Result<LoadedConfig> LoadConfig(std::string_view yaml, std::string_view file,
                                      const std::map<std::string, std::string>& environment) {
  Loader loader(file);
  if (!yaml.empty()) {
    ASSIGN_OR_RETURN(const YamlNode root, ParseYaml(yaml, file));
    loader.ReadFile(root);
  }
  loader.ReadEnvironment(environment);
  return loader.Finish();
}

json::Json ToJson(const Config& config) {
  Json document = Json::object();
  for (const ConfigKey& key : ConfigKeys()) {
    Json* place = &document;
    std::string_view name = key.name;
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
      place = &(*place)[std::string(name.substr(0, dot))];
      name.remove_prefix(dot + 1);
    }
    (*place)[std::string(name)] = key.get(config);
  }
  return document;
}

base::Result<json::Json> YamlToJson(std::string_view yaml, std::string_view file) {
  ASSIGN_OR_RETURN(const YamlNode root, ParseYaml(yaml, file));
  return ToJson(root);
}

}  // namespace moorage::config
