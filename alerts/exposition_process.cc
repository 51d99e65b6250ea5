// What the kernel says of this process: /proc/self, as proc(5) describes it.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "alerts/exposition.h"

namespace driftd::alerts {
namespace {

// The fields of /proc/self/stat behind the program's name, which may hold anything: [0] is field 3.
std::vector<double> stat_fields() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(line.substr(name_end + 1));
  std::vector<double> fields;
  for (std::string word; rest >> word;) fields.push_back(std::strtod(word.c_str(), nullptr));
  return fields;
}

double boot_time() {  // 0 where unknown
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    if (double seconds = 0; word == "btime" && file >> seconds) return seconds;
  }
  return 0;
}

void add(std::vector<MetricFamily>& families, MetricId id, double value) {
  families.emplace_back(id).add({}, value);
}

}  // namespace

std::vector<MetricFamily> process_metrics() {
  std::vector<MetricFamily> families;
  const std::vector<double> stat = stat_fields();
  if (stat.size() > 21) {
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    add(families, MetricId::process_cpu, (stat[11] + stat[12]) / ticks);  // utime, stime
    add(families, MetricId::process_resident_memory, stat[21] * static_cast<double>(sysconf(_SC_PAGESIZE)));
    add(families, MetricId::process_virtual_memory, stat[20]);
    add(families, MetricId::process_threads, stat[17]);
    if (const double boot = boot_time(); boot > 0) {
      add(families, MetricId::process_start_time, boot + stat[19] / ticks);
    }
  }
  std::error_code error;
  double open = -1;  // the scan itself holds one
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
       at.increment(error)) {
    ++open;
  }
  if (!error && open >= 0) add(families, MetricId::process_open_fds, open);
  if (rlimit limit{}; getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    add(families, MetricId::process_max_fds, static_cast<double>(limit.rlim_cur));
  }
  return families;
}

}  // namespace driftd::alerts
