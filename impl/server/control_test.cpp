#include "impl/server/control.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>

namespace twinlease::server {
namespace {

using boost::asio::local::stream_protocol;
using nlohmann::json;
using ::testing::HasSubstr;

// A socket that answers with what it was asked, and a client of it.
struct Desk {
  std::string path = ::testing::TempDir() + "twinlease-control-" + std::to_string(getpid());
  boost::asio::io_context context;
  std::unique_ptr<ControlSocket> socket =
      std::make_unique<ControlSocket>(context, path, [](const json& request) {
        if (request.value("command", "") == "refuse") throw ControlError("not today");
        return json{{"asked", request}};
      });

  stream_protocol::socket client() {
    stream_protocol::socket opened(context);
    opened.connect(path);
    return opened;
  }
  // One line back; empty: the connection was closed.
  std::string ask(stream_protocol::socket& client, const std::string& line) {
    boost::system::error_code error;
    boost::asio::write(client, boost::asio::buffer(line), error);
    client.non_blocking(true);
    std::string reply;
    for (int i = 0; i < 200 && !reply.ends_with('\n'); ++i) {
      context.run_for(std::chrono::milliseconds(10));
      char buffer[4096];
      const std::size_t size = client.read_some(boost::asio::buffer(buffer), error);
      reply.append(buffer, size);
      if (error == boost::asio::error::eof) break;
    }
    return reply;
  }
};

TEST(Control, AnswersLineByLine) {
  Desk desk;
  auto client = desk.client();
  for (const char* word : {"status", "leases"}) {
    const json reply = json::parse(desk.ask(client, json{{"version", 1}, {"command", word}}.dump() + '\n'));
    EXPECT_EQ(reply["ok"], true);
    EXPECT_EQ(reply["asked"]["command"], word);
  }
}

TEST(Control, ARefusalSaysWhy) {
  Desk desk;
  auto client = desk.client();
  const std::pair<const char*, const char*> cases[] = {
      {R"({"version": 1, "command": "refuse"})", "not today"},
      {R"({"command": "status"})", "version 1 is spoken here"},
      {"[1", "parse error"},
      {"7", "value()"},
  };
  for (const auto& [line, why] : cases) {
    const json reply = json::parse(desk.ask(client, std::string(line) + '\n'));
    EXPECT_EQ(reply["ok"], false) << line;
    EXPECT_THAT(reply["error"].get<std::string>(), HasSubstr(why)) << line;
  }
}

TEST(Control, ALineWithoutEndEndsItsClientAlone) {
  Desk desk;
  auto hostile = desk.client();
  auto client = desk.client();
  EXPECT_EQ(desk.ask(hostile, std::string(ControlSocket::line_max / 8, 'x')), "");
  EXPECT_THAT(desk.ask(client, "{\"version\": 1}\n"), HasSubstr("\"ok\":true"));
}

TEST(Control, OnlyOwnerAndGroupMayAsk) {
  const Desk desk;
  struct stat file{};
  ASSERT_EQ(stat(desk.path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0660U);
}

TEST(Control, TwoServersDoNotShareASocketAndADeadOneIsReplaced) {
  Desk desk;
  const auto second = [&] {
    ControlSocket other(desk.context, desk.path, [](const json&) { return json(); });
  };
  EXPECT_THROW(second(), std::runtime_error);
  {
    const stream_protocol::acceptor dead(desk.context, desk.path + ".dead");
  }
  ASSERT_TRUE(std::filesystem::exists(desk.path + ".dead"));
  const ControlSocket fresh(desk.context, desk.path + ".dead", [](const json&) { return json(); });
}

}  // namespace
}  // namespace twinlease::server
