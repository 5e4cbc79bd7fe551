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

}  // namespace
}  // namespace twinlease::model::history
