import {layerPicture, roundsChart} from "./charts.js";

const REFRESH_MILLIS = 5000;
const LIMIT = 50;
const content = document.getElementById("content");
const trouble = document.getElementById("trouble");
const SERVED = {source: "source model", mask_sent: "mask sent", mask_partly: "mask on some devices", mask_applied: "own mask", mask_refused: "mask refused", mask_rolled_back: "mask rolled back"};
const COLUMNS = [["user", "User", true], ["served", "Runs", true], ["reason", "Last decision", true], ["devices", "Devices"], ["sparsity", "Weights removed"], ["accuracy", "Accuracy, estimated"],
  ["change", "against source"], ["measured", "measured"], ["budget", "Budget"], ["rounds", "Rounds"], ["version", "Version"], ["age", "Published"]];
const STATES = [["", "all users"], ["measured_below", "measured worse than estimated"], ["measured_above", "measured better than estimated"], ["worse", "estimated worse than the source"],
  ["mask_refused", "mask refused"], ["mask_rolled_back", "rolled back by a device"], ["held_back", "held back"], ["waiting", "waiting for repair"], ["paused", "paused"], ["pinned", "pinned"],
  ["mask_applied", "on their own mask"], ["mask_partly", "mask on some devices"], ["mask_sent", "mask sent only"], ["source", "without a mask"]];

let sort = "user";
let descending = false;
let wantedState = "";
let prefix = "";
let cursors = []; // of the pages before this one, the first without
let token = "";
let typedSparsity = ""; // this and the next, for the user who is shown
let answer = "";
let commands = false;
let turn = 0;

function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role" || key === "scope") element.setAttribute(key, value); else element[key] = value;
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

const percent = share => share === undefined ? "–" : `${(100 * share).toFixed(1)} %`;
const points = change => change === undefined ? "–" : `${change < 0 ? "−" : "+"}${(100 * Math.abs(change)).toFixed(1)}`;
const span = estimate => estimate ? `${percent(estimate.value)} (${Math.round(100 * estimate.lower)}–${Math.round(100 * estimate.upper)})` : "not enough data";
const when = millis => millis ? new Date(millis).toLocaleString() : "–";
const words = text => text.replaceAll("_", " ");
/** An estimate that measurement contradicts is no gain. */
const tone = user => user.measuredOutside === "below" || user.accuracyChange <= -0.001 ? "loss" : user.accuracyChange >= 0.001 ? "gain" : "";
const measured = user => user.labels ? `${percent(user.measuredAccuracy)} of ${user.labels}${user.measuredOutside ? `, ${user.measuredOutside} the estimate` : ""}` : "–";

async function ask(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? `The agent answered ${response.status}`);
  return body;
}

function cards(entries) {
  return make("ul", {className: "cards"}, ...entries.map(([label, value, className]) =>
    make("li", {}, make("b", {className: className ?? ""}, value), make("span", {}, label))));
}

function link(user) {
  return make("a", {href: `#/users/${encodeURIComponent(user)}`}, user);
}

/** Begins the list anew, since something else is asked for. */
function list(change) {
  change();
  cursors = [];
  show();
}

/** What needs a look first; each leads to its users. */
function attention(totals) {
  const counts = {measured_below: totals.measuredBelow, worse: totals.worse, mask_refused: totals.served.mask_refused, mask_rolled_back: totals.served.mask_rolled_back,
    held_back: totals.heldBack, waiting: totals.waiting, paused: totals.paused};
  const found = STATES.filter(([state]) => counts[state] > 0);
  return found.length ? make("p", {className: "actions", id: "attention"}, "To look at:", ...found.map(([state, label]) =>
    make("button", {type: "button", id: `look-${state}`, onclick: () => list(() => { wantedState = state; })}, `${counts[state]} ${label}`))) : null;
}

function missing(totals, users) {
  const partitions = totals.partitions - totals.partitionsAnswered;
  if (partitions <= 0 && !totals.unansweredAgents && !users.unansweredAgents) return null;
  return make("p", {className: "loss"}, `Users are missing here: those of ${Math.max(0, partitions)} of ${totals.partitions} partitions, which move or whose agent does not answer.`);
}

async function fleet() {
  const query = new URLSearchParams({limit: LIMIT, sort, order: descending ? "desc" : "asc", state: wantedState, prefix});
  if (cursors.length) query.set("cursor", cursors[cursors.length - 1]);
  const [totals, page] = await Promise.all([ask("api/v1/fleet"), ask(`api/v1/users?${query}`)]);
  const {users, total, nextCursor} = page;
  const spread = totals.distributions;
  const arrow = key => sort === key ? (descending ? " ↓" : " ↑") : "";
  const head = make("tr", {}, ...COLUMNS.map(([key, label, text]) => make("th", {scope: "col", className: text ? "text" : "", "aria-sort": sort === key ? (descending ? "descending" : "ascending") : "none"},
    make("button", {type: "button", id: `sort-${key}`, "aria-pressed": String(sort === key),
      onclick: () => list(() => { descending = sort === key && !descending; sort = key; })}, label + arrow(key)))));
  const rows = users.map(user => make("tr", {},
    make("td", {}, link(user.user)),
    make("td", {className: "text"}, make("span", {className: user.served === "mask_refused" || user.served === "mask_rolled_back" ? "tag loss" : "tag"}, SERVED[user.served] ?? user.served),
      user.paused ? " paused" : "", user.pinned ? " pinned" : ""),
    make("td", {className: "text why"}, user.lastReason || words(user.lastOutcome) || "–"),
    make("td", {}, user.version ? `${user.devicesCurrent} of ${user.devices}` : String(user.devices)),
    make("td", {}, percent(user.sparsity?.weights)),
    make("td", {}, user.version ? span(user.estimatedAccuracy) : "–"),
    make("td", {className: tone(user)}, points(user.accuracyChange)),
    make("td", {className: user.measuredOutside === "below" ? "loss" : ""}, measured(user)),
    make("td", {}, user.waitsSinceMillis ? "repair waits" : percent(user.budget)),
    make("td", {}, String(user.rounds)),
    make("td", {}, String(user.version)),
    make("td", {}, when(user.publishedAtMillis))));
  const find = make("input", {type: "search", id: "prefix", value: prefix, placeholder: "begins with", autocomplete: "off", "aria-label": "User's name begins with",
    onchange: event => list(() => { prefix = event.target.value.trim(); })});
  const states = make("select", {id: "state", "aria-label": "Which users", onchange: event => list(() => { wantedState = event.target.value; })},
    ...STATES.map(([value, label]) => make("option", {value, selected: value === wantedState}, label)));
  return [
    make("h1", {}, "Fleet"),
    cards([
      ["users", totals.users.toLocaleString()],
      ["run their own mask on every device", totals.served.mask_applied.toLocaleString()],
      ["weights removed, median", percent(spread.weightsRemoved.median)],
      ["estimated accuracy, median", percent(spread.estimatedAccuracy.median)],
      ["measured accuracy, median", percent(spread.measuredAccuracy.median)],
      ["change against source, median", points(spread.accuracyChange.median)],
    ]),
    missing(totals, page),
    attention(totals),
    make("div", {className: "actions", id: "list"}, find, states, make("span", {className: "quiet"}, `${total.toLocaleString()} users`),
      make("button", {type: "button", id: "previous", disabled: !cursors.length, onclick: () => { cursors.pop(); show(); }}, "Previous"),
      make("button", {type: "button", id: "next", disabled: !nextCursor, onclick: () => { cursors.push(nextCursor); show(); }}, "Next")),
    users.length ? make("div", {className: "scroll", tabIndex: 0, role: "region", "aria-label": "Users"}, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)))
      : make("p", {className: "quiet"}, totals.users ? "No user is like this." : "No user has sent an event yet."),
  ];
}

async function user(name) {
  const path = `api/v1/users/${encodeURIComponent(name)}`;
  const {states} = await ask(path);
  const masks = states.some(state => state.version > 0) ? (await ask(`${path}/mask`)).masks : [];
  const {settings} = await ask(`api/v1/settings?user=${encodeURIComponent(name)}`);
  return states.flatMap(state => [
    make("h1", {}, `${state.user} `, make("span", {className: "quiet"}, state.model)),
    cards([
      ["runs", SERVED[state.served] ?? "source model"],
      ["mask version", String(state.version)],
      ["events in the sums", String(state.eventsInSums ?? "–")],
      ["of the next budget", percent(state.budget)],
      ["estimated accuracy", state.version ? span(state.estimatedAccuracy) : "–"],
      ["source model, estimated", span(state.sourceAccuracy)],
      ["change against source", points(state.accuracyChange), tone(state)],
      ["measured by labels", state.labels ? `${percent(state.measuredAccuracy)} of ${state.labels}` : "no labels", state.measuredOutside === "below" ? "loss" : ""],
      ["devices that run it", state.version ? `${state.devicesCurrent} of ${state.devices}` : String(state.devices)],
      ["nodes removed", percent(state.sparsity?.nodes)],
      ["weights removed", percent(state.sparsity?.weights)],
      ["MACs removed", percent(state.sparsity?.macs)],
    ]),
    state.measuredOutside ? make("p", {className: "loss", id: "contradiction"}, `Measured accuracy lies ${state.measuredOutside} the interval that was estimated for this mask: ${percent(state.measuredAccuracy)} of ${state.labels} labels, and ${span(state.estimatedAccuracy)} was expected. Trust the labels.`) : null,
    state.waitsSinceMillis ? make("p", {className: "quiet"}, `A repair is due since ${when(state.waitsSinceMillis)} and waits for its turn.`) : null,
    state.lastReason ? make("p", {id: "why"}, state.lastReason) : null,
    state.paused ? make("p", {className: "loss"}, "Paused: nothing is pruned for this user until it is resumed.") : null,
    state.pinned ? make("p", {className: "quiet"}, "Pinned: only commands publish for this user until it is unpinned.") : null,
    ...inForce(settings.filter(row => row.model === state.model && row.from !== "agent"), state),
    ...decisions(state.history ?? []),
    ...masks.filter(mask => mask.model === state.model).flatMap(picture),
    commands ? actions(state) : make("p", {className: "quiet"}, "Commands from this page are off (http.commands.token.file)."),
  ]);
}

/** What commands have put in force; the rest is the agent's own configuration. */
function inForce(rows, state) {
  if (!rows.length) return [];
  const head = make("tr", {}, ...["Setting", "Value", "For", "By", "Since", ""].map(label => make("th", {scope: "col", className: "text"}, label)));
  const body = rows.map(row => make("tr", {},
    make("td", {}, words(row.setting)),
    make("td", {className: "text"}, typeof row.value === "object" ? JSON.stringify(row.value) : words(String(row.value))),
    make("td", {className: "text"}, row.from === "user" ? "this user" : row.from),
    make("td", {className: "text"}, row.requestedBy || "–"),
    make("td", {className: "text"}, when(row.sinceMillis)),
    make("td", {className: "text"}, commands && row.from === "user"
      ? make("button", {type: "button", id: `unset-${row.setting}`, onclick: () => command(state, "configure", {unset: [row.setting]})}, "Take back") : "")));
  return [make("h2", {}, "Settings that commands put in force"),
    make("div", {className: "scroll"}, make("table", {id: "settings"}, make("thead", {}, head), make("tbody", {}, ...body)))];
}

/** Says what became of sending a command, where the commands are. */
function say(text) {
  answer = text;
  document.getElementById("said")?.replaceChildren(text);
}

async function command(state, action, more = {}) {
  try {
    const {commandId} = await ask("api/v1/commands", {method: "POST", headers: {Authorization: `Bearer ${token}`, "Content-Type": "application/json"},
      body: JSON.stringify({user: state.user, model: state.model, action, ...more})});
    say(`Sent (${commandId}). The decision appears above.`);
  } catch (failure) {
    say(failure.message);
  }
}

function decisions(rounds) {
  if (!rounds.length) return [make("p", {className: "quiet"}, "Nothing has been decided for this user yet.")];
  const legend = make("ul", {className: "legend"}, ...[["estimated", "candidate, estimated"], ["source", "source model, estimated"], ["removed", "weights removed"]]
    .map(([name, label]) => make("li", {className: `l-${name}`}, make("i"), label)));
  const why = rounds.some(round => round.reason) ? ["Why"] : [];
  const head = make("tr", {}, ...["Decision", "Time", "Trigger", "Outcome", "Version", "Candidate", "Source", "Weights removed", ...why]
    .map(label => make("th", {scope: "col"}, label)));
  const rows = rounds.map((round, i) => make("tr", {},
    make("td", {}, String(i + 1)),
    make("td", {}, when(round.decidedAtMillis)),
    make("td", {}, words(round.trigger) + (round.requestedBy ? ` by ${round.requestedBy}` : "")),
    make("td", {className: round.outcome === "published" ? "gain" : ""}, words(round.outcome)),
    make("td", {}, String(round.version)),
    make("td", {}, round.estimatedAccuracy ? span(round.estimatedAccuracy) : "–"),
    make("td", {}, round.sourceAccuracy ? span(round.sourceAccuracy) : "–"),
    make("td", {}, percent(round.weightsRemoved)),
    ...why.map(() => make("td", {className: "text why"}, round.reason))));
  return [make("h2", {}, "What the gate saw and decided"),
    make("div", {className: "card"}, roundsChart(rounds), legend),
    make("div", {className: "scroll"}, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows.reverse())))];
}

function picture(mask) {
  const unit = mask.granularity === "node" ? "nodes" : "weights";
  return [make("h2", {}, `Mask version ${mask.version}: ${words(mask.kind)}, ${unit}`),
    make("p", {className: "quiet"}, "A pixel for each, coloured where it is kept."),
    make("div", {className: "layers"}, ...mask.layers.map(layer => make("figure", {className: "card layer"}, layerPicture(layer),
      make("figcaption", {}, `${layer.layer} · ${layer.kept} of ${layer.size}`))))];
}

function actions(state) {
  const said = make("output", {id: "said", "aria-live": "polite"}, answer);
  const secret = make("input", {type: "password", id: "token", value: token, autocomplete: "off", oninput: event => { token = event.target.value; }});
  const sparsity = make("input", {type: "number", id: "sparsity", min: 0, max: 0.99, step: 0.01, value: typedSparsity || (state.sparsity?.nodes ?? 0.7).toFixed(2),
    oninput: event => { typedSparsity = event.target.value; }});
  const send = (action, more) => () => command(state, action, more);
  const reprune = event => { event.preventDefault(); send("reprune", {sparsity: Number(sparsity.value)})(); };
  return make("section", {id: "actions"}, make("h2", {}, "Commands"), make("form", {className: "actions card", onsubmit: reprune},
    make("label", {}, "Token", secret),
    make("label", {}, "Sparsity", sparsity),
    make("button", {type: "submit", id: "reprune"}, "Re-prune"),
    make("button", {type: "button", id: "pause", onclick: send(state.paused ? "resume" : "pause")}, state.paused ? "Resume" : "Pause"),
    make("button", {type: "button", id: "pin", onclick: send(state.pinned ? "unpin" : "pin")}, state.pinned ? "Unpin" : "Pin"),
    make("button", {type: "button", id: "rollback", disabled: !state.version, onclick: send("rollback")}, "Roll back"),
    said));
}

/** Draws what the address names; an answer that comes after a newer question is dropped. */
async function show() {
  const mine = ++turn;
  const match = location.hash.match(/^#\/users\/(.+)$/);
  try {
    const drawn = match ? await user(decodeURIComponent(match[1])) : await fleet();
    if (mine !== turn) return;
    const busy = document.getElementById("actions");
    const typing = match && busy?.contains(document.activeElement) && document.activeElement.tagName === "INPUT";
    const searching = document.activeElement?.id === "prefix" ? document.activeElement.value : undefined;
    const focused = document.activeElement?.id;
    content.replaceChildren(...drawn.filter(Boolean));
    if (typing) document.getElementById("actions")?.replaceWith(busy);
    if (searching !== undefined && document.getElementById("prefix")) document.getElementById("prefix").value = searching;
    if (focused) document.getElementById(focused)?.focus({preventScroll: true});
    trouble.hidden = true;
    document.title = match ? `${decodeURIComponent(match[1])} – Fineprune` : "Fineprune";
    document.getElementById("fresh").textContent = `As of ${new Date().toLocaleTimeString()}; asks again every ${REFRESH_MILLIS / 1000} s.`;
  } catch (failure) {
    if (mine !== turn) return;
    trouble.textContent = failure.message;
    trouble.hidden = false;
  }
}

document.getElementById("find").addEventListener("submit", event => {
  event.preventDefault();
  const wanted = document.getElementById("wanted").value.trim();
  if (wanted) location.hash = `#/users/${encodeURIComponent(wanted)}`;
});
addEventListener("hashchange", () => { typedSparsity = ""; answer = ""; content.replaceChildren(); show().then(() => content.focus()); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
setInterval(() => { if (!document.hidden) show(); }, REFRESH_MILLIS);
ask("api/v1/commands").then(found => { commands = found.enabled; }).catch(() => {}).finally(show);
