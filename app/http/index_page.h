// What a browser shows at /.
#pragma once

namespace driftd::app {

inline constexpr const char* kIndexPage = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>driftd</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:44rem;padding:0 1rem}code{font-size:.95em}</style>
</head><body><h1>driftd</h1>
<ul>
<li><a href="/metrics">/metrics</a></li>
<li><a href="/api/v1/models">/api/v1/models</a>, <code>/api/v1/models/{model}</code>,
 <code>/api/v1/models/{model}/series?column=&amp;statistic=</code> or <code>?metric=</code></li>
<li><code>/api/v1/models/{model}/slices?window=</code></li>
<li><a href="/api/v1/digest">/api/v1/digest</a>, <a href="/api/v1/digest?now=true"><code>?now=true</code></a></li>
<li><a href="/api/v1/incidents">/api/v1/incidents</a>, <code>POST …/{id}/resolve</code>, <code>…/acknowledge</code></li>
<li><a href="/api/v1/deliveries">/api/v1/deliveries</a>, <code>POST …/{id}/retry</code></li>
<li><a href="/api/v1/status/build">/api/v1/status/build</a>, <a href="/api/v1/status/config">/api/v1/status/config</a></li>
<li><a href="/-/healthy">/-/healthy</a>, <a href="/-/ready">/-/ready</a>, <code>POST /-/reload</code></li>
</ul></body></html>
)";

}  // namespace driftd::app
