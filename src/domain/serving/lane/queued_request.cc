#include "domain/serving/lane/queued_request.h"

#include <algorithm>
#include <iterator>

#include "domain/serving/lane/completion_queue.h"

namespace moorage::lane {

bool MayShareARun(const QueuedRequest& a, const QueuedRequest& b) {
  if (a.is_work() || b.is_work()) return false;
  return a.servable->batchable && a.batch->alone.empty() && b.batch->alone.empty() &&
         a.batch->predictions == b.batch->predictions &&
         (a.batch == b.batch || a.batch->rows.form() == b.batch->rows.form());
}

void Return(Requests requests) {
  // All that a lane gets of one run reaches it together, so that it sees the run once.
  std::ranges::stable_sort(requests, {}, [](const auto& request) { return request->reply.get(); });
  for (auto first = requests.begin(); first != requests.end();) {
    const CompletionQueue* const lane = (*first)->reply.get();
    const auto last = std::find_if(first, requests.end(), [lane](const auto& request) {
      return request->reply.get() != lane;
    });
    // A request gives up its pointer to the queue first. A queue that holds a request that holds
    // the queue would never be freed.
    const std::shared_ptr<CompletionQueue> reply = (*first)->reply;
    for (auto request = first; request != last; ++request) (*request)->reply = nullptr;
    reply->Put(Requests(std::make_move_iterator(first), std::make_move_iterator(last)));
    first = last;
  }
}

}  // namespace moorage::lane
