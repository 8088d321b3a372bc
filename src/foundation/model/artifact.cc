#include "foundation/model/artifact.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "foundation/base/parse_number.h"

namespace moorage::model {

namespace {

using base::Code;
using base::Error;

constexpr std::string_view kHeader = "moorage-artifact 1\n";
constexpr std::size_t kMaxFileName = 255;

Error Malformed(std::size_t line, std::string_view why) {
  return Error{Code::kCorrupt,
               "artifact index, line " + std::to_string(line) + ": " + std::string(why)};
}

// Takes the text before the next `separator`, or nothing if there is none.
std::optional<std::string_view> Take(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return taken;
}

// Decimal digits without leading zeros, as ToText() writes them.
std::optional<std::uint64_t> ParseSize(const std::string& text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return base::ParseNumber<std::uint64_t>(text);
}

base::Result<ArtifactFile> ParseLine(std::string_view line, std::size_t number) {
  ArtifactFile file;
  const auto digest = Take(line, ' ');
  const auto size_text = Take(line, ' ');
  if (!digest || !size_text) {
    return Malformed(number, "must be digest, size and name, each after one space");
  }
  const auto size = ParseSize(std::string(*size_text));
  if (!size) return Malformed(number, "the size must be a decimal number");
  auto parsed = ParseDigest(*digest);
  if (!parsed.ok()) return Malformed(number, parsed.error().message);
  // What is left of the line is the name, which may hold spaces.
  if (auto legal = CheckArtifactFileName(line); !legal.ok()) {
    return Malformed(number, legal.error().message);
  }
  return ArtifactFile{.name = std::string(line), .digest = *std::move(parsed), .size = *size};
}

}  // namespace

base::Status CheckArtifactFileName(std::string_view name) {
  const auto refused = [&](std::string_view why) {
    return Error{Code::kInvalid, "file name '" + std::string(name) + "': " + std::string(why)};
  };
  const bool control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  // These two names are not quoted. One could write to the terminal of an operator, the other would
  // fill the message.
  if (control) return Error{Code::kInvalid, "a file name has a control character"};
  if (name.size() > kMaxFileName) {
    return Error{Code::kInvalid, "a file name is longer than 255 bytes"};
  }
  // A backslash separates directories where the file is restored on Windows.
  if (name.find('\\') != std::string_view::npos) return refused("must not hold a backslash");
  std::string_view rest = name;
  while (true) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    if (part.empty()) return refused("must be relative, without empty parts");
    if (part == "." || part == "..") return refused("must not hold '.' or '..' as a part");
    if (slash == rest.size()) return {};
    rest.remove_prefix(slash + 1);
  }
}

const ArtifactFile* ArtifactIndex::Find(std::string_view name) const {
  for (const ArtifactFile& file : files) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

std::string ArtifactIndex::ToText() const {
  std::string text(kHeader);
  for (const ArtifactFile& file : files) {
    text += file.digest.value() + " " + std::to_string(file.size) + " " + file.name + "\n";
  }
  return text;
}

Digest ArtifactIndex::digest() const { return DigestOf(ToText()); }

base::Result<ArtifactIndex> ArtifactIndex::FromText(std::string_view text) {
  if (!text.starts_with(kHeader)) return Malformed(1, "must be 'moorage-artifact 1'");
  text.remove_prefix(kHeader.size());
  ArtifactIndex index;
  for (std::size_t number = 2; !text.empty(); ++number) {
    const auto line = Take(text, '\n');
    if (!line) return Malformed(number, "must end with a line feed");
    ASSIGN_OR_RETURN(ArtifactFile file, ParseLine(*line, number));
    // A list of files has exactly one text, and so one digest. Names that are equal are
    // neighbours.
    if (!index.files.empty() && file.name <= index.files.back().name) {
      return Malformed(number, "names must be unique and in ascending order");
    }
    index.files.push_back(std::move(file));
  }
  return index;
}

}  // namespace moorage::model
