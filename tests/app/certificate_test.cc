#include "app/certify/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace driftd::app {
namespace {

using ::testing::HasSubstr;

Certificate example() {
  Certificate certificate;
  certificate.model = "credit \"x\"";
  certificate.reference = {"sha256:aa", {"sha256:bb"}};
  certificate.settings.budget.alerts = 2;
  certificate.settings.budget.kinds[0] = .7;
  certificate.settings.season = {SeasonConfig::Cells::none, "Europe/Berlin", {20'812}};
  certificate.settings.slot = 90 * kSecond;
  certificate.settings.importance = {{"income", 3.5}};
  certificate.promise = Promise::undecided;
  certificate.rate = {.25, .1, 1.5};
  certificate.months = 200;
  certificate.certified_at = 1'800'000'000 * kSecond;
  certificate.driftd = "0.1.0";
  return certificate;
}

std::string written(const std::string& text) {
  const std::string path = ::testing::TempDir() + "/certificate_test.json";
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(Certificate, IsReadBackAsItWas) {
  const auto read = certificate_from_json(to_json(example()));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, example());
}

TEST(Certificate, RefusesWhatIsNone) {
  const std::string text = to_json(example());
  for (std::size_t size = 0; size + 2 < text.size(); ++size)
    ASSERT_FALSE(certificate_from_json(text.substr(0, size)).ok()) << size;
  for (const char* other : {"null", "[]", "{}", "{\"model\": 1}", "\xff"})
    EXPECT_FALSE(certificate_from_json(other).ok()) << other;
}

TEST(Certificate, RefusesANumberThatIsNoneOfItsKind) {
  const std::string text = to_json(example());
  for (const auto& [good, wrong] :
       {std::pair("\"months\": 200", "\"months\": 7.7e111"),
        std::pair("\"months\": 200", "\"months\": 18446744073709551615"), std::pair("20812", "20812.5")}) {
    const std::size_t at = text.find(good);
    ASSERT_NE(at, std::string::npos) << good << " in " << text;
    const auto read = certificate_from_json(std::string(text).replace(at, std::string(good).size(), wrong));
    ASSERT_FALSE(read.ok()) << wrong;
    EXPECT_THAT(read.error().message, HasSubstr("is no whole number"));
  }
}

TEST(Certificate, LiesBesideTheProfileOrInTheStore) {
  EXPECT_EQ(certificate_beside("a/credit.profile.json"), "a/credit.certificate.json");
  EXPECT_EQ(certificate_beside("credit.json"), "credit.certificate.json");
  EXPECT_EQ(certificate_beside("credit"), "credit.certificate.json");
  EXPECT_EQ(certificate_of_learnt("/s", "credit", "7"), "/s/certificates/credit.7.json");
  EXPECT_EQ(certificate_of_learnt("/s", "../x", ""), "/s/certificates/_2e_2e_2fx..json");
}

TEST(CertificateState, SaysWhatIsAnotherThanItWas) {
  const Certificate known = example();
  const std::string path = written(to_json(known));
  EXPECT_EQ(certificate_state(path, known.reference, known.settings).kind, CertificateState::Kind::fits);
  const auto why = [&](const CertifiedReference& reference, const CertifiedSettings& settings) {
    const CertificateState state = certificate_state(path, reference, settings);
    EXPECT_EQ(state.kind, CertificateState::Kind::outdated);
    EXPECT_TRUE(state.certificate.has_value());
    return state.why;
  };
  EXPECT_EQ(why({"sha256:cc", known.reference.regimes}, known.settings),
            "it was certified with another reference");
  CertifiedSettings settings = known.settings;
  settings.budget.per = 7 * kDay;
  settings.season.timezone = "UTC";
  EXPECT_EQ(why({known.reference.digest, {}}, settings),
            "it was certified with another reference.regimes, budget, season");
  settings = known.settings;
  settings.slot = kMinute;
  settings.importance.clear();
  EXPECT_EQ(why(known.reference, settings), "it was certified with another slot, columns.importance");
}

TEST(CertificateState, IsNoneWhereThereIsNoCertificate) {
  const Certificate known = example();
  const auto none = certificate_state("/nowhere/x.json", known.reference, known.settings);
  EXPECT_EQ(none.kind, CertificateState::Kind::none);
  EXPECT_EQ(none.why, "it was never certified");
  const auto damaged = certificate_state(written("{"), known.reference, known.settings);
  EXPECT_EQ(damaged.kind, CertificateState::Kind::none);
  EXPECT_THAT(damaged.why, HasSubstr("is no certificate"));
}

}  // namespace
}  // namespace driftd::app
