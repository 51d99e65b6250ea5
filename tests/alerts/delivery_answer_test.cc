#include "alerts/delivery_answer.h"

#include <gtest/gtest.h>

namespace driftd::alerts {
namespace {

const std::string kAnswer = "HTTP/1.1 200 OK\r\nRetry-After: 7\r\nContent-Length: 5\r\n\r\nhello";

TEST(AnswerReader, ReadsAnAnswerHoweverItIsCut) {
  for (std::size_t step = 1; step <= kAnswer.size(); ++step) {
    AnswerReader reader;
    for (std::size_t at = 0; at < kAnswer.size(); at += step) {
      const bool last = at + step >= kAnswer.size();
      EXPECT_EQ(reader.feed(std::string_view(kAnswer).substr(at, step)), last) << step;
    }
    const Answer answer = reader.take();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.retry_after, "7");
  }
}

TEST(AnswerReader, SkipsInterimResponsesButNotWithoutEnd) {
  AnswerReader reader;
  EXPECT_TRUE(
      reader.feed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + kAnswer));
  EXPECT_EQ(reader.take().status, 200);
  AnswerReader endless;
  bool done = false;
  for (int i = 0; i < 100 && !done; ++i) done = endless.feed("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(done);
  EXPECT_EQ(endless.take().fault, NetworkFault::protocol);
}

TEST(AnswerReader, RefusesEndlessHeaders) {
  AnswerReader reader;
  bool done = reader.feed("HTTP/1.1 200 OK\r\n");
  for (int i = 0; i < 10'000 && !done; ++i) done = reader.feed("X-Header: 12345678901234567890\r\n");
  EXPECT_TRUE(done);
  EXPECT_EQ(reader.take().fault, NetworkFault::protocol);
}

TEST(AnswerReader, KeepsNoEndlessHeadersOfChunks) {
  for (const std::string begin : {"2;extension=", "2\r\nok\r\n0\r\nX-Trailer: "}) {
    AnswerReader reader;
    bool done = reader.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + begin);
    int fed = 0;
    for (; fed < 10'000 && !done; ++fed) done = reader.feed(std::string(1024, 'x'));
    EXPECT_TRUE(done);
    EXPECT_LT(fed, 40);
    EXPECT_EQ(reader.take().status, 200);
  }
}

TEST(AnswerReader, AHalfHeaderIsNoAnswer) {
  AnswerReader reader;
  EXPECT_FALSE(reader.feed("HTTP/1.1 200 OK\r\nContent-Le"));
  EXPECT_FALSE(reader.has_status());
  EXPECT_EQ(reader.take().fault, NetworkFault::protocol);
}

TEST(AnswerReader, ADamagedChunkEndsTheBodyNotTheAnswer) {
  AnswerReader reader;
  EXPECT_TRUE(reader.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n"));
  const Answer answer = reader.take();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
}

TEST(AnswerReader, AStatusThatHttpDoesNotHaveIsNoAnswer) {
  AnswerReader reader;
  EXPECT_TRUE(reader.feed("HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\nok"));
  EXPECT_FALSE(reader.has_status());
  const Answer answer = reader.take();
  EXPECT_EQ(answer.fault, NetworkFault::protocol);
  EXPECT_NE(answer.message.find("its status is 0"), std::string::npos) << answer.message;
}

}  // namespace
}  // namespace driftd::alerts
