const charts = [...document.querySelectorAll("[data-chart]")];

function draw() {
  for (const place of charts) drawChart(place, FIGURES[Number(place.dataset.chart)]);
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
