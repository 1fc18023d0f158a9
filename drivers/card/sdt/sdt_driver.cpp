#include "drivers/card/sdt/sdt_driver.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "drivers/card/sdt/sdt_link.hpp"
#include "drivers/card/sdt/sdt_status.hpp"
#include "drivers/card/sdt/text_block.hpp"

namespace bianmin::card {

namespace {

constexpr std::size_t sam_id_byte_count = 16;
constexpr int tries_max = 3;  // of select and read, before the resident is asked to do something

const SdtModel* find_model(const std::vector<SdtModel>& models, const usb::DeviceInfo& device) {
  const auto found = std::find_if(models.begin(), models.end(), [&device](const SdtModel& model) {
    return model.vendor == device.vendor && model.product == device.product;
  });
  return found == models.end() ? nullptr : &*found;
}

std::optional<int> interface_of(const std::vector<SdtModel>& models, const usb::DeviceInfo& device) {
  if (find_model(models, device) == nullptr) return std::nullopt;
  for (const usb::InterfaceInfo& interface : device.interfaces) {
    if (sdt_endpoints(interface)) return interface.number;
  }
  return std::nullopt;
}

Error no_reader(std::string_view why) {
  return {Remedy::retry_later, "reader.not_an_id_reader", std::string(why)};
}

class SdtProtocol : public IdCardProtocol {
 public:
  SdtProtocol(usb::Channel& channel, SdtEndpoints endpoints, SdtTimings timings, SdtQuirks quirks)
      : link_(channel, endpoints), split_(endpoints.split()), timings_(timings), quirks_(quirks) {}

  Result<void> probe(std::stop_token stop) override;
  Result<CardPresence> look(std::stop_token stop) override;
  Result<IdCard> read(const IdCardRequest& request, std::stop_token stop) override;
  Result<IdCardModule> module(std::stop_token stop) override;

 private:
  // A reply with a good status, or sdt_error().
  Result<SdtReply> ask(SdtCommand command, int timeout_ms, std::stop_token stop);
  Result<IdCard> read_once(const IdCardRequest& request, std::stop_token stop);
  Result<std::string> read_further_address(std::stop_token stop);

  SdtLink link_;
  bool split_;
  SdtTimings timings_;
  SdtQuirks quirks_;
  bool hidden_ = false;  // the card on the reader may not be found again before it is lifted
};

Result<SdtReply> SdtProtocol::ask(SdtCommand command, int timeout_ms, std::stop_token stop) {
  auto reply = link_.exchange(command, timeout_ms, stop);
  if (!reply) return reply.error();
  if (sdt_status(reply->status[2]).meaning != SdtMeaning::good) return sdt_error(command, *reply);
  return reply;
}

Result<void> SdtProtocol::probe(std::stop_token stop) {
  if (quirks_.needs_settling && split_) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, std::chrono::milliseconds(timings_.settle_ms), [] { return false; });
  }
  link_.drain(timings_.quiet_ms, stop);
  auto id = link_.exchange(sdt_read_sam_id, timings_.probe_timeout_ms, stop);
  if (!id) return id.error();
  if (sdt_status(id->status[2]).meaning != SdtMeaning::good) {
    // A module that is in a bad way may come to itself: once, then the recovery ladder goes on.
    if (auto reset = link_.exchange(sdt_reset_sam, timings_.probe_timeout_ms, stop); !reset)
      return reset.error();
    id = link_.exchange(sdt_read_sam_id, timings_.probe_timeout_ms, stop);
    if (!id) return id.error();
  }
  const SdtMeaning meaning = sdt_status(id->status[2]).meaning;
  if (meaning == SdtMeaning::reader_failed) return sdt_error(sdt_read_sam_id, *id);
  if (meaning != SdtMeaning::good || id->data.size() != sam_id_byte_count)
    return no_reader("no module answers");
  return {};
}

Result<CardPresence> SdtProtocol::look(std::stop_token stop) {
  const auto found = link_.exchange(sdt_find_card, timings_.find_timeout_ms, stop);
  if (!found) return found.error();
  switch (sdt_status(found->status[2]).meaning) {
    case SdtMeaning::good:
      hidden_ = false;
      return CardPresence::present;
    case SdtMeaning::reader_failed:
    case SdtMeaning::link_failed:
      return sdt_error(sdt_find_card, *found);
    default:
      return hidden_ ? CardPresence::unknown : CardPresence::none;
  }
}

Result<IdCard> SdtProtocol::read(const IdCardRequest& request, std::stop_token stop) {
  Error last = {Remedy::ask_resident, "card.unreadable", "no try"};
  for (int tries = 0; tries < tries_max; ++tries) {
    auto card = read_once(request, stop);
    if (card) {
      hidden_ = quirks_.hides_read_card;
      return card;
    }
    last = card.error();
    if (!about_card(last) || !worth_another_try(last.code)) return last;
    const auto still_there = look(stop);
    if (!still_there) return still_there.error();
    if (*still_there == CardPresence::none) {
      return Error{Remedy::ask_resident, "card.removed", "gone after: " + last.text()};
    }
  }
  return last;
}

Result<IdCard> SdtProtocol::read_once(const IdCardRequest& request, std::stop_token stop) {
  if (auto selected = ask(sdt_select_card, timings_.select_timeout_ms, stop); !selected)
    return selected.error();
  const SdtCommand command = request.fingerprints ? sdt_read_text_photo_fingerprints : sdt_read_text_photo;
  auto reply = ask(command, timings_.read_timeout_ms, stop);
  if (!reply) return reply.error();
  const auto contents = split_contents(reply->data, request.fingerprints);
  if (!contents) {
    wipe(reply->data.data(), reply->data.size());
    return contents.error();
  }
  auto card = parse_text_block(contents->text);
  if (card) {
    card->photo.assign(contents->photo.begin(), contents->photo.end());
    card->fingerprints.assign(contents->fingerprints.begin(), contents->fingerprints.end());
  }
  wipe(reply->data.data(), reply->data.size());
  if (!card || !request.further_address) return card;
  auto further = read_further_address(stop);
  if (!further) return further.error();
  card->further_address = std::move(*further);
  return card;
}

// Every read command needs a card that was found and selected just before; a reader that hides a card it has
// read does not find it, so there the selecting has to do.
Result<std::string> SdtProtocol::read_further_address(std::stop_token stop) {
  if (!quirks_.hides_read_card) {
    if (auto found = ask(sdt_find_card, timings_.find_timeout_ms, stop); !found) return found.error();
  }
  if (auto selected = ask(sdt_select_card, timings_.select_timeout_ms, stop); !selected)
    return selected.error();
  auto reply = link_.exchange(sdt_read_further_address, timings_.further_address_timeout_ms, stop);
  if (!reply) return reply.error();
  const SdtMeaning meaning = sdt_status(reply->status[2]).meaning;
  if (meaning == SdtMeaning::nothing_there) return std::string();
  if (meaning != SdtMeaning::good) return sdt_error(sdt_read_further_address, *reply);
  auto address = parse_further_address(reply->data);
  wipe(reply->data.data(), reply->data.size());
  return address;
}

Result<IdCardModule> SdtProtocol::module(std::stop_token stop) {
  IdCardModule module;
  module.driver = "sdt";
  const auto status = link_.exchange(sdt_sam_status, timings_.probe_timeout_ms, stop);
  if (!status) return status.error();
  if (const SdtStatus told = sdt_status(status->status[2]); told.meaning != SdtMeaning::good) {
    module.status = told.code;
  }
  const auto reply = ask(sdt_read_sam_id, timings_.probe_timeout_ms, stop);
  if (!reply) return reply.error();
  auto id = sam_id_text(reply->data);
  if (!id) return id.error();
  module.id = std::move(*id);
  return module;
}

}  // namespace

// 0400:c35a is what nearly all of them use, and not its makers' own number.
std::vector<SdtModel> sdt_models() {
  return {{0x0400, 0xC35A, {.needs_settling = true}},
          {0x0316, 0x5020},
          {0x10C4, 0x8A1B},
          {0x2015, 0x0008},
          {0x9573, 0x4836}};
}

IdCardDriver sdt_driver(SdtTimings timings, std::vector<SdtModel> models) {
  IdCardDriver driver;
  driver.name = "sdt";
  driver.match = [models](const usb::DeviceInfo& device) { return interface_of(models, device); };
  driver.open = [models, timings](usb::Channel& channel) -> std::unique_ptr<IdCardProtocol> {
    const auto endpoints = sdt_endpoints(channel.interface());
    const SdtModel* model = find_model(models, channel.device());
    if (!endpoints || model == nullptr) return nullptr;
    return std::make_unique<SdtProtocol>(channel, *endpoints, timings, model->quirks);
  };
  return driver;
}

}  // namespace bianmin::card
