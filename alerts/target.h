// Pipelines and alert receivers that driftd knows how to call: `target:` of a webhook (INTEROP 2.2).
//
// One row says all there is to say of one: path, headers, body or form, what success is, what a repeated call
// does, how the end of an incident is told, and what to set up on the other side. fill_in_target() turns a
// webhook that names a row into one that names none and says the same itself; docs/targets.md is made from
// the rows. Pure.
//
// Texts of a row are webhook templates (template.h) in which `<name>` stands for a setting: a key under the
// webhook's `with`. A setting's value may be a template itself.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/webhook_config.h"
#include "core/node.h"

namespace driftd::alerts {

struct TargetSetting {
  std::string_view name = {};      // key under `with`
  std::string_view standard = {};  // empty: it has to be given
  std::string_view text = {};      // what it is, for people
  bool number = false;             // stands in the body as a JSON number
};

struct Target {
  std::string_view name = {};   // value of `target`
  std::string_view title = {};  // for people
  std::string_view home = {};   // taken where the webhook has no url; empty: it needs one
  std::string_view path = {};   // appended to a url without one; empty: the url is the whole address
  std::vector<std::pair<std::string_view, std::string_view>> headers = {};
  std::string_view body = {};  // empty: the form, or the whole alert
  std::vector<std::pair<std::string_view, std::string_view>> form = {};
  std::string_view resolved_body = {};
  bool tells_end = false;                // escalated and resolved are told too
  std::vector<int> codes = {};           // empty: 2xx
  std::string_view contains = {};        // what the answer must hold besides
  std::vector<TargetSetting> with = {};  // rows of the settings that its texts name
  std::string_view credentials = {};     // how it is called by whom, for people
  std::string_view twice = {};           // what a repeated call does
  std::string_view setup = {};           // what to set up on the other side, for people
  bool pipeline = false;                 // a call starts a run of something
};

std::span<const Target> targets();
const Target* find_target(std::string_view name);  // null: none

// Every setting that the webhook gives and its target does not know, or needs and does not find; a url that
// it needs.
void check_target(const WebhookConfig& webhook, const Node& node, const std::string& path, Faults& faults);

// What the webhook says itself stands; the row fills the rest. Without a target: the same. Precondition:
// check_target found nothing.
WebhookConfig fill_in_target(const WebhookConfig& webhook);

// docs/targets.md.
std::string targets_page();

}  // namespace driftd::alerts
