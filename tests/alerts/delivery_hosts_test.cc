#include "alerts/delivery_hosts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace driftd::alerts {
namespace {

using Patterns = std::vector<std::string>;

TEST(AllowedHosts, AllowsAllWhereNoneIsNamed) { EXPECT_TRUE(host_is_allowed({}, "anything.example")); }

TEST(AllowedHosts, ComparesNamesWhole) {
  const Patterns patterns = {"hooks.example", "*.corp.example"};
  for (const char* good :
       {"hooks.example", "HOOKS.example", "hooks.example.", "a.corp.example", "a.b.corp.example"})
    EXPECT_TRUE(host_is_allowed(patterns, good)) << good;
  for (const char* bad : {"hooks.example.evil", "xhooks.example", "corp.example", "evilcorp.example",
                          "a.corp.example.evil", ".corp.example", "example", "", "10.0.0.1"})
    EXPECT_FALSE(host_is_allowed(patterns, bad)) << bad;
}

TEST(AllowedHosts, ComparesAddressesAsAddresses) {
  const Patterns patterns = {"10.1.0.0/16", "192.0.2.7", "fd00::/8", "2001:db8::1"};
  for (const char* good : {"10.1.0.1", "10.1.255.255", "192.0.2.7", "fd12:3456::1", "2001:DB8::1",
                           "2001:db8:0::1", "::ffff:10.1.0.9"})
    EXPECT_TRUE(host_is_allowed(patterns, good)) << good;
  for (const char* bad :
       {"10.2.0.1", "192.0.2.8", "fe80::1", "2001:db8::2", "ten.example", "::ffff:10.2.0.9"})
    EXPECT_FALSE(host_is_allowed(patterns, bad)) << bad;
}

// The system's resolver would make 127.0.0.1 of each.
TEST(AllowedHosts, AreNotFooledByOtherSpellingsOfAnAddress) {
  for (const char* odd : {"127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "a.127"}) {
    EXPECT_FALSE(host_is_allowed({"*.127", "*.1", "hooks.example", "10.0.0.0/8"}, odd)) << odd;
    EXPECT_TRUE(host_pattern_fault(odd)) << odd;
  }
}

TEST(AllowedHosts, RefusesPatternsThatAreNone) {
  for (const char* good :
       {"hooks.example", "*.corp.example", "localhost", "10.0.0.0/8", "::1", "fd00::/8", "127.0.0.1"})
    EXPECT_FALSE(host_pattern_fault(good)) << good;
  for (const char* bad : {"", "*", "*.", "a.*.example", "https://a.example", "a.example:443", "a.example/x",
                          "10.0.0.0/33", "a b", "[::1]", "fd00::/129"})
    EXPECT_TRUE(host_pattern_fault(bad)) << bad;
}

}  // namespace
}  // namespace driftd::alerts
