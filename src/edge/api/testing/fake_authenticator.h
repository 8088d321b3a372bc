#pragma once

// An authenticator that answers when the test decides.

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "edge/api/authenticator.h"

namespace moorage::api {

// Makes every call wait until the test decides it. Calls are numbered in the order of the
// questions.
class FakeAuthenticator : public Authenticator {
 public:
  std::optional<base::Status> Authenticate(AuthenticationRequest& asked) override {
    auto pending = asked.Defer();
    if (!pending.ok()) return std::move(pending).error();
    asked_.emplace_back(*std::move(pending));
    return std::nullopt;
  }

  std::size_t asked() const { return asked_.size(); }
  bool wanted(std::size_t which) const { return asked_[which]->wanted(); }
  void Allow(std::size_t which, std::string_view principal = "ann") {
    asked_[which]->Allow(principal);
  }
  void Refuse(std::size_t which, const base::Error& error) { asked_[which]->Refuse(error); }
  // Destroys the right to decide, without a decision.
  void Abandon(std::size_t which) { asked_[which].reset(); }

 private:
  std::vector<std::optional<PendingDecision>> asked_;
};

}  // namespace moorage::api
