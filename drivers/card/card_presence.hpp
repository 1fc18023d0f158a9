#pragma once

namespace bianmin::card {

enum class CardPresence { unknown, none, present };  // unknown: no reader, or nobody looks

}  // namespace bianmin::card
