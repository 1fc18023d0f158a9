// What residents do at a site, step by step, each step checked on the screen.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/e2e/site.hpp"

namespace bianmin::e2e {

struct Journey {
  std::string service;
  std::string case_no;              // as on the slip, digits only
  int steps = 0;                    // taps, cards and scans
  std::vector<std::string> states;  // as the screen showed them, in order
  bool check = false;               // not a whole journey of a case: a refusal, a walk-away, a page by itself
  bool ok = true;
  std::string problem;  // the first thing that was not so
};

struct PensionOptions {
  std::string card;  // a card of the emulator
  bool pictures = false;
  int rating = 0;  // 1..5; 0: no rating
  bool english = false;
  bool offline = false;  // expects "saved" and nothing more
  bool without_paper = false;
  bool sheet = false;  // an A4 printer is there, and the sheet is asked for
  bool quick = false;  // no press filter: for tests that count
};

struct LookUpOptions {
  bool pictures = false;
  std::vector<std::string> expect;  // the states that must be shown as done
  bool offline = false;
  bool check = false;
};

// Plays on one site; numbers its pictures. Every call waits for what must be seen and never sleeps blindly.
class Stage {
 public:
  Stage(Site& site, std::filesystem::path pictures) : site_(site), folder_(std::move(pictures)) {}

  void online(bool on);  // starts or stops the hub, starts the agent, then the terminal if it is not up
  void welcome_pages();  // welcome, help, sizes, a closed service
  void confirm_pension(const PensionOptions& options);
  void look_up(const LookUpOptions& options);  // the case of the last slip
  void refused_card(const std::string& card);
  void sheet_on_paper(const PensionOptions& options);  // an A4 printer comes, and goes again
  void certificate_on_paper();  // a department has issued one over the case of the last slip
  void paper_runs_out(const PensionOptions& options);
  void hub_goes_away(const PensionOptions& options);
  void power_goes_out(const PensionOptions& options);  // before anybody came, and in the middle of a service
  void speak_english_on_black();
  void walks_away();

  std::vector<Journey>& journeys() { return journeys_; }
  Journey& current() { return journeys_.back(); }
  int pictures() const { return picture_count_; }
  const std::string& slip_code() const { return slip_code_; }

 private:
  void begin(const std::string& service, bool check = false);
  bool step(const std::string& what, const Result<void>& done);
  bool tap(const std::string& id);
  // Taps, and taps again when nothing happens, as a person does: a page may be built anew under the finger.
  bool tap_to(const std::string& id, const std::string& page_id);
  bool device(const std::string& command);
  bool see(const std::string& text, std::int64_t limit_ms = 10'000);
  void see_state(const std::string& state, const std::string& words);
  void picture(const std::string& name, bool wanted = true);
  void card_and_questions(const PensionOptions& options);
  void save_and_slip(const PensionOptions& options);
  void until_accepted(const std::string& case_no);
  void read_slip();
  void print_sheet();
  void read_sheet();
  Result<std::string> run(const std::vector<std::string>& words);

  Site& site_;
  std::filesystem::path folder_;
  std::vector<Journey> journeys_;
  std::string slip_code_;
  int picture_count_ = 0;
  int slip_count_ = 0;
  bool agent_up_ = false;
  bool quick_ = false;
};

}  // namespace bianmin::e2e
