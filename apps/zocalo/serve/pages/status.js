"use strict";
(() => {
  const element = (id) => document.getElementById(id);
  const seconds = 120;
  const series = { requests: [], sent: [], open: [] };
  let before = null;
  let paused = false;

  function size(bytes) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    for (; bytes >= 1024 && unit + 1 < units.length; ++unit) bytes /= 1024;
    return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
  }
  const count = (number) => number.toLocaleString();
  const rate = (number) => (number < 10 ? number.toFixed(1) : count(Math.round(number)));

  // --- Charts

  function node(name, attributes) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }
  function draw(name, shown) {
    const chart = element(`c-${name}`);
    const values = series[name];
    const top = Math.max(1, ...values);
    const points = values.map((value, i) => {
      const x = 600 - (values.length - 1 - i) * (600 / (seconds - 1));
      return `${x.toFixed(1)},${(116 - (value / top) * 108).toFixed(1)}`;
    });
    const first = 600 - (values.length - 1) * (600 / (seconds - 1));
    chart.querySelectorAll("path, line").forEach((old) => old.remove());
    chart.append(
      node("line", { class: "base", x1: 0, y1: 118, x2: 600, y2: 118 }),
      node("path", { class: "area", d: `M${first.toFixed(1)},118 L${points.join(" L")} L600,118 Z` }),
      node("path", { class: "line", d: `M${points.join(" L")}` }),
    );
    const now = shown(values[values.length - 1]);
    const most = `at most ${shown(Math.max(...values))}`;
    element(`n-${name}`).textContent = now;
    element(`m-${name}`).textContent = most;
    chart.querySelector("title").textContent = `${chart.dataset.title}: now ${now}, ${most}`;
  }
  for (const name of Object.keys(series)) {
    element(`c-${name}`).dataset.title = element(`t-${name}`).textContent;
  }
  function push(name, value) {
    series[name].push(value);
    if (series[name].length > seconds) series[name].shift();
  }

  // --- Lists: what is shown was sent by others, and stays text.

  function cell(row, text, kind) {
    const made = row.insertCell();
    made.textContent = text;
    if (kind) made.className = kind;
  }
  function time(milliseconds) {
    return new Date(milliseconds).toLocaleTimeString();
  }
  function showVisitors(visitors) {
    const body = element("visitors");
    body.textContent = "";
    for (const each of visitors) {
      const row = body.insertRow();
      cell(row, each.peer);
      cell(row, each.protocol);
      cell(row, time(each.since));
      cell(row, count(each.requests), "number");
      cell(row, size(each.sent), "number");
    }
  }
  function showErrors(errors) {
    element("no-errors").hidden = errors.length > 0;
    element("errors").replaceChildren(...errors.map((each) => {
      const line = document.createElement("li");
      const when = document.createElement("time");
      when.textContent = `${time(each.time)} `;
      line.append(when, each.text);
      return line;
    }));
  }
  function showListeners(listeners) {
    if (element("listeners").childElementCount === listeners.length) return;
    element("listeners").replaceChildren(...listeners.map((each) => {
      const line = document.createElement("li");
      const name = document.createElement("b");
      name.textContent = each.protocol;
      line.append(name, each.where);
      return line;
    }));
  }

  function note(state) {
    if (before) {
      const passed = Math.max(0.001, (state.time - before.time) / 1000);
      push("requests", Math.max(0, state.requests - before.requests) / passed);
      push("sent", Math.max(0, state.sent - before.sent) / passed);
    }
    push("open", state.open);
    before = state;
  }
  // Sums at the beginning of seconds, and none for one in which nothing happened.
  function lookBack(state) {
    for (const name of Object.keys(series)) series[name] = [];
    before = null;
    const samples = [...state.history];
    let last = samples.shift();
    const second = 1000;
    const first = state.time - (seconds - 1) * second;
    for (let time = last ? Math.max(last.time, first) : state.time; time < state.time - second; time += second) {
      while (samples.length > 0 && samples[0].time <= time) last = samples.shift();
      note({ ...last, time });
    }
  }

  function show(state) {
    if (state.history) lookBack(state);
    note(state);
    if (paused) return;
    if (series.requests.length > 0) {
      draw("requests", rate);
      draw("sent", size);
    }
    draw("open", count);
    for (const name of ["accepted", "requests"]) element(`s-${name}`).textContent = count(state[name]);
    for (const name of ["received", "sent"]) element(`s-${name}`).textContent = size(state[name]);
    showListeners(state.listeners);
    showVisitors(state.visitors);
    showErrors(state.errors);
  }

  const say = (text) => {
    if (element("state").textContent !== text) element("state").textContent = text;
  };
  const events = new EventSource("events");
  events.addEventListener("open", () => say("live"));
  events.addEventListener("error", () => say("the server does not answer; trying again"));
  events.addEventListener("message", (event) => show(JSON.parse(event.data)));
  element("pause").addEventListener("click", () => {
    paused = !paused;
    element("pause").setAttribute("aria-pressed", String(paused));
    say(paused ? "paused" : "live");
  });
})();
