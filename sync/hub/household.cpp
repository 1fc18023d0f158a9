#include "sync/hub/household.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <utility>

#include "sync/custody/frames.hpp"
#include "sync/hub/confinement.hpp"
#include "terminal/base/config.hpp"

namespace bianmin::hub {

namespace {

constexpr const char* own_program = "/proc/self/exe";
constexpr int start_timeout_ms = 60'000;
constexpr int stop_timeout_ms = 8'000;
constexpr std::int64_t restart_pause_first_ms = 200;
constexpr std::int64_t restart_pause_most_ms = 10'000;
constexpr std::int64_t steady_after_ms = 30'000;  // who lived that long begins with the short pause again

struct PipeEnds {
  FileDescriptor read;
  FileDescriptor write;
};

std::optional<PipeEnds> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  return PipeEnds{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// A child that ends with this process; of its descriptors it has the standard ones and `kept`.
pid_t spawn(const std::string& program, std::vector<std::string> words, const std::vector<int>& kept) {
  words.insert(words.begin(), "kiosk-hub");
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  for (const int fd : kept) ::fcntl(fd, F_SETFD, 0);
  ::execv(program.c_str(), pointers.data());
  ::_exit(127);
}

bool one_byte_came(int fd, int timeout_ms) {
  pollfd one{fd, POLLIN, 0};
  char byte = 0;
  return ::poll(&one, 1, timeout_ms) > 0 && ::read(fd, &byte, 1) == 1;
}

// True: it has ended.
bool wait_for_end(pid_t pid, int timeout_ms) {
  for (int waited_ms = 0; waited_ms < timeout_ms; waited_ms += 10) {
    const pid_t ended = ::waitpid(pid, nullptr, WNOHANG);
    if (ended == pid || (ended < 0 && errno == ECHILD)) return true;
    ::poll(nullptr, 0, 10);
  }
  return false;
}

std::string number_text(int fd) { return std::to_string(fd); }

// One of the supervisor's children, whichever process it is at the moment.
class Child {
 public:
  using Option = std::pair<std::string, int>;  // and the descriptor behind it
  Child(std::string command, std::string folder, std::vector<Option> doors)
      : command_(std::move(command)), folder_(std::move(folder)), doors_(std::move(doors)) {}

  // Waits until it is ready.
  bool start(std::int64_t now_ms) {
    auto ready = make_pipe();
    if (!ready) return false;
    std::vector<std::string> words = {command_, folder_, "--ready", number_text(ready->write.get())};
    std::vector<int> kept = {ready->write.get()};
    for (const auto& [option, fd] : doors_) {
      words.push_back(option);
      words.push_back(number_text(fd));
      kept.push_back(fd);
    }
    pid_ = spawn(own_program, std::move(words), kept);
    started_ms_ = now_ms;
    ready->write.reset();
    return pid_ > 0 && one_byte_came(ready->read.get(), start_timeout_ms);
  }
  // It has ended: when it is to be started again.
  void ended(std::int64_t now_ms) {
    pid_ = -1;
    if (now_ms - started_ms_ > steady_after_ms) pause_ms_ = restart_pause_first_ms;
    due_ms_ = now_ms + pause_ms_;
    pause_ms_ = std::min(2 * pause_ms_, restart_pause_most_ms);
  }
  void stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    if (!wait_for_end(pid_, stop_timeout_ms / 2)) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    pid_ = -1;
  }
  bool due(std::int64_t now_ms) const { return pid_ <= 0 && now_ms >= due_ms_; }
  pid_t pid() const { return pid_; }
  const std::string& command() const { return command_; }

 private:
  std::string command_;
  std::string folder_;
  std::vector<Option> doors_;
  pid_t pid_ = -1;
  std::int64_t started_ms_ = 0;
  std::int64_t pause_ms_ = restart_pause_first_ms;
  std::int64_t due_ms_ = 0;
};

class Supervisor {
 public:
  Supervisor(const std::string& folder, int judge_door, const custody::DoorEnds& open_door, Log& log)
      : log_(log) {
    const int inside = open_door.inside.get();
    children_.emplace_back("custody", folder,
                           std::vector<Child::Option>{{"--judge-door", judge_door}, {"--open-door", inside}});
    children_.emplace_back("file", folder,
                           std::vector<Child::Option>{{"--open-door", open_door.outside.get()}});
  }
  ~Supervisor() {
    for (auto child = children_.rbegin(); child != children_.rend(); ++child) child->stop();
  }
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  bool start() {
    for (Child& child : children_) {
      if (!child.start(clock_.steady_ms())) return false;
    }
    return true;
  }

  void run(int life, int signals) {
    for (;;) {
      pollfd polled[] = {{life, POLLIN, 0}, {signals, POLLIN, 0}};
      ::poll(polled, 2, static_cast<int>(restart_pause_first_ms));
      if (polled[0].revents != 0) return;
      signalfd_siginfo info{};
      if (polled[1].revents != 0 && ::read(signals, &info, sizeof info) == sizeof info &&
          info.ssi_signo != SIGCHLD) {
        return;
      }
      look_after();
    }
  }

 private:
  void look_after() {
    for (Child& child : children_) {
      int status = 0;
      if (child.pid() > 0 && ::waitpid(child.pid(), &status, WNOHANG) == child.pid()) {
        log_.write(LogLevel::error, "hub", "child-ended",
                   {{"child", child.command()}, {"status", std::to_string(status)}});
        child.ended(clock_.steady_ms());
      }
      if (child.due(clock_.steady_ms()) && child.start(clock_.steady_ms())) {
        log_.write(LogLevel::info, "hub", "child-started", {{"child", child.command()}});
      }
    }
  }
  SystemClock clock_;
  Log& log_;
  std::vector<Child> children_;
};

}  // namespace

FileDescriptor ending_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGCHLD}) ::sigaddset(&set, number);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  return FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

FileDescriptor descriptor_of(const Arguments& arguments, std::string_view option) {
  if (!arguments.has(option)) return {};
  const auto number = parse_number(arguments.value(option), 3, 1'000'000);
  if (!number || ::fcntl(static_cast<int>(*number), F_SETFD, FD_CLOEXEC) != 0) return {};
  return FileDescriptor(static_cast<int>(*number));
}

void tell_ready(const Arguments& arguments) {
  const FileDescriptor ready = descriptor_of(arguments, "ready");
  if (ready.valid()) (void)!::write(ready.get(), "r", 1);
}

int run_supervise(const std::string& folder, const Arguments& arguments) {
  const FileDescriptor signals = ending_signals();
  guard_memory();
  const SystemClock clock;
  Log log(clock, stderr);
  const FileDescriptor life = descriptor_of(arguments, "life");
  const FileDescriptor alive = descriptor_of(arguments, "alive");
  const FileDescriptor judge_door = descriptor_of(arguments, "judge-door");
  auto open_door = custody::make_door();
  if (!open_door || !life.valid() || !judge_door.valid()) return 1;
  Supervisor supervisor(folder, judge_door.get(), *open_door, log);
  if (!supervisor.start()) return 1;
  tell_ready(arguments);
  supervisor.run(life.get(), signals.get());
  return 0;
}

Result<std::unique_ptr<Household>> Household::start(const std::filesystem::path& hub_folder,
                                                    const std::filesystem::path& program) {
  const Error none{Remedy::call_staff, "hub.no_household", "custody or filing does not start"};
  auto door = custody::make_door();
  auto life = make_pipe();
  auto alive = make_pipe();
  auto ready = make_pipe();
  if (!door || !life || !alive || !ready) return none;
  std::unique_ptr<Household> household(new Household);
  household->judge_door_ = std::move(door->outside);
  household->life_ = std::move(life->write);
  household->alive_ = std::move(alive->read);
  const std::vector<int> kept = {door->inside.get(), life->read.get(), alive->write.get(),
                                 ready->write.get()};
  household->supervisor_ =
      spawn(program.empty() ? own_program : program.string(),
            {"supervise", hub_folder.string(), "--judge-door", number_text(kept[0]), "--life",
             number_text(kept[1]), "--alive", number_text(kept[2]), "--ready", number_text(kept[3])},
            kept);
  ready->write.reset();
  alive->write.reset();
  if (household->supervisor_ <= 0 || !one_byte_came(ready->read.get(), 2 * start_timeout_ms)) return none;
  return household;
}

void Household::watch() {
  auto ends = make_pipe();
  if (!ends) return;
  unwatch_ = std::move(ends->write);
  watcher_ = std::thread([this, stop = std::move(ends->read)] {
    pollfd polled[] = {{alive_.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}};
    while (::poll(polled, 2, -1) < 0) {
    }
    if (polled[1].revents != 0) return;
    lost_ = true;
    ::kill(::getpid(), SIGTERM);
  });
}

Household::~Household() {
  unwatch_.reset();
  if (watcher_.joinable()) watcher_.join();
  life_.reset();
  if (supervisor_ > 0 && !wait_for_end(supervisor_, 2 * stop_timeout_ms)) {
    ::kill(supervisor_, SIGKILL);
    ::waitpid(supervisor_, nullptr, 0);
  }
}

}  // namespace bianmin::hub
