// The judge's state of one model version, and of a model, as bytes.
//
// The references themselves are stored apart (they are large and hardly ever change); load_version
// expects them in place. Hostile bytes give `corrupt`.
#pragma once

#include "app/pipeline/version.h"
#include "core/codec.h"
#include "core/result.h"

namespace driftd::app {

void save_version(Encoder& out, const Version& version);
Status load_version(Decoder& in, Version& version, Duration slot_length);

void save_model(Encoder& out, const Model& model);
Status load_model(Decoder& in, Model& model, Duration slot_length);

void save_changes(Encoder& out, const PairChanges& changes);
PairChanges load_changes(Decoder& in);

}  // namespace driftd::app
