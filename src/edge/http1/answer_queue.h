#pragma once

// The answers that a connection owes, in the order of its requests (RFC 9112, 9.3.2). The reactor's
// thread only.

#include <cstddef>
#include <string_view>
#include <utility>

#include "edge/net/codec.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::http1 {

// Gives each answer its turn. The oldest answer writes to the wire. The text of a later one is held
// until every earlier answer is complete. The queue owns no answer.
//
//   answers.Push(a);
//   answers.Push(b);
//   answers.OutputOf(b).Append("late");   // held
//   answers.OutputOf(a).Append("early");  // on the wire
//   while (Answer* answer = answers.TakeComplete()) ...  // a, then b with its text
//
// An Answer derives from QueuedAnswer<Answer> and has `bool complete() const`. It is a parameter,
// not an interface, because a virtual call per request would cost more than the queue.
template <typename Answer>
class AnswerQueue {
 public:
  explicit AnswerQueue(net::Wire& wire) : wire_(wire) {}

  bool empty() const { return front_ == nullptr; }
  std::size_t depth() const { return depth_; }
  // Returns the answer that writes to the wire, or null.
  Answer* front() const { return front_; }
  bool IsLast(const Answer& answer) const { return &answer == back_; }

  void Push(Answer& answer) {
    answer.next_ = nullptr;
    (back_ == nullptr ? front_ : back_->next_) = &answer;
    back_ = &answer;
    ++depth_;
    interim_ = {};
  }

  // Returns the buffer for the text of `answer`, which is the wire's when it has its turn.
  json::ByteBuffer& OutputOf(Answer& answer) {
    return &answer == front_ ? wire_.output() : answer.held_;
  }

  // Moves what the oldest answer has held to the wire. Removes and returns the answer if it is
  // complete, else returns null.
  Answer* TakeComplete() {
    Answer* answer = front_;
    if (answer == nullptr) return nullptr;
    if (!answer->held_.empty()) {
      json::ByteBuffer& output = wire_.output();
      // A large answer changes its owner. A copy would take its memory twice.
      if (output.empty() && answer->held_.size() > net::kUnchargedOutput) {
        std::swap(output, answer->held_);
      } else {
        output.Append(answer->held_.view());
      }
      answer->held_.Clear();
    }
    if (!answer->complete()) return nullptr;
    front_ = std::exchange(answer->next_, nullptr);
    if (front_ == nullptr) back_ = nullptr;
    --depth_;
    return answer;
  }

  // Sends static `text` for the newest answer, once no earlier one is owed.
  void SendInterim(std::string_view text) {
    interim_ = text;
    SendDueInterim();
  }
  void SendDueInterim() {
    if (interim_.empty() || front_ != back_) return;
    wire_.output().Append(std::exchange(interim_, {}));
  }
  // The request of the newest answer is complete, so the client needs no text that still waits.
  void DropInterim() { interim_ = {}; }

  // Returns the oldest answer that `wanted` accepts, or null.
  template <typename Wanted>
  Answer* Find(Wanted wanted) const {
    for (Answer* answer = front_; answer != nullptr; answer = answer->next_) {
      if (wanted(*answer)) return answer;
    }
    return nullptr;
  }

  // Empties the queue, then calls `detach` with each answer, oldest first. Whatever `detach` causes
  // finds the queue empty.
  template <typename Detach>
  void DetachAll(Detach detach) {
    Answer* answer = std::exchange(front_, nullptr);
    back_ = nullptr;
    depth_ = 0;
    interim_ = {};
    while (answer != nullptr) {
      Answer* next = std::exchange(answer->next_, nullptr);
      detach(*answer);
      answer = next;
    }
  }

 private:
  net::Wire& wire_;
  Answer* front_ = nullptr;
  Answer* back_ = nullptr;
  std::size_t depth_ = 0;
  std::string_view interim_;
};

// An answer's place in the queue, and its text until it has its turn.
template <typename Answer>
class QueuedAnswer {
 private:
  friend Answer;
  friend class AnswerQueue<Answer>;

  QueuedAnswer() = default;

  Answer* next_ = nullptr;
  json::ByteBuffer held_;
};

}  // namespace moorage::http1
