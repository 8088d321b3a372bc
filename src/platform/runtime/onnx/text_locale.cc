#include "platform/runtime/onnx/text_locale.h"

#include <locale.h>

#include <string>

// The C++ library makes its locales by this function of the C library. A definition in the program
// is found before that one. It answers every other name, and this one where the machine has it, as
// the C library does.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" locale_t __newlocale(int mask, const char* name, locale_t base) noexcept {
  const locale_t made = ::newlocale(mask, name, base);
  if (made != nullptr || name == nullptr || moorage::runtime::kTextLocale != name) return made;
  return ::newlocale(mask, "C.UTF-8", base);
}

namespace moorage::runtime {

bool ProvideTextLocale() {
  const locale_t made = ::__newlocale(LC_ALL_MASK, std::string(kTextLocale).c_str(), nullptr);
  if (made == nullptr) return false;
  ::freelocale(made);
  return true;
}

}  // namespace moorage::runtime
