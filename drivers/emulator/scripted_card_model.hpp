// A card that knows one conversation: the commands it expects, in this order, and what it answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/emulator/card_model.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::emulator {

struct ScriptedExchange {
  Bytes command;
  Bytes answer;  // with its status
};

// Lines "> COMMAND" and "< ANSWER" in hex with any spaces, in turn; empty lines and lines that begin with '#'
// do not count. Error "script.bad_line" with its number.
Result<std::vector<ScriptedExchange>> parse_card_script(std::string_view text);

class ScriptedCardModel : public CardModel {
 public:
  ScriptedCardModel(Bytes atr, std::vector<ScriptedExchange> script)
      : atr_(std::move(atr)), script_(std::move(script)) {}
  Bytes atr() const override { return atr_; }
  void power_on() override {}
  // An expected length counts for nothing in the comparison: readers add or drop it as their protocol wants.
  // Anything unexpected is answered by 6F00, and is surprise() from then on.
  Bytes answer(ByteView command) override;

  bool finished() const { return surprise_.empty() && at_ == script_.size(); }
  const std::string& surprise() const { return surprise_; }  // the command, in hex; empty: none yet

 private:
  Bytes atr_;
  std::vector<ScriptedExchange> script_;
  std::size_t at_ = 0;
  std::string surprise_;
};

}  // namespace bianmin::emulator
