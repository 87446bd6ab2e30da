"use strict";
const root = document.documentElement;
const charts = [...document.querySelectorAll("[data-chart]")];
let printing = false;
const dark = () => !printing && (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function layoutOf(figure, wide) {
  const ink = dark() ? "#e6e9ed" : "#1b1f24", line = dark() ? "#343b44" : "#d8dde3";
  const given = figure.layout || {};
  const axis = { gridcolor: line, zerolinecolor: line, automargin: true };
  return {
    ...given, height: given.tall || 360, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: ink, size: wide ? 13 : 11 }, margin: { l: 10, r: 14, t: 16, b: 10 }, hovermode: "closest",
    showlegend: figure.traces.length > 1, legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    xaxis: { ...axis, nticks: wide ? 18 : 6, ...(given.xaxis || {}) }, yaxis: { ...axis, ...(given.yaxis || {}) },
  };
}

function draw() {
  for (const place of charts) {
    const figure = FIGURES[Number(place.dataset.chart)];
    const wide = place.clientWidth > 600;
    Plotly.react(place, figure.traces, layoutOf(figure, wide), { responsive: true, displayModeBar: false });
  }
}

document.querySelector("[data-theme-button]").addEventListener("click", () => {
  root.dataset.theme = dark() ? "light" : "dark";
  draw();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("beforeprint", () => { printing = true; draw(); });
addEventListener("afterprint", () => { printing = false; draw(); });

for (const box of document.querySelectorAll("[data-search]")) {
  const section = box.closest("section");
  const rows = [...section.querySelectorAll("[data-searchable] tbody tr")].map((row) => [row, row.textContent.toLowerCase()]);
  const count = section.querySelector("[data-count]");
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = words.length ? `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows` : `${rows.length.toLocaleString("en")} rows`;
  });
}
draw();
