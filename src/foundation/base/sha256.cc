#include "foundation/base/sha256.h"

#include <openssl/evp.h>

#include <cstdlib>

namespace moorage::base {

// libcrypto fails only without memory or without the algorithm. A wrong digest would name the wrong
// content, so each failure aborts.
struct Sha256::State {
  State() : context(EVP_MD_CTX_new()) {
    if (context == nullptr || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1) std::abort();
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  EVP_MD_CTX* context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::span<const std::byte> bytes) {
  if (EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) != 1) std::abort();
}

Sha256Bytes Sha256::Finish() {
  Sha256Bytes digest{};
  unsigned int size = 0;
  auto* out = static_cast<unsigned char*>(static_cast<void*>(digest.data()));
  if (EVP_DigestFinal_ex(state_->context, out, &size) != 1 || size != digest.size()) std::abort();
  return digest;
}

Sha256Bytes Sha256::Of(std::string_view text) {
  Sha256 hash;
  hash.Update(std::as_bytes(std::span(text)));
  return hash.Finish();
}

}  // namespace moorage::base
