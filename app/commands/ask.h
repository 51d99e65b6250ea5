// What the commands that ask a running driftd have in common: its URL, and its answers as a table.
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/result.h"

namespace CLI {
class App;
}

namespace driftd::app {

// Credentials come from files or the environment, never from the command line, where all users see them.
struct AskOptions {
  std::string url;     // empty: that of `config`, or http://127.0.0.1:9108
  std::string config;  // the service's configuration file: where it listens, and its bearer token
  std::string ca_file;
  std::string user;
  std::string password_file;  // else $DRIFTD_PASSWORD
  std::string token_file;     // else $DRIFTD_TOKEN
  std::string format = "table";
};
void add_ask_options(CLI::App& app, AskOptions& options);

// The answer's document; an Error with the server's own words where it is none of 2xx.
Result<nlohmann::ordered_json> ask(const AskOptions& options, const std::string& method,
                                   const std::string& target, const std::string& body = {});

// Columns as wide as their widest cell, the first row the heads.
void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows);

// A scalar as a cell: texts bare, null and what is absent as "-".
std::string cell(const nlohmann::ordered_json& object, const char* name);

}  // namespace driftd::app
