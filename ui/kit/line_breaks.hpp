// Where a sentence may be broken without disturbing a slow reader. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bianmin::ui {

// The text in pieces that end with a mark such as a comma and what closes after it, Chinese or Latin.
std::vector<std::string_view> phrases_of(std::string_view text);

// `text` broken between phrases into at most `lines` lines of `width_px`, with the longest line as short as
// it can be; empty when its phrases do not fit so. `width_of` measures a phrase.
std::string lines_of_phrases(std::string_view text, int lines, int width_px,
                             const std::function<int(std::string_view)>& width_of);

std::string_view without_last_space(std::string_view line);

}  // namespace bianmin::ui
