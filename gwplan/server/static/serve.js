"use strict";
// What the page does beside htmx: charts, the word beside each slider, the order of changes, what a screen reader hears.
const SENDER = Math.random().toString(36).slice(2);
const token = document.querySelector("meta[name=gwplan-token]").content;
let changes = 0;

// A chart is drawn when it comes near the screen: all at once would keep the sliders waiting.
const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    drawChart(target, JSON.parse(target.dataset.figure));
  }
}, { rootMargin: "300px" });

function drawAll(within) {
  for (const place of within.querySelectorAll("[data-figure]")) near.observe(place);
}

// Once more, in other colours or on paper.
function drawAgain(selector) {
  for (const place of document.querySelectorAll(selector)) drawChart(place, JSON.parse(place.dataset.figure));
}

function say() {
  const status = document.getElementById("status"), said = document.getElementById("said");
  if (status && said.textContent !== status.dataset.said) said.textContent = status.dataset.said;
}

// The word of a slider's position, at once.
document.addEventListener("input", (event) => {
  const slider = event.target;
  if (!slider.dataset || !slider.dataset.words) return;
  const word = JSON.parse(slider.dataset.words)[slider.valueAsNumber], out = slider.parentElement.querySelector("output");
  out.textContent = word;
  out.classList.toggle("moved", slider.value !== slider.dataset.asIs);
  slider.setAttribute("aria-valuetext", word);
});

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-Gwplan-Token"] = token;
  if (event.detail.verb !== "post") return;
  const control = event.target.dataset.control;
  if (control) event.detail.headers["X-Gwplan-Order"] = `${SENDER} ${control.replace(/[^\w.*@-]/g, "-")} ${++changes}`;
  if (event.target.type === "checkbox") event.detail.parameters.place = event.target.checked ? "1" : "0";
});
document.addEventListener("htmx:afterSettle", (event) => { drawAll(event.target); say(); });

document.querySelector("[data-theme-button]").addEventListener("click", () => {
  root.dataset.theme = dark() ? "light" : "dark";
  drawAgain("[data-figure].js-plotly-plot");
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAgain("[data-figure].js-plotly-plot"));
addEventListener("beforeprint", () => { printing = true; drawAgain("[data-figure]"); });
addEventListener("afterprint", () => { printing = false; drawAgain("[data-figure]"); });

// On a telephone the sliders are folded away first.
const moves = document.querySelector("details.moves");
if (moves && matchMedia("(max-width: 800px)").matches) moves.open = false;
drawAll(document);
say();

// What is wrong with a cell, while it is written.
const checks = new Map();
document.addEventListener("input", (event) => {
  const cell = event.target, key = cell.dataset && cell.dataset.check;
  if (!key) return;
  clearTimeout(checks.get(key));
  checks.set(key, setTimeout(async () => {
    const value = cell.value;
    const answer = await fetch(`${location.pathname.replace(/\/[^/]*$/, "")}/edit`, {
      method: "POST", headers: { "X-Gwplan-Token": token, "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ key, value, check: "1" }),
    });
    const wrong = answer.ok ? await answer.text() : "The server does not answer.";
    if (!cell.isConnected || cell.value !== value) return;
    cell.toggleAttribute("aria-invalid", Boolean(wrong));
    cell.parentElement.querySelector(".fault").textContent = wrong;
  }, 300));
});

document.addEventListener("click", async (event) => {
  const of = event.target.dataset && event.target.dataset.copy;
  if (!of) return;
  await navigator.clipboard.writeText(document.getElementById(of).textContent);
  event.target.textContent = "Copied";
});
