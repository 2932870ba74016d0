// Pictures: a user's rounds as lines, a mask as pixels. No state of their own.

const SVG = "http://www.w3.org/2000/svg";

function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Estimated accuracy of candidates and source with their intervals, and the share of weights removed, over decisions. */
export function roundsChart(rounds) {
  const width = 640, height = 240, left = 44, right = 12, top = 12, bottom = 30;
  const x = i => left + (rounds.length === 1 ? 0.5 : i / (rounds.length - 1)) * (width - left - right);
  const y = share => top + (1 - share) * (height - top - bottom);
  const svg = shape("svg", {viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img",
    "aria-label": "Estimated accuracy and weights removed over decisions; the table below has the numbers"});
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    svg.append(shape("line", {x1: left, x2: width - right, y1: y(share), y2: y(share), class: "grid"}),
      shape("text", {x: left - 6, y: y(share) + 4, "text-anchor": "end"}, `${Math.round(share * 100)} %`));
  }
  const every = Math.ceil(rounds.length / 8);
  rounds.forEach((round, i) => {
    if (i % every === 0) svg.append(shape("text", {x: x(i), y: height - 10, "text-anchor": "middle"}, `${i + 1}`));
  });
  const series = {
    source: rounds.map(round => round.sourceAccuracy),
    estimated: rounds.map(round => round.estimatedAccuracy),
    removed: rounds.map(round => round.weightsRemoved === undefined ? undefined : {value: round.weightsRemoved}),
  };
  for (const [name, points] of Object.entries(series)) {
    const known = points.map((point, i) => ({point, i})).filter(entry => entry.point);
    svg.append(shape("path", {class: `line ${name}`, d: known.map(({point, i}, n) => `${n ? "L" : "M"}${x(i)} ${y(point.value)}`).join("")}));
    for (const {point, i} of known) {
      if (point.lower !== undefined) svg.append(shape("line", {class: `whisker ${name}`, x1: x(i), x2: x(i), y1: y(point.lower), y2: y(point.upper)}));
      svg.append(shape("circle", {class: name, cx: x(i), cy: y(point.value), r: 3.5}));
    }
  }
  return svg;
}

/** One pixel for each node or weight of a layer: coloured where it was kept. */
export function layerPicture(layer) {
  const bits = Uint8Array.from(atob(layer.bits), c => c.charCodeAt(0));
  const columns = layer.size <= 16 ? layer.size : Math.ceil(Math.sqrt(layer.size * 2));
  const rows = Math.ceil(layer.size / columns);
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/gi).map(hex => parseInt(hex, 16));
  const kept = colour("--kept"), gone = colour("--gone");
  const picture = canvas.getContext("2d").createImageData(columns, rows);
  for (let i = 0; i < layer.size; i++) {
    picture.data.set([...(bits[i >> 3] >> (i & 7) & 1 ? kept : gone), 255], 4 * i);
  }
  canvas.getContext("2d").putImageData(picture, 0, 0);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${layer.layer}: ${layer.kept} of ${layer.size} kept`);
  return canvas;
}
