"use strict";
const root = document.documentElement;
// Width and height of a chart on paper, in CSS pixels: A4 and letter, less their margins; three fit below each other.
const PRINTED = 680, PRINTED_HEIGHT = 290;
let printing = false;
const dark = () => !printing && (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

// A colour of a line, brought nearer to the ink so that text in it can be read.
function readable(colour, ink) {
  const parts = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  const [from, to] = [parts(colour), parts(ink)];
  return `rgb(${from.map((part, n) => Math.round(part + (to[n] - part) * 0.45)).join(",")})`;
}

// At most `most` of the ticks of an axis that says it may be thinned, evenly.
function thinned({ thin, ...axis }, most) {
  if (!thin || axis.tickvals.length <= most) return axis;
  const every = Math.ceil(axis.tickvals.length / most), kept = (values) => values && values.filter((_, n) => n % every === 0);
  return { ...axis, tickvals: kept(axis.tickvals), ...(axis.ticktext ? { ticktext: kept(axis.ticktext) } : {}) };
}

function layoutOf(figure, place, wide, ends) {
  const ink = dark() ? "#e6e9ed" : "#1b1f24", line = dark() ? "#343b44" : "#d8dde3";
  const { ends: _, ...given } = figure.layout || {};
  const axis = { gridcolor: line, zerolinecolor: line, automargin: true };
  const names = ends.map((end) => ({
    xref: "paper", x: 1, xanchor: "left", xshift: 4, y: end.y, yanchor: "middle", showarrow: false, text: end.text, align: "left",
    font: { color: readable(end.color, ink) },
  }));
  const right = Math.max(14, ...ends.map((end) => 14 + 7.6 * end.text.length));
  const named = figure.traces.filter((trace) => trace.showlegend !== false).length;
  return {
    ...given, height: given.tall || (printing ? PRINTED_HEIGHT : 360), paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: ink, size: wide ? 13 : 11 }, margin: { l: 10, r: right, t: 16, b: 10 }, hovermode: "closest",
    showlegend: (figure.layout || {}).ends ? named > ends.length : named > 1, legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    annotations: [...(given.annotations || []), ...names], ...(printing ? { width: PRINTED } : { autosize: true }),
    xaxis: { ...axis, nticks: wide ? 18 : 6, ...thinned(given.xaxis || {}, place > 1000 ? 10 : wide ? 8 : 4) }, yaxis: { ...axis, ...(given.yaxis || {}) },
  };
}

// Names of lanes on two lines, for a narrow screen.
const folded = (names) => names.map((name) => (typeof name === "string" ? name.replace(": ", ":<br>") : name));

function narrowed({ traces, layout }) {
  const lanes = (layout || {}).yaxis || {};
  if (!lanes.categoryarray) return { traces, layout };
  return {
    traces: traces.map((trace) => ({ ...trace, y: folded(trace.y) })),
    layout: { ...layout, yaxis: { ...lanes, categoryarray: folded(lanes.categoryarray) } },
  };
}

// Draw a figure, its traces and its layout, in a place of the page.
function drawChart(place, given) {
  const width = printing ? PRINTED : place.clientWidth, wide = width > 600, figure = wide ? given : narrowed(given);
  // Where there is room, names stand at the ends of lines; else in the legend.
  const ends = wide ? (figure.layout || {}).ends || [] : [];
  const named = new Set(ends.map((end) => end.trace));
  const traces = figure.traces.map((trace, n) => (named.has(n) ? { ...trace, showlegend: false } : trace));
  Plotly.react(place, traces, layoutOf(figure, width, wide, ends), { responsive: true, displayModeBar: false });
}
