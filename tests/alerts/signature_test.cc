#include "alerts/signature.h"

#include <gtest/gtest.h>

#include <random>

#include "core/hash.h"

namespace driftd::alerts {
namespace {

// INTEROP 2.1: the test vector of Standard Webhooks.
TEST(Signature, IsThatOfTheStandard) {
  const std::vector<Secret> secrets = {Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")};
  EXPECT_EQ(sign(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, SignsWithEverySecretOfAList) {
  const std::vector<Secret> secrets = {Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                                       Secret("whsec_" + base64(std::string(64, 'k')))};
  const std::string both = sign(secrets, "id", 1, "body");
  EXPECT_EQ(both, sign({&secrets[0], 1}, "id", 1, "body") + " " + sign({&secrets[1], 1}, "id", 1, "body"));
}

// RFC 4231, test cases 1, 2 and 6.
TEST(Signature, HmacIsThatOfTheRfc) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 4648, section 10.
TEST(Base64, IsThatOfTheRfc) {
  const std::vector<std::pair<std::string, std::string>> pairs = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : pairs) {
    EXPECT_EQ(base64(plain), encoded);
    EXPECT_EQ(base64_decoded(encoded), plain);
  }
  for (const char* bad : {"Z", "Zg=", "Zg", "Z===", "Zg==Zg==", "Zm9\n", "Zm-v", "====", "=m9v"})
    EXPECT_FALSE(base64_decoded(bad)) << bad;
  std::mt19937_64 random(3);
  for (int i = 0; i < 500; ++i) {
    std::string bytes(random() % 70, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_EQ(base64_decoded(base64(bytes)), bytes);
  }
}

TEST(Signature, RefusesSecretsThatAreNone) {
  EXPECT_TRUE(key_of(Secret("whsec_" + base64(std::string(24, 'k')))).ok());
  EXPECT_TRUE(key_of(Secret("whsec_" + base64(std::string(64, 'k')))).ok());
  for (const std::string& bad :
       {std::string("hunter2"), "whsec_" + base64(std::string(23, 'k')),
        "whsec_" + base64(std::string(65, 'k')), std::string("whsec_hunter2hunter2hunter2hunter2hunter2!!"),
        base64(std::string(32, 'k'))}) {
    const auto key = key_of(Secret(bad));
    ASSERT_FALSE(key.ok());
    EXPECT_EQ(key.error().message.find("hunter2"), std::string::npos) << "an error repeats no secret";
  }
}

}  // namespace
}  // namespace driftd::alerts
