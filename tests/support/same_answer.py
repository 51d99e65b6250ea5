"""What has to be the same whatever happened on the way: the metrics of the stream, without those of the process."""

OF_THE_PROCESS = ("process_", "driftd_build_info", "driftd_checkpoint", "driftd_last_checkpoint", "driftd_config_",
                  "driftd_consumer_", "driftd_webhook_", "driftd_dead_letters_", "driftd_http_", "driftd_limit_bites_total")


def state_of(exposition, by_topic=False):
    """The samples as sorted text. Counters by topic depend on how a stream was split and are left out unless asked for."""
    kept = []
    for line in exposition.splitlines():
        if line.startswith("#") or line.startswith(OF_THE_PROCESS):
            continue
        if not by_topic and 'topic="' in line:
            continue
        kept.append(line)
    return "\n".join(sorted(kept))
