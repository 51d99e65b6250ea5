// librdkafka's own broker inside this process: for tests, and for `driftd demo`, which needs nothing
// installed. It keeps about 5 MB a partition and drops what is older.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/result.h"

namespace driftd::collector {

class KafkaMock {
 public:
  static Result<std::unique_ptr<KafkaMock>> start(int brokers = 1);
  ~KafkaMock();

  Status create_topic(const std::string& name, int partitions);
  [[nodiscard]] std::vector<std::string> brokers() const;  // host:port
  void set_broker_up(int broker, bool up);                 // brokers are numbered from 1

 private:
  class Impl;
  explicit KafkaMock(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace driftd::collector
