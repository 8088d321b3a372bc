#include "platform/runtime/onnx/ort_error.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "foundation/base/ascii.h"

namespace moorage::runtime {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kMaxMessage = 400;
// What is read of the library's text.
constexpr std::size_t kReadMessage = 8192;

// The text between `before` and `after`, or nothing if either is absent.
std::optional<std::string> Between(std::string_view text, std::string_view before,
                                   std::string_view after) {
  const std::size_t start = text.find(before);
  if (start == std::string_view::npos) return std::nullopt;
  const std::size_t from = start + before.size();
  const std::size_t end = text.find(after, from);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(text.substr(from, end - from));
}

// The position of ".cc:12", ".h:46" and the like, at or after `from`, or npos if there is none.
std::size_t FindSourceMark(std::string_view text, std::size_t from) {
  std::size_t best = std::string_view::npos;
  constexpr std::array<std::string_view, 5> kEndings = {".cc:", ".h:", ".cpp:", ".hpp:", ".cu:"};
  for (const std::string_view ending : kEndings) {
    std::size_t at = text.find(ending, from);
    while (at != std::string_view::npos) {
      const std::size_t digit = at + ending.size();
      if (digit < text.size() && base::IsDigit(text[digit])) break;
      at = text.find(ending, at + 1);
    }
    best = std::min(best, at);
  }
  return best;
}

// The end of the function signature that begins at `from`, after its closing parenthesis, a
// trailing "const" and a "[with T = ...]" clause. A bare name ends at the next space.
std::size_t SkipSignature(std::string_view text, std::size_t from) {
  const std::size_t line_end = std::min(text.find('\n', from), text.size());
  const std::size_t scope = text.find("::", from);
  const std::size_t open = text.find('(', from);
  // Without "::" and a parenthesis on this line, or with a name that is too long, it is no
  // signature.
  if (open >= line_end || scope >= line_end || scope > open + 200) {
    const std::size_t space = text.find(' ', from);
    return space == std::string_view::npos ? text.size() : space + 1;
  }
  // Counts parentheses, because the types of parameters hold some.
  int depth = 0;
  std::size_t at = open;
  for (; at < line_end; ++at) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) break;
  }
  if (at < text.size()) ++at;
  const auto skip = [&](std::string_view word) {
    if (text.substr(at).starts_with(word)) at += word.size();
  };
  skip(" const");
  if (text.substr(at).starts_with(" [with ")) {
    const std::size_t close = text.find(']', at);
    if (close != std::string_view::npos) at = close + 1;
  }
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

// Removes "path/file.cc:123" and the signature behind it, one after the other. A path begins at the
// last blank, parenthesis or quote before its mark.
void RemoveSourceMarks(std::string& text) {
  for (std::size_t mark = FindSourceMark(text, 0); mark != std::string::npos;
       mark = FindSourceMark(text, 0)) {
    std::size_t begin = text.find_last_of(" \n(\"'", mark);
    begin = begin == std::string::npos ? 0 : begin + 1;
    const std::size_t colon = text.find(':', mark);
    std::size_t end = text.find_first_not_of("0123456789", colon + 1);
    end = end == std::string::npos ? text.size()
                                   : SkipSignature(text, std::min(end + 1, text.size()));
    text.erase(begin, end - begin);
  }
}

void FlattenSpaces(std::string& text) {
  std::string flat;
  flat.reserve(text.size());
  for (const char c : text) {
    const bool space = static_cast<unsigned char>(c) <= ' ';
    if (!space) flat += c;
    if (space && !flat.empty() && flat.back() != ' ') flat += ' ';
  }
  while (!flat.empty() && flat.back() == ' ') flat.pop_back();
  text = std::move(flat);
}

Error Unsupported(std::string message) { return Error{Code::kUnsupported, std::move(message)}; }

std::optional<Error> TranslateUnknownOperator(std::string_view text) {
  if (auto op = Between(text, "No Op registered for ", " with domain_version of ")) {
    const auto opset = Between(std::string(text) + " ", "with domain_version of ", " ");
    return Unsupported("the operator " + *op + " is not known in opset " + opset.value_or("?") +
                       ": the model needs a custom operator, or an opset that has it");
  }
  if (auto op = Between(text, "Fatal error: ", " is not a registered function/op")) {
    std::string name = op->substr(0, op->find('('));
    const std::size_t colon = name.rfind(':');
    if (colon == std::string::npos) return Unsupported("the operator " + name + " is not known");
    return Unsupported("the operator " + name.substr(colon + 1) + " of the domain " +
                       name.substr(0, colon) + " is not known: custom operators are not built in");
  }
  if (auto op = Between(text, "Could not find an implementation for ", " node")) {
    return Unsupported("the operator " + op->substr(0, op->find('(')) +
                       " is not implemented for the types or opset that the model uses");
  }
  return std::nullopt;
}

std::optional<Error> TranslateFutureVersion(std::string_view text) {
  if (auto opset = Between(text, "Opset ", " is under development")) {
    const auto domain = Between(text, "support for domain ", " is till");
    const auto newest = Between(text, "is till opset ", ".");
    return Unsupported("the model uses opset " + *opset + " of " + domain.value_or("ai.onnx") +
                       "; the newest that is supported is " + newest.value_or("older") +
                       ": export it again with a lower target_opset");
  }
  if (auto version = Between(text, "Unsupported model IR version: ", ",")) {
    const auto newest = Between(std::string(text) + " ", "max supported IR version: ", " ");
    return Unsupported("the model has IR version " + *version +
                       "; the newest that is supported is " + newest.value_or("older") +
                       ": export it again with a lower ir_version");
  }
  return std::nullopt;
}

// StringNormalizer makes a locale when the graph is opened.
std::optional<Error> TranslateLocale(std::string_view text) {
  const auto name = Between(text, "Failed to construct locale with name:", ":");
  if (!name) return std::nullopt;
  return Unsupported("the model changes the case of texts by the rules of the locale " + *name +
                     ", which this machine does not have; install it (on Debian the package "
                     "locales-all, or locales and then locale-gen)");
}

bool Holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool SaysDividedByZero(std::string_view message) {
  return Holds(message, "Integer division by zero") || Holds(message, "Integer modulo by zero");
}

}  // namespace

std::string CleanOrtMessage(std::string_view message) {
  // The time of RemoveSourceMarks() grows with the square of the length, and a graph chooses the
  // names that the message holds.
  std::string text(base::FirstCharacters(message, kReadMessage));
  text.resize(std::min(text.size(), text.find("\nStacktrace:")));
  RemoveSourceMarks(text);
  FlattenSpaces(text);
  return base::Excerpt(text, kMaxMessage);
}

Error DividedByZero() {
  return Error{Code::kInvalid,
               "the model divides an integer by zero (or the smallest integer by -1) for this "
               "input"};
}

Error ConstantDividedByZero() {
  return Error{Code::kInvalid,
               "the graph divides an integer constant by zero (or the smallest integer by -1)"};
}

Error TranslateLoadError(std::string_view message) {
  if (SaysDividedByZero(message)) return ConstantDividedByZero();
  // Recognises causes by the words of ONNX Runtime 1.28. Another message keeps its words.
  const std::string text = CleanOrtMessage(message);
  if (auto error = TranslateUnknownOperator(text)) return *std::move(error);
  if (auto error = TranslateFutureVersion(text)) return *std::move(error);
  if (auto error = TranslateLocale(text)) return *std::move(error);
  if (text.find("not acyclic") != std::string::npos) {
    return Error{Code::kInvalid, "the graph has a cycle: nodes wait for each other's outputs"};
  }
  if (text.find("protobuf parsing failed") != std::string::npos) {
    return Error{Code::kInvalid, "the file is not an ONNX model, or it is damaged"};
  }
  constexpr std::string_view kPrefix = "This is an invalid model. ";
  std::string_view reason = text;
  if (reason.starts_with(kPrefix)) reason.remove_prefix(kPrefix.size());
  return Error{Code::kInvalid, "the graph is not valid: " + std::string(reason)};
}

Error TranslateRunError(OrtFault fault, std::string_view message) {
  const std::string text = CleanOrtMessage(message);
  if (fault == OrtFault::kInvalidArgument) {
    return Error{Code::kInvalid, "the model refused its inputs: " + text};
  }
  // The words of the C++ library, and those of the library's own allocators.
  if (Holds(message, "bad_alloc") || Holds(message, "Failed to allocate memory")) {
    return Error{Code::kUnavailable, "there is not enough memory to run the model on this input"};
  }
  // Operators that look before they divide.
  if (SaysDividedByZero(message)) return DividedByZero();
  const auto op = Between(text, "returned while running ", " node.");
  const std::size_t status = text.find("Status Message: ");
  if (op && status != std::string::npos) {
    return Error{Code::kInternal,
                 "the model failed in its operator " + *op + ": " +
                     text.substr(status + std::string_view("Status Message: ").size())};
  }
  return Error{Code::kInternal, "the model failed: " + text};
}

}  // namespace moorage::runtime
