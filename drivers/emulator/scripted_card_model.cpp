#include "drivers/emulator/scripted_card_model.hpp"

#include <fmt/format.h>

#include "drivers/card/apdu.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::emulator {

namespace {

bool same_command(ByteView expected, ByteView got) {
  const auto a = card::decode_apdu(expected);
  const auto b = card::decode_apdu(got);
  return a && b && a->cla == b->cla && a->ins == b->ins && a->p1 == b->p1 && a->p2 == b->p2 &&
         a->data == b->data;
}

}  // namespace

Result<std::vector<ScriptedExchange>> parse_card_script(std::string_view text) {
  std::vector<ScriptedExchange> script;
  bool answered = true;
  int number = 0;
  for (const std::string_view raw : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.empty() || line[0] == '#') continue;
    const auto bytes = from_hex(replace_all(std::string(line.substr(1)), " ", ""));
    const bool command = line[0] == '>';
    if (!bytes || (!command && line[0] != '<') || command != answered) {
      return Error{Remedy::refuse, "script.bad_line", fmt::format("line {}", number)};
    }
    if (command) {
      script.push_back({*bytes, {}});
    } else {
      script.back().answer = *bytes;
    }
    answered = !command;
  }
  if (!answered) return Error{Remedy::refuse, "script.bad_line", "the last command has no answer"};
  return script;
}

Bytes ScriptedCardModel::answer(ByteView command) {
  if (surprise_.empty() && at_ < script_.size() && same_command(script_[at_].command, command)) {
    return script_[at_++].answer;
  }
  if (surprise_.empty()) surprise_ = to_hex(command);
  return {0x6F, 0x00};
}

}  // namespace bianmin::emulator
