// One service being done by one person, from its first page to its last.
#pragma once

#include <functional>

#include "terminal/base/result.hpp"
#include "terminal/session/cabinet.hpp"
#include "terminal/session/frame.hpp"

namespace bianmin::session {

// Thread-bound. Implementations: CaseFlow, ProgressFlow.
class Flow {
 public:
  virtual ~Flow() = default;
  virtual void start() = 0;
  // Ends what is under way at the devices; `then` runs on the loop when nothing is pending any more.
  virtual void finish(std::function<void()> then) = 0;
  // True when a result is on screen: nobody has to do anything any more, so it may go by itself.
  virtual bool showing_result() const = 0;
  // Where the person is wanted now; asked for at each page that is shown.
  virtual Guide guide() const { return {}; }
  // A card came to the reader or went from it.
  virtual void card_changed() {}
  // Runs when a result comes on the screen, from then on the shorter time of result pages counts; and when
  // what is there has become something to wait for.
  void on_result(std::function<void()> shown) { result_shown_ = std::move(shown); }

 protected:
  void tell_result_shown() const {
    if (result_shown_) result_shown_();
  }

 private:
  std::function<void()> result_shown_;
};

// Shows a full-page notice with a code; `act` runs when its button is touched. `about` is the start of three
// strings: "<about>.title", "<about>.body", "<about>.action".
void show_notice(Frame& frame, ui::Level level, const std::string& about, std::string_view code,
                 std::function<void()> act);

// The sentence for a resident about a code, from the strings "code.<code>", or the general one.
std::string code_text(const ui::Strings& strings, std::string_view code);

}  // namespace bianmin::session
