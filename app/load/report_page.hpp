// The parts of a load report's page that are always the same.
#pragma once

#include <string_view>

namespace stele::load {

inline constexpr std::string_view page_head = R"(<!doctype html>
<html lang=en><head><meta charset=utf-8><meta name=viewport content="width=device-width,initial-scale=1">
<title>Stele load report</title>
<style>
:root{--ink:#0f172a;--soft:#64748b;--line:#e2e8f0;--ground:#f8fafc;--card:#fff}
*{box-sizing:border-box}
body{margin:0 auto;padding:28px 24px 48px;max-width:1400px;background:var(--ground);color:var(--ink);
 font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
header{display:flex;justify-content:space-between;align-items:flex-start;gap:16px;flex-wrap:wrap;margin-bottom:18px}
h1{font-size:24px;margin:0;letter-spacing:-.01em}h2{font-size:16px;margin:28px 0 10px}
header p{margin:2px 0 0;color:var(--soft)}
.verdict{padding:6px 14px;border-radius:999px;font-weight:600}
.good{background:#dcfce7;color:#166534}.bad{color:#b91c1c}.verdict.bad{background:#fee2e2}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-bottom:16px}
.tiles div,figure,.wide{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tiles div{padding:12px 14px}
.tiles span,.tiles small{display:block;color:var(--soft);font-size:13px}.tiles small{min-height:1.5em}
.tiles b{font-size:24px;font-weight:650;letter-spacing:-.01em;white-space:nowrap}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(560px,100%),1fr));gap:16px}
figure{margin:0;padding:14px 16px 8px;position:relative;display:flex;flex-direction:column}
figcaption{margin-bottom:6px;flex:1}figcaption p{margin:2px 0 0;color:var(--soft);font-size:13px}
figcaption div{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px}
.legend{font-size:13px;color:#334155;display:flex;flex-wrap:wrap;gap:0 12px}
.legend i{display:inline-block;width:14px;height:3px;border-radius:2px;margin:0 5px 3px 0}
svg{width:100%;height:auto;display:block}
svg text{font-size:11.5px;fill:#475569}svg text.name,svg text.shade{fill:#94a3b8}
svg .grid{stroke:#edf1f6}svg .axis,svg .tick{stroke:#94a3b8}svg rect.shade{fill:#f1f5f9}
svg .at{stroke:#94a3b8;stroke-dasharray:3 3}
svg polyline{fill:none;stroke-width:1.9;stroke-linejoin:round;stroke-linecap:round}
.tip{position:absolute;pointer-events:none;background:#0f172a;color:#fff;border-radius:6px;padding:6px 9px;
 font-size:12.5px;line-height:1.45;white-space:nowrap;z-index:1}
.tip i{display:inline-block;width:9px;height:9px;border-radius:2px;margin-right:6px}
.wide{overflow-x:auto;padding:4px 6px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:6px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid #f1f5f9}
th{color:var(--soft);font-weight:600;font-size:13px}th:first-child,td:first-child{text-align:left}
tr:last-child td{border-bottom:0}.sum td{font-weight:600}
.plain td{text-align:left;font-weight:400;white-space:normal}.plain td:first-child{color:var(--soft);width:160px}
ul{margin:0;padding-left:20px}li.bad{font-weight:600}
@media print{body{background:#fff;padding:0}figure{break-inside:avoid}}
</style></head><body>
)";

/// Shows, under the pointer, what stands in the script element of a chart.
inline constexpr std::string_view page_foot = R"(<script>
for (const figure of document.querySelectorAll("figure")) {
  const picture = figure.querySelector("svg"), at = figure.querySelector(".at");
  const places = JSON.parse(figure.querySelector("script").textContent);
  const tip = figure.appendChild(document.createElement("div"));
  tip.className = "tip";
  tip.hidden = true;
  const leave = () => { tip.hidden = true; at.setAttribute("x1", -9); at.setAttribute("x2", -9); };
  picture.addEventListener("pointerleave", leave);
  picture.addEventListener("pointermove", event => {
    const box = picture.getBoundingClientRect(), scale = box.width / picture.viewBox.baseVal.width;
    const x = (event.clientX - box.left) / scale;
    let best = null;
    for (const place of places) if (!best || Math.abs(place[0] - x) < Math.abs(best[0] - x)) best = place;
    if (!best) return;
    at.setAttribute("x1", best[0]);
    at.setAttribute("x2", best[0]);
    tip.replaceChildren(Object.assign(document.createElement("b"), {textContent: best[1]}));
    for (const [color, name, value] of best[2]) {
      const row = tip.appendChild(document.createElement("div"));
      row.appendChild(document.createElement("i")).style.background = color;
      row.append(name + "  " + value);
    }
    tip.hidden = false;
    const base = figure.getBoundingClientRect(), right = best[0] > picture.viewBox.baseVal.width / 2;
    const left = box.left - base.left + best[0] * scale;
    tip.style.left = (right ? left - tip.offsetWidth - 10 : left + 10) + "px";
    tip.style.top = box.top - base.top + 16 + "px";
  });
}
</script></body></html>
)";

} // namespace stele::load
