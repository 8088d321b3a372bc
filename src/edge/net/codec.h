#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::net {

// The connection as a codec sees it: bytes out, time, and an end. Everything happens on the
// reactor's thread; nothing here destroys the codec before the end of the tick.
class Wire {
 public:
  virtual ~Wire() = default;

  // What is appended here is sent at the end of the tick.
  virtual json::ByteBuffer& output() = 0;
  // Bytes in output() that are not sent yet.
  virtual std::size_t output_size() const = 0;
  // The tick's time.
  virtual base::Instant now() const = 0;
  virtual const std::string& peer() const = 0;

  // Codec::Consume() is called with what has arrived once more, in the next tick.
  virtual void Resume() = 0;
  // Codec::OnOutputLow() is called once, in a later tick, when the output is nearly sent.
  virtual void WatchOutput() = 0;
  // Codec::OnDeadline() is called at that time, to the second. One deadline at a time;
  // Instant::max() for none.
  virtual void SetDeadline(base::Instant deadline) = 0;

  // Sends what is in output(), then ends the connection so that the answer survives a peer that is
  // still sending: FIN, then what arrives is thrown away for a while.
  virtual void CloseAfterOutput() = 0;
  // Ends the connection now, with what is unsent.
  virtual void Abort() = 0;
};

// Turns bytes into exchanges and answers into bytes, for one connection. HTTP/1.1 answers in the
// order of the requests, other protocols may answer their streams in any order: that is each
// codec's own matter.
class Codec {
 public:
  virtual ~Codec() = default;

  // Takes what it can use from the front of `bytes` and answers how many bytes that was; the rest
  // comes again, longer, or after Wire::Resume(). What stays is kept contiguous, wherever it is
  // moved.
  virtual std::size_t Consume(std::string_view bytes) = 0;
  // False while Consume() would take nothing: the connection stops reading until Wire::Resume().
  virtual bool wants_input() const = 0;
  // How many bytes must be there, in all, before Consume() can go on: a hint for the buffer.
  virtual std::size_t wanted_bytes() const = 0;

  // The peer sends no more, but may still read.
  virtual void OnEndOfInput() = 0;
  virtual void OnOutputLow() = 0;
  virtual void OnDeadline() = 0;
  // The connection is gone, or about to: exchanges answer into the void from here on.
  virtual void OnClosed() = 0;

  // From here on the connection is to end as soon as what was asked is answered; what is asked
  // until `idle_until` is still answered.
  virtual void StartDrain(base::Instant idle_until) = 0;
  // Nothing asked, nothing half received, nothing to answer.
  virtual bool idle() const = 0;
};

}  // namespace moorage::net
