#include "foundation/model/call_context.h"

#include <gtest/gtest.h>

namespace moorage::model {
namespace {

TEST(CallContext, OfANewCallIsAnonymousAndWithoutADeadline) {
  const CallContext context;
  EXPECT_EQ(context.principal, "anonymous");
  EXPECT_EQ(context.protocol, "http/1.1");
  EXPECT_EQ(context.operation, "");
  EXPECT_EQ(context.deadline, base::Instant::max());
}

TEST(CallContext, HoldsNothingOfTheCallBeforeOnceItIsReset) {
  CallContext context{.operation = "predict",
                      .protocol = "http/1.0",
                      .request_id = "id-1",
                      .traceparent = "00-1",
                      .principal = "ann",
                      .peer = "192.0.2.1:1",
                      .deadline = base::Instant::min()};
  context.Reset();
  EXPECT_EQ(context.operation, "");
  EXPECT_EQ(context.protocol, "http/1.1");
  EXPECT_EQ(context.request_id, "");
  EXPECT_EQ(context.traceparent, "");
  EXPECT_EQ(context.principal, "anonymous");
  EXPECT_EQ(context.peer, "");
  EXPECT_EQ(context.deadline, base::Instant::max());
}

TEST(CallContext, KeepsTheMemoryOfItsTextsForTheNextCall) {
  CallContext context;
  context.request_id.assign(200, 'x');
  const char* memory = context.request_id.data();
  context.Reset();
  context.request_id.assign(200, 'y');
  EXPECT_EQ(context.request_id.data(), memory);
}

}  // namespace
}  // namespace moorage::model
