#include "sync/hub/service/gathering.hpp"

#include <algorithm>

namespace bianmin::hub {

void Gathering::handle(HttpRequest request, Answer answer) {
  if (auto response = service_.answer(request)) return answer(std::move(*response));
  waiting_.push_back({std::move(request), std::move(answer)});
  if (!looking_) look_later();
}

void Gathering::look_later() {
  looking_ = true;
  later_([this] { look(); });
}

void Gathering::look() {
  const std::size_t count = waiting_.size();
  const bool grows = count > std::exchange(seen_, count);
  if (grows && count < ingest_batch_max) return look_later();
  // All of them, though they be many commits: who reads on meanwhile would have more and more of them wait.
  const std::vector<Waiting> gathered = std::exchange(waiting_, {});
  seen_ = 0;
  looking_ = false;
  for (std::span rest(gathered); !rest.empty(); rest = rest.subspan(std::min(rest.size(), ingest_batch_max)))
    take(rest.first(std::min(rest.size(), ingest_batch_max)));
}

// Whoever gets an answer may bring the next upload before the others have theirs.
void Gathering::take(std::span<const Waiting> together) {
  std::vector<const HttpRequest*> uploads;
  for (const Waiting& one : together) uploads.push_back(&one.request);
  metrics_.observe(metric::commit_records, {}, static_cast<double>(uploads.size()));
  auto responses = service_.take(uploads);
  for (std::size_t at = 0; at < together.size(); ++at) together[at].answer(std::move(responses[at]));
}

}  // namespace bianmin::hub
