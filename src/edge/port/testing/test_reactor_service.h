#pragma once

// A service for tests of a port. The reactor's thread only.

#include "edge/api/testing/test_service.h"
#include "edge/port/reactor_group.h"

namespace moorage::port {

// Runs a TestService at the end of each tick.
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
