#pragma once

#include "edge/api/testing/test_service.h"
#include "edge/port/reactor_group.h"

namespace moorage::port {

// A TestService that a reactor runs.
class TestReactorService : public ReactorService {
 public:
  explicit TestReactorService(const base::Clock& clock, api::Dispatcher::Options options = {})
      : service_(clock, options) {}

  api::TestService& service() { return service_; }
  api::Dispatcher& dispatcher() override { return service_.dispatcher(); }
  void EndTick() override { service_.EndTick(); }

 private:
  api::TestService service_;
};

}  // namespace moorage::port
