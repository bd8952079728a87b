"use strict";
// The page works without this: sorting and filtering are links and a form that the server answers,
// uploading is a form. With it, they happen at once, and files can be dropped.
(() => {
  const table = document.getElementById("files");
  const body = table.tBodies[0];
  const filter = document.getElementById("filter");
  const said = document.getElementById("said");
  const rows = () => [...body.rows];
  document.documentElement.classList.add("scripted");

  // --- Filter

  function show() {
    const wanted = filter.value.toLowerCase();
    let shown = 0;
    for (const row of rows()) {
      row.hidden = !row.dataset.name.toLowerCase().includes(wanted);
      if (!row.hidden) ++shown;
    }
    document.getElementById("none").hidden = shown > 0;
    said.textContent = wanted ? `${shown} of ${body.rows.length} shown` : "";
  }
  filter.form.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("input", show);

  // --- Sort

  const compare = {
    name: (a, b) => (a.dataset.name < b.dataset.name ? -1 : a.dataset.name > b.dataset.name ? 1 : 0),
    size: (a, b) => Number(a.dataset.size) - Number(b.dataset.size),
    modified: (a, b) => Number(a.dataset.modified) - Number(b.dataset.modified),
  };
  function sort(head) {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const each of head.parentNode.cells) each.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const column = head.dataset.column;
    const sorted = rows().sort((a, b) => {
      const folders = Number(b.dataset.folder) - Number(a.dataset.folder);
      const order = compare[column](a, b) || compare.name(a, b);
      return folders || (up ? order : -order);
    });
    body.append(...sorted);
    said.textContent = `Sorted by ${column}, ${up ? "ascending" : "descending"}`;
  }
  for (const head of table.tHead.rows[0].cells) {
    head.querySelector("a").addEventListener("click", (event) => {
      event.preventDefault();
      sort(head);
    });
  }

  // --- Keys

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = event.target.matches("input");
    if (event.key === "/" && !inField) {
      event.preventDefault();
      filter.focus();
    } else if (event.key === "Escape" && event.target === filter) {
      filter.value = "";
      show();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (inField && event.target !== filter) return;
      const links = rows().filter((row) => !row.hidden).map((row) => row.querySelector("a"));
      const at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      if (at < 0 || at >= links.length) return;
      event.preventDefault();
      links[at].focus();
    }
  });

  // --- Times, as they are here

  for (const time of document.querySelectorAll("time")) {
    time.title = new Date(time.dateTime).toLocaleString();
  }

  // --- Upload

  const upload = document.getElementById("upload");
  if (!upload) return;
  const sending = document.getElementById("sending");

  function send(file) {
    return new Promise((done) => {
      const line = document.createElement("li");
      const name = document.createElement("span");
      const bar = document.createElement("progress");
      name.textContent = file.name;
      bar.setAttribute("aria-label", `${file.name} on its way`);
      bar.value = 0;
      line.append(bar, name);
      sending.append(line);
      const finish = (text, failed) => {
        bar.remove();
        name.textContent = `${file.name}: ${text}`;
        line.classList.toggle("failed", failed);
        said.textContent = name.textContent;
        done(!failed);
      };
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable && event.total) bar.value = event.loaded / event.total;
      });
      request.addEventListener("load", () => {
        const text = request.status < 300 ? "there" : request.responseText.trim().split("\n")[0];
        finish(text, request.status >= 300);
      });
      request.addEventListener("error", () => finish("the connection has ended", true));
      request.open("PUT", location.pathname + encodeURIComponent(file.name));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.send(file);
    });
  }
  async function sendAll(files) {
    sending.textContent = "";
    let good = true;
    for (const file of files) good = (await send(file)) && good;
    if (good) location.reload();
  }
  upload.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAll(document.getElementById("chosen").files);
  });
  let depth = 0;
  const drag = (by) => {
    depth = Math.max(0, depth + by);
    document.documentElement.classList.toggle("dragging", depth > 0);
  };
  document.addEventListener("dragenter", () => drag(1));
  document.addEventListener("dragleave", () => drag(-1));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drag(-depth);
    sendAll(event.dataTransfer.files);
  });
})();
