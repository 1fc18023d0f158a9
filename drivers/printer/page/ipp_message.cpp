#include "drivers/printer/page/ipp_message.hpp"

#include <algorithm>

namespace bianmin::printer {

namespace {

constexpr std::uint8_t delimiters_end = 0x0F;  // tags up to here begin a group
constexpr std::uint16_t version = 0x0200;

Error bad(std::string_view why) { return {Remedy::retry_later, "ipp.bad_message", std::string(why)}; }

}  // namespace

IppWriter::IppWriter(IppOperation operation, std::uint32_t request_id) {
  writer_.u16_be(version).u16_be(static_cast<std::uint16_t>(operation)).u32_be(request_id);
  group(IppTag::operation_group);
  text(IppTag::charset, "attributes-charset", "utf-8");
  text(IppTag::natural_language, "attributes-natural-language", "en");
  text(IppTag::uri, "printer-uri", "ipp://localhost/ipp/print");
}

IppWriter& IppWriter::group(IppTag tag) {
  writer_.u8(static_cast<std::uint8_t>(tag));
  return *this;
}

IppWriter& IppWriter::text(IppTag tag, std::string_view name, std::string_view value) {
  writer_.u8(static_cast<std::uint8_t>(tag)).u16_be(static_cast<std::uint16_t>(name.size())).text(name);
  writer_.u16_be(static_cast<std::uint16_t>(value.size())).text(value);
  return *this;
}

IppWriter& IppWriter::texts(IppTag tag, std::string_view name, const std::vector<std::string_view>& values) {
  // The second value and those after it have no name.
  for (std::size_t i = 0; i < values.size(); ++i) text(tag, i == 0 ? name : std::string_view(), values[i]);
  return *this;
}

IppWriter& IppWriter::integer(std::string_view name, std::int32_t value) {
  writer_.u8(static_cast<std::uint8_t>(IppTag::integer)).u16_be(static_cast<std::uint16_t>(name.size()));
  writer_.text(name).u16_be(4).u32_be(static_cast<std::uint32_t>(value));
  return *this;
}

Bytes IppWriter::take() {
  group(IppTag::end);
  return writer_.take();
}

const IppAttribute* IppMessage::find(std::string_view name) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [name](const IppAttribute& each) { return each.name == name; });
  return found == attributes.end() ? nullptr : &*found;
}

std::optional<std::int64_t> IppMessage::integer(std::string_view name) const {
  const IppAttribute* const attribute = find(name);
  if (attribute == nullptr || attribute->values.empty() || attribute->values[0].size() != 4)
    return std::nullopt;
  ByteReader reader(view_of(attribute->values[0]));
  return static_cast<std::int32_t>(reader.u32_be());
}

bool IppMessage::has(std::string_view name, std::string_view value) const {
  const IppAttribute* const attribute = find(name);
  return attribute != nullptr &&
         std::find(attribute->values.begin(), attribute->values.end(), value) != attribute->values.end();
}

Result<IppMessage> read_ipp(ByteView bytes) {
  ByteReader reader(bytes);
  IppMessage message;
  reader.skip(2);
  message.code = reader.u16_be();
  message.request_id = reader.u32_be();
  for (;;) {
    const std::uint8_t tag = reader.u8();
    if (reader.failed()) return bad("it ends in the middle");
    if (tag == static_cast<std::uint8_t>(IppTag::end)) break;
    if (tag <= delimiters_end) continue;
    const std::string name = text_of(reader.take(reader.u16_be()));
    std::string value = text_of(reader.take(reader.u16_be()));
    if (reader.failed()) return bad("half an attribute");
    if (name.empty() && message.attributes.empty()) return bad("a value without a name");
    if (!name.empty()) message.attributes.push_back({tag, name, {}});
    if (message.attributes.size() > ipp_attributes_max) return bad("too many attributes");
    message.attributes.back().values.push_back(std::move(value));
  }
  message.byte_count = reader.position();
  return message;
}

}  // namespace bianmin::printer
