// kiosk-agent: the process with the network. No screen, no devices.
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>

#include <csignal>
#include <cstdio>

#include "sync/agent/agent.hpp"
#include "sync/http/curl_transport.hpp"
#include "sync/seal/digest.hpp"
#include "sync/store/journal_recovery.hpp"
#include "sync/store/wake_up.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/event_loop.hpp"

namespace {

using namespace bianmin;

constexpr std::int64_t budget_most_bytes_per_s = 1'000'000'000;
constexpr std::int64_t drain_ms = 1'000;  // for the request under way when the agent is told to stop

constexpr std::string_view usage =
    "usage: kiosk-agent --config FILE [--hub-url URL]\n"
    "Exit codes: 75 the journal has to be replaced and was open here: start it again.\n";
constexpr int exit_start_again = 75;

int fail(const Error& error) {
  fmt::print(stderr, "kiosk-agent: {}\n", error.text());
  return 1;
}

struct Settings {
  std::filesystem::path enrolment;
  std::filesystem::path journal;
  std::filesystem::path wake_socket;
  std::filesystem::path terminal_socket;
  std::string hub_url;
  std::int64_t budget_bytes_per_s = 0;
};

Result<Settings> load_settings(const std::filesystem::path& file, const Arguments& arguments) {
  auto config = Config::load(
      file, {"enrolment", "journal", "hub_url", "wake_socket", "terminal_socket", "budget_bytes_per_s"});
  if (!config) return config.error();
  auto budget = config->number("budget_bytes_per_s", 0, 0, budget_most_bytes_per_s);
  if (!budget) return budget.error();
  const auto path = [&](std::string_view key, std::string_view otherwise) {
    return file.parent_path() / config->text(key, otherwise);
  };
  return Settings{path("enrolment", "."),
                  path("journal", "journal.db"),
                  path("wake_socket", "agent.wake"),
                  path("terminal_socket", "terminal.wake"),
                  arguments.value("hub-url", config->text("hub_url")),
                  *budget};
}

// SIGTERM while a request is under way: it gets a moment to end well, and is given up then. Nothing is lost
// by that: its record stays, and the hub gives the same receipt again.
class Drain {
 public:
  Drain(const FileDescriptor& signals, const Clock& clock) : signals_(signals), clock_(clock) {}
  bool requested() {
    pollfd asked{signals_.get(), POLLIN, 0};
    const bool told = asked_at_ms_ < 0 && ::poll(&asked, 1, 0) > 0;
    if (told) asked_at_ms_ = clock_.steady_ms();
    return asked_at_ms_ >= 0;
  }
  bool over() { return requested() && clock_.steady_ms() - asked_at_ms_ >= drain_ms; }

 private:
  const FileDescriptor& signals_;
  const Clock& clock_;
  std::int64_t asked_at_ms_ = -1;
};

// Turns on: a wake-up, a timer, and while a turn says that more is due.
class Runner {
 public:
  Runner(EventLoop& loop, agent::Agent& agent, const store::Journal& journal)
      : loop_(loop), agent_(agent), journal_(journal) {}
  void run() {
    if (journal_.has_to_close()) return loop_.quit(exit_start_again);
    const bool more = agent_.turn();
    loop_.cancel(timer_);
    timer_ = loop_.after(more ? 0 : agent_.idle_ms(store::journal_poll_ms), [this] { run(); });
  }

 private:
  EventLoop& loop_;
  agent::Agent& agent_;
  const store::Journal& journal_;
  EventLoop::TimerId timer_ = 0;
};

std::uint32_t random_number() {
  std::uint8_t bytes[4];
  seal::fill_random(bytes);
  return ByteReader(bytes).u32_be();
}

int serve(const Settings& settings, const FileDescriptor& signals) {
  const SystemClock clock;
  Log log(clock, stderr);
  auto receipt_key = seal::PublicKey::load(settings.enrolment / "hub-receipt.pub");
  if (!receipt_key) return fail(receipt_key.error());
  auto journal = store::open_journal(settings.journal, settings.enrolment);
  if (!journal) return fail(journal.error());
  auto renewal = agent::Renewal::load(settings.enrolment, (*journal)->identity().terminal_id, random_number);
  if (!renewal) log.error("agent", "no-renewal", renewal.error());
  const auto address = [&] {
    const agent::TlsPair own = agent::tls_pair(settings.enrolment);
    return http::HubAddress{settings.hub_url, own.certificate, own.key, settings.enrolment / "ca.crt",
                            settings.budget_bytes_per_s};
  };
  auto hub = http::CurlTransport::make(address());
  if (!hub) return fail(hub.error());
  auto wake = store::WakeUp::bind(settings.wake_socket);
  if (!wake) return fail(wake.error());

  store::Outbox outbox(**journal, *receipt_key);
  Drain drain(signals, clock);
  agent::AgentParts parts{**journal,
                          outbox,
                          **hub,
                          clock,
                          log,
                          random_number,
                          [&] { store::WakeUp::send(settings.terminal_socket); }};
  parts.stopping = [&] { return drain.requested(); };
  parts.budget_bytes_per_s = settings.budget_bytes_per_s;
  parts.take_seal_key = [&](ByteView told) { return store::replace_hub_seal_key(settings.enrolment, told); };
  parts.renewal = renewal ? &*renewal : nullptr;
  parts.renewed = [&] { (*hub)->use(address()); };
  agent::Agent agent(std::move(parts));
  (*hub)->on_wait([&] {
    agent.while_waiting();
    return !drain.over();
  });
  EventLoop loop(clock);
  Runner runner(loop, agent, **journal);
  auto watching = loop.watch(wake->fd(), POLLIN, [&](short) {
    if (!wake->drain()) return;
    agent.nudge();
    runner.run();
  });
  if (watching) watching = loop.watch(signals.get(), POLLIN, [&](short) { loop.quit(0); });
  if (!watching) return fail(watching.error());
  loop.post([&] { runner.run(); });
  fmt::print("ready\n");
  std::fflush(stdout);
  return loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  auto arguments = Arguments::parse(argc, argv, {{"help"}, {"config", true}, {"hub-url", true}});
  if (arguments && arguments->has("help")) {
    fmt::print("{}", usage);
    return 0;
  }
  if (!arguments || !arguments->words().empty() || !arguments->has("config")) {
    fmt::print(stderr, "kiosk-agent: {}\n{}", arguments ? "a --config is needed" : arguments.error().text(),
               usage);
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  sigprocmask(SIG_BLOCK, &ending, nullptr);
  const FileDescriptor signals(::signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK));
  auto settings = load_settings(arguments->value("config"), *arguments);
  if (!settings) return fail(settings.error());
  return serve(*settings, signals);
}
