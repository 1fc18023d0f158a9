// Uploads that come together, from whatever connections, share a commit.
//
// An upload that is alone is taken in when the loop has nothing else to do: no timer makes it wait. While
// more come with each turn of the loop, they are waited for, up to a full commit; and what comes while one
// runs is there for the next.
#pragma once

#include "sync/hub/service/service.hpp"

namespace bianmin::hub {

// Thread-bound. Borrows the service.
class Gathering {
 public:
  // `later`: runs what it is given on this thread, behind all that is waiting on the loop.
  using Later = std::function<void(std::function<void()>)>;
  Gathering(HubService& service, Metrics& metrics, Later later)
      : service_(service), metrics_(metrics), later_(std::move(later)) {}

  // What is no upload is answered at once. Blocks for the disk.
  void handle(HttpRequest request, Answer answer);
  bool empty() const { return waiting_.empty(); }  // nobody waits for an answer

 private:
  struct Waiting {
    HttpRequest request;
    Answer answer;
  };
  void look_later();
  void look();
  void take(std::span<const Waiting> together);

  HubService& service_;
  Metrics& metrics_;
  Later later_;
  std::vector<Waiting> waiting_;
  std::size_t seen_ = 0;  // of them, when it was last looked
  bool looking_ = false;
};

}  // namespace bianmin::hub
