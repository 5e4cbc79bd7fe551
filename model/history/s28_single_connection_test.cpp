#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Said request(Server from, Word word, std::uint32_t connection) {
  return {from, word, 5, 0, connection};
}

TEST(S28, OneAtATime) {
  const Story one = Story().add(0, Connection{true, 1});
  EXPECT_TRUE(held(
      single_connection(Story(one).add(5, Connection{false, 1}).add(6, Connection{true, 2}).until(60), {})));
  EXPECT_TRUE(held(
      single_connection(Story(one).add(5, Connection{true, 2}).add(6, Connection{false, 1}).until(60), {})))
      << "the newer takes its place";
  EXPECT_TRUE(broken_by(single_connection(Story(one).add(5, Connection{true, 2}).until(60), {}), {0, 1, 2}));
}

TEST(S28, AnswersDoNotCross) {
  const Story asked = Story().add(0, Connection{true, 1}).add(1, request(P, Word::updreq, 1));
  EXPECT_TRUE(held(single_connection(Story(asked).add(2, request(S, Word::upddone, 1)), {})));
  EXPECT_TRUE(broken_by(single_connection(Story(asked).add(2, request(S, Word::upddone, 2)), {}), {1, 2}));
}

TEST(S28, AnXidIsItsConnectionsOwn) {  // 6.1: two CONNECTs at once, both with xid 0
  const auto connect = [](std::uint32_t connection) { return ConnectSaid{P, 0, 60, 10, 30, connection}; };
  const auto refused = [](std::uint32_t connection) {
    return ConnectAnswered{S, 0, 8, std::nullopt, 0, connection};
  };
  const Story both = Story().add(0, connect(2)).add(0, connect(3));
  EXPECT_TRUE(held(single_connection(Story(both).add(1, refused(2)).add(1, refused(3)), {})));
  EXPECT_TRUE(broken_by(single_connection(Story(both).add(1, refused(4)), {}), {1, 2}));
}

}  // namespace
}  // namespace twinlease::model::history
