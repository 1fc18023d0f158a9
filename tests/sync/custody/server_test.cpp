// Custody in threads of its own behind real sockets, by path and through a door.
#include "sync/custody/server.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "sync/custody/client.hpp"
#include "tests/sync/custody/custody_scene.hpp"

namespace bianmin::custody {

using test::code_of;
using test::CustodyScene;
using test::must;
using test::reading;

namespace {

constexpr int short_ms = 2'000;

// A server that runs until it is gone.
class Running {
 public:
  Running(CustodyScene& scene, std::vector<Entrance> entrances) : log_(scene.clock, null_.get()) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    stop_read_.reset(ends[0]);
    stop_write_.reset(ends[1]);
    server_ = must(Server::make({scene.folder.path(), std::move(entrances), *scene.log, log_}));
    thread_ = std::thread([this] { server_->run(stop_read_.get()); });
  }
  ~Running() {
    stop_write_.reset();
    thread_.join();
  }

 private:
  struct Closing {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Closing> null_{std::fopen("/dev/null", "w")};
  Log log_;
  FileDescriptor stop_read_;
  FileDescriptor stop_write_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

std::vector<Entrance> one_entrance(FileDescriptor socket, Role role, bool door) {
  std::vector<Entrance> entrances;
  entrances.push_back({std::move(socket), role, door});
  return entrances;
}

FileDescriptor copy_of(const FileDescriptor& fd) {
  return FileDescriptor(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
}

// What the server says to these bytes, and whether it closes.
std::string reply_to(int fd, ByteView bytes) {
  must(send_frame(fd, bytes, short_ms));
  auto reply = must(receive_frame(fd, short_ms, short_ms));
  if (!reply) return "closed";
  const auto decoded = must(decode_reply(*reply));
  const Error* error = std::get_if<Error>(&decoded);
  return error == nullptr ? "answered" : std::string(error->code);
}

bool is_closed(int fd) {
  auto more = receive_frame(fd, short_ms, short_ms);
  return !more || !*more;
}

}  // namespace

TEST_CASE("a client gets through a path what it would get in the same process") {
  CustodyScene scene;
  const auto socket = scene.folder / "run" / "judge" / "judge.sock";
  const Running server(scene, one_entrance(must(listen_at(socket)), Role::judge, false));
  CustodyClient client(connect_to(socket), scene.clock, short_ms);
  std::vector<test::SealedSample> samples;
  for (int number = 1; number <= 300; ++number) samples.push_back(scene.sample(number));  // two requests
  std::vector<SealedRecord> records;
  for (const auto& one : samples) records.push_back({one.envelope, one.payload});
  samples[299].payload.clear();
  records[299].payload = samples[299].payload;
  const auto verdicts = must(client.judge(records));
  REQUIRE(verdicts.size() == 300);
  CHECK(verdicts[0].code.empty());
  CHECK(verdicts[298].code.empty());
  CHECK(verdicts[299].code == "hub.cannot_open");
  CHECK(must(client.open_ask(scene.sealed_ask())).case_no == "case");
  CHECK(code_of(client.open_ask(Bytes{3})) == "hub.bad_ask");
  CHECK(code_of(client.open_record(samples[0].record.id, samples[0].payload, reading)) ==
        "custody.not_for_you");
  const auto profile = must(seal::Profile::named("gm-1"));
  CHECK(must(client.newest_key(*profile)).number == 1);
  CHECK(scene.openings().front()["pid"] == ::getpid());
  CHECK(code_of(listen_at(socket)) == "custody.cannot_listen");
}

TEST_CASE("a client comes through a door, and again when custody is another one") {
  CustodyScene scene;
  const auto door = must(make_door());
  const auto sample = scene.sample();
  CustodyClient client(connect_through(door.outside.get()), scene.clock, short_ms);
  for (int life = 0; life < 3; ++life) {
    const Running server(scene, one_entrance(copy_of(door.inside), Role::open, true));
    CHECK(must(client.open_record(sample.record.id, sample.payload, reading)) == sample.record);
    CHECK(code_of(client.open_ask(scene.sealed_ask())) == "custody.not_for_you");
  }
  CHECK(scene.openings().size() == 3);
}

TEST_CASE("custody that is away is told at once, and is not waited for again and again") {
  CustodyScene scene;
  const auto sample = scene.sample();
  const std::vector<SealedRecord> records = {{sample.envelope, sample.payload}};
  const auto socket = scene.folder / "judge.sock";
  CustodyClient client(connect_to(socket), scene.clock, short_ms);
  CHECK(code_of(client.judge(records)) == "custody.away");
  const Running server(scene, one_entrance(must(listen_at(socket)), Role::judge, false));
  CHECK(code_of(client.judge(records)) == "custody.away");  // it did not try
  scene.clock.advance(away_pause_ms);
  CHECK(must(client.judge(records))[0].code.empty());
  // Nobody takes what goes through this door.
  const auto door = must(make_door());
  CustodyClient waiting(connect_through(door.outside.get()), scene.clock, 50);
  const auto away = waiting.judge(records);
  CHECK(code_of(away) == "custody.away");
  CHECK(away.error().remedy == Remedy::retry_later);
}

TEST_CASE("hostile bytes get a code and the end of the connection") {
  CustodyScene scene;
  const auto socket = scene.folder / "judge.sock";
  const Running server(scene, one_entrance(must(listen_at(socket)), Role::judge, false));
  const auto fresh = [&] { return must(connect_to(socket)()); };
  {
    const FileDescriptor fd = fresh();
    CHECK(reply_to(fd.get(), Bytes{1, 2, 3}) == "custody.bad_message");
    CHECK(is_closed(fd.get()));
  }
  {
    const FileDescriptor fd = fresh();
    const Bytes endless = ByteWriter().u32_be(0xffffffffU).take();
    REQUIRE(::send(fd.get(), endless.data(), endless.size(), 0) == 4);
    const auto reply = must(receive_frame(fd.get(), short_ms, short_ms));
    REQUIRE(reply);
    CHECK(std::get<Error>(must(decode_reply(*reply))).code == "custody.bad_message");
    CHECK(is_closed(fd.get()));
  }
  {
    const FileDescriptor fd = fresh();  // goes away in the middle of a message
    const Bytes half = ByteWriter().u32_be(100).u8(1).take();
    REQUIRE(::send(fd.get(), half.data(), half.size(), 0) == 5);
  }
  const FileDescriptor fd = fresh();
  CHECK(reply_to(fd.get(), encode(Request(KeyRequest{"intl-1"}))) == "answered");
  CHECK(reply_to(fd.get(), encode(Request(RecordRequest{{}, {}, reading}))) == "custody.not_for_you");
  CHECK(reply_to(fd.get(), encode(Request(KeyRequest{"intl-1"}))) == "answered");  // that closes nothing
  CHECK(scene.openings().empty());
}

TEST_CASE("a path that is not custody's is closed to others") {
  CustodyScene scene;
  const auto socket = scene.folder / "run" / "open" / "open.sock";
  const auto listening = must(listen_at(socket));
  namespace fs = std::filesystem;
  CHECK(fs::status(socket.parent_path()).permissions() == fs::perms::owner_all);
  const auto others = fs::status(socket).permissions() & fs::perms::others_all;
  CHECK(others == fs::perms::none);
}

}  // namespace bianmin::custody
