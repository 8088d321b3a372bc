#include "edge/http1/answer_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "edge/net/testing/fake_wire.h"

namespace moorage::http1 {
namespace {

class NamedAnswer : public QueuedAnswer<NamedAnswer> {
 public:
  explicit NamedAnswer(std::string text) : name(std::move(text)) {}
  bool complete() const { return is_complete; }

  const std::string name;
  bool is_complete = false;
};

class AnswerQueueTest : public testing::Test {
 protected:
  AnswerQueueTest() {
    for (NamedAnswer* answer : {&first_, &second_, &third_}) queue_.Push(*answer);
  }

  void Complete(NamedAnswer& answer) {
    queue_.OutputOf(answer).Append(answer.name);
    answer.is_complete = true;
  }
  // The names of the answers that have had their turn.
  std::vector<std::string> Take() {
    std::vector<std::string> names;
    while (const NamedAnswer* answer = queue_.TakeComplete()) names.push_back(answer->name);
    return names;
  }

  net::FakeWire wire_;
  AnswerQueue<NamedAnswer> queue_{wire_};
  NamedAnswer first_{"first "};
  NamedAnswer second_{"second "};
  NamedAnswer third_{"third "};
};

TEST_F(AnswerQueueTest, MovesALargeAnswerToTheWireWithoutACopy) {
  const std::string large(std::size_t{100} << 10U, 'x');
  json::ByteBuffer& held = queue_.OutputOf(second_);
  held.Append(large);
  second_.is_complete = true;
  const char* const text = held.view().data();
  first_.is_complete = true;
  EXPECT_EQ(Take().size(), 2U);
  EXPECT_EQ(wire_.output().view().data(), text);
  EXPECT_EQ(wire_.TakeSent(), large);
}

TEST_F(AnswerQueueTest, SendsTheOldestAnswerAtOnce) {
  EXPECT_EQ(queue_.depth(), 3U);
  EXPECT_EQ(queue_.front(), &first_);
  Complete(first_);
  EXPECT_EQ(wire_.TakeSent(), "first ");
  EXPECT_EQ(Take(), std::vector<std::string>{"first "});
  EXPECT_EQ(queue_.front(), &second_);
  EXPECT_EQ(queue_.depth(), 2U);
}

TEST_F(AnswerQueueTest, HoldsEarlyAnswersUntilTheirTurn) {
  Complete(third_);
  Complete(second_);
  EXPECT_EQ(Take(), std::vector<std::string>{});
  EXPECT_EQ(wire_.TakeSent(), "");
  Complete(first_);
  EXPECT_EQ(Take(), (std::vector<std::string>{"first ", "second ", "third "}));
  EXPECT_EQ(wire_.TakeSent(), "first second third ");
  EXPECT_TRUE(queue_.empty());
}

TEST_F(AnswerQueueTest, SendsWhatAStreamHasHeldWhenItsTurnComes) {
  queue_.OutputOf(second_).Append("held, ");
  Complete(first_);
  EXPECT_EQ(Take(), std::vector<std::string>{"first "});
  EXPECT_EQ(wire_.TakeSent(), "first held, ");
  queue_.OutputOf(second_).Append("direct");
  EXPECT_EQ(wire_.TakeSent(), "direct");
}

TEST_F(AnswerQueueTest, KnowsTheLastAnswer) {
  EXPECT_TRUE(queue_.IsLast(third_));
  EXPECT_FALSE(queue_.IsLast(first_));
  NamedAnswer fourth("fourth");
  queue_.Push(fourth);
  EXPECT_FALSE(queue_.IsLast(third_));
  queue_.DetachAll([](NamedAnswer&) {});
  EXPECT_FALSE(queue_.IsLast(fourth));
}

TEST_F(AnswerQueueTest, SendsInterimTextBehindTheAnswersThatAreOwed) {
  queue_.SendInterim("continue ");
  Complete(first_);
  Take();
  queue_.SendDueInterim();
  EXPECT_EQ(wire_.TakeSent(), "first ");
  Complete(second_);
  Take();
  queue_.SendDueInterim();
  queue_.SendDueInterim();
  EXPECT_EQ(wire_.TakeSent(), "second continue ");
  queue_.SendInterim("at once ");
  Complete(third_);
  EXPECT_EQ(wire_.TakeSent(), "at once third ");
}

TEST_F(AnswerQueueTest, DropsInterimTextOfARequestThatIsComplete) {
  queue_.SendInterim("continue");
  queue_.DropInterim();
  for (NamedAnswer* answer : {&first_, &second_, &third_}) Complete(*answer);
  Take();
  queue_.SendDueInterim();
  EXPECT_EQ(wire_.TakeSent(), "first second third ");
}

TEST_F(AnswerQueueTest, DetachesAllInOrderWhenTheConnectionCloses) {
  std::vector<std::string> detached;
  queue_.DetachAll([&](NamedAnswer& answer) {
    EXPECT_TRUE(queue_.empty());
    EXPECT_EQ(queue_.depth(), 0U);
    Complete(answer);
    EXPECT_EQ(queue_.TakeComplete(), nullptr) << "its turn never comes";
    detached.push_back(answer.name);
  });
  EXPECT_EQ(detached, (std::vector<std::string>{"first ", "second ", "third "}));
  EXPECT_EQ(wire_.TakeSent(), "");
}

}  // namespace
}  // namespace moorage::http1
