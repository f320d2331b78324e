// Make the field of the place a combobox (ARIA: list autocomplete with manual selection), and keep
// recent searches in this browser. Without this script, the server finds the typed place.
"use strict";

{
  const TYPING_DELAY_MS = 150; // from the last key to the request
  const MAX_PLACES = 7;
  const MAX_RECENT = 5;
  const RECENT_KEY = "rentomatic-recent";

  const main = document.getElementById("main");
  const form = () => document.querySelector("form.search");

  function createElement(name, properties = {}, attributes = {}) {
    const element = Object.assign(document.createElement(name), properties);
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    return element;
  }

  // The combobox.

  const areaOf = ({ name, region, country_name: country }) =>
    [region !== name && region, country].filter(Boolean).join(", ");

  function createCombobox(container) {
    const field = container.querySelector("[name=where]");
    const chosen = container.querySelector("[name=place]");
    const status = createElement("p", { className: "visually-hidden" }, { role: "status" });
    const list = createElement("ul", { id: "places", hidden: true }, { role: "listbox" });
    list.setAttribute("aria-label", container.querySelector("label").textContent);
    container.append(list, status);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-controls": "places", "aria-expanded": "false",
    })) field.setAttribute(name, value);

    let places = [];
    let active = -1;
    let timer;
    let request = new AbortController();

    function setActive(index) {
      active = index;
      [...list.children].forEach((option, each) => option.setAttribute("aria-selected", each === index));
      const option = list.children[index];
      if (option) field.setAttribute("aria-activedescendant", option.id);
      else field.removeAttribute("aria-activedescendant");
      option?.scrollIntoView({ block: "nearest" });
    }

    function setOpen(isOpen) {
      list.hidden = !isOpen;
      field.setAttribute("aria-expanded", isOpen);
      setActive(-1);
    }

    function close() {
      clearTimeout(timer);
      request.abort();
      setOpen(false);
      status.textContent = "";
    }

    function show(found) {
      places = found;
      list.replaceChildren(...places.map((place, index) => {
        const option = createElement("li", { id: `place-${index}` }, { role: "option" });
        const area = place.found === place.name ? areaOf(place) : `${place.name}, ${areaOf(place)}`;
        option.append(createElement("strong", { textContent: place.found }), ` ${area}`);
        return option;
      }));
      setOpen(places.length > 0);
      const { many, none } = container.dataset;
      status.textContent = places.length ? many.replace("{}", places.length) : none;
    }

    async function find() {
      request.abort();
      request = new AbortController();
      const parameters = new URLSearchParams({ q: field.value, limit: MAX_PLACES });
      try {
        const response = await fetch(`/places?${parameters}`, { signal: request.signal });
        // Without a letter or digit, a text is an invalid search.
        if (response.ok || response.status === 400) show(response.ok ? await response.json() : []);
        else close();
      } catch (error) {
        // Without suggestions, the server finds the typed place.
        if (error.name !== "AbortError") close();
      }
    }

    function search() {
      clearTimeout(timer);
      if (field.value.trim()) timer = setTimeout(find, TYPING_DELAY_MS);
      else close();
    }

    function choose(index) {
      const place = places[index];
      field.value = [place.found, areaOf(place)].filter(Boolean).join(", ");
      chosen.value = place.id;
      // The place replaces the part of the map and the point that the search had.
      for (const each of container.closest("form").querySelectorAll("[name=bbox], [name^=near_]")) each.remove();
      close();
    }

    function moveBy(step) {
      const count = places.length + 1; // the field itself is one of the stops
      setActive(((active + 1 + step + count) % count) - 1);
    }

    const keys = {
      ArrowDown: (event) => (list.hidden ? find() : event.altKey || moveBy(1)),
      ArrowUp: (event) => (event.altKey ? close() : list.hidden ? find() : moveBy(-1)),
      Enter: () => active >= 0 && choose(active),
      Escape: () => !list.hidden && close(),
    };

    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) setActive(-1);
      const isOwn = event.key === "Enter" ? active >= 0 : event.key === "Escape" ? !list.hidden : event.key in keys;
      if (!isOwn || !field.value.trim()) return;
      event.preventDefault();
      keys[event.key](event);
    });
    field.addEventListener("input", (event) => {
      chosen.value = "";
      if (!event.isComposing) search();
      showRecent();
    });
    field.addEventListener("compositionend", search);
    field.addEventListener("blur", close);
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose([...list.children].indexOf(option));
    });
  }

  // Recent searches.

  const recentBox = document.getElementById("recent");

  function readRecent() {
    try {
      const read = JSON.parse(localStorage.getItem(RECENT_KEY)) ?? [];
      return read.filter(({ text, query }) => text && query?.startsWith("?")).slice(0, MAX_RECENT);
    } catch {
      return []; // storage is disabled, or its text is not ours
    }
  }

  function writeRecent(searches) {
    try {
      if (searches.length) localStorage.setItem(RECENT_KEY, JSON.stringify(searches));
      else localStorage.removeItem(RECENT_KEY);
    } catch {
      // Storage is disabled or full: nothing is kept.
    }
  }

  const currentSearch = () => document.querySelector(".list")?.dataset.search;

  function rememberSearch() {
    const text = currentSearch();
    const parameters = new URLSearchParams(location.search);
    if (!text || parameters.has("bbox")) return; // a part of the map has no name
    for (const name of ["cursor", "lang"]) parameters.delete(name);
    const query = `?${parameters}`;
    const others = readRecent().filter((each) => each.text !== text);
    writeRecent([{ text, query }, ...others].slice(0, MAX_RECENT));
  }

  function showRecent() {
    if (!recentBox) return;
    const searches = readRecent().filter(({ text }) => text !== currentSearch());
    recentBox.hidden = !searches.length || Boolean(form().elements.where.value);
    recentBox.querySelector("ul").replaceChildren(...searches.map(({ text, query }) => {
      const item = createElement("li");
      item.append(createElement("a", { href: `/${query}`, textContent: text }));
      return item;
    }));
  }

  function start() {
    createCombobox(form().querySelector(".where"));
    if (recentBox) rememberSearch();
    showRecent();
  }

  recentBox?.querySelector("button").addEventListener("click", () => {
    writeRecent([]);
    showRecent();
    form().elements.where.focus();
  });
  // Also when map.js reads the fields: a chosen place needs no text, and a radius needs a point.
  document.addEventListener("formdata", ({ formData }) => {
    if (formData.get("place")) formData.delete("where");
    else if (!formData.get("where")?.trim() && !formData.has("near_longitude")) formData.delete("within");
  });
  main.addEventListener("searched", start); // map.js has replaced the form
  start();
}
