// One slip between the loop, which orders it, and the printer's own thread, which prints it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>

#include "drivers/printer/document.hpp"

namespace bianmin::printer {

//   none ─► waiting ─► printing ─► uncut ─► cutting ─► none
//              ▲           │         ▲ │        │
//              └───────────┘         └─┼────────┘ the body is known to be on paper
//              └───────────────────────┘ what is on paper is lost
enum class SlipPhase {
  none,
  waiting,   // it has not begun, or has to begin anew
  printing,  // its body is on the way: whatever goes wrong leaves a damaged piece
  uncut,     // its body is on paper; the end mark and the cut are not on their way
  cutting,   // they are: nothing is certain without the printer's word
};

enum class SlipEnd { none, printed, doubtful, cancelled };

// Thread-safe; the calls say whose they are. A slip is ended by exactly one call, which says how.
class SlipDesk {
 public:
  // The loop's.
  bool order(Document document);  // false: one is under way
  SlipEnd call_off();             // none: nothing is under way, or it ends by the device's thread, soon
  void expect_remains();
  void want_retracted();  // what waits at the mouth

  // The device thread's.
  SlipPhase phase() const;
  Document document() const;
  bool begin();                // waiting → printing
  bool body_sent(bool known);  // printing → uncut; false: it was called off, and is to be interrupted
  bool body_known() const;     // whether the printer said that the body is on paper
  bool cut_begins();           // uncut → cutting; false: it was called off, and has ended
  // What was on its way may be on paper or not. Goes back to where the slip can be gone on with.
  SlipEnd interrupted();
  void begin_anew();         // uncut → waiting: what was on paper is gone
  void doubt(bool remains);  // ends it
  void printed();            // ends it
  bool remains() const;      // a piece hangs in the printer that does not belong to the slip under way
  void remains_cut();
  bool retract_wanted() const;  // not while a slip is under way: it comes first
  void retracted();
  // Until something is ordered or called off, or the time is over: `idle_ms` when there is nothing to do.
  void wait(int idle_ms, int busy_ms, std::stop_token stop);
  // Requested at the next order or call: for whoever waits elsewhere. To be taken before the phase is looked
  // at. One at a time.
  std::stop_token news();
  bool idle() const;  // no slip, no remains and nothing to take in

 private:
  void tell();  // under the mutex

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable_any changed_;
  std::stop_source news_;
  Document document_;
  SlipPhase phase_ = SlipPhase::none;
  bool body_known_ = false;
  bool cancel_wanted_ = false;
  bool remains_ = false;
  bool retract_wanted_ = false;
  unsigned changes_ = 0;
};

}  // namespace bianmin::printer
