// Replace the SVG map of the server by a Leaflet map of the same box. On the search page, moving
// the map starts a search: fetch the page of that search, and replace the form and the results.

import { formatBox, nearestLongitude, parseBox } from "./boxes.js";
import { Grid } from "./grid.js";
import { Land } from "./land.js";
import { Names } from "./names.js";

{
  const CLUSTER_PIXELS = 64; // clusters in a square of this size are merged
  const MAX_LONGITUDE = 360000; // degrees: the map repeats without an end that a visitor would reach
  const SEARCH_DELAY_MS = 300; // from the last move of the map to the search

  const container = document.getElementById("map");
  const main = document.getElementById("main");
  const statusLine = document.getElementById("status");
  const form = () => document.querySelector("form.search");
  const parametersOf = (url) => new URL(url, location.href).searchParams;
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const texts = JSON.parse(container.dataset.texts);
  const darkScheme = matchMedia("(prefers-color-scheme: dark)");

  // The layers below the rooms: street tiles if the settings have their URL, or else the land, a
  // grid of degrees, and names of places.

  function baseLayers() {
    const { tiles, land, attribution } = container.dataset;
    // Some tile servers, such as OpenStreetMap's, answer 403 to requests without a Referer.
    const options = { attribution, maxZoom: 19, referrerPolicy: "strict-origin" };
    if (tiles) return [L.tileLayer(tiles, options)];
    const grid = new Grid({ attribution });
    darkScheme.addEventListener("change", () => grid.redraw());
    return [new Land(land), grid, new Names()];
  }

  // Pins and clusters.

  function createMarker(element, latitude, longitude, zIndexOffset) {
    const icon = L.divIcon({ className: "marker", html: element, iconSize: null });
    const options = { icon, interactive: false, keyboard: false, zIndexOffset };
    return L.marker([latitude, nearestLongitude(map, longitude)], options);
  }

  function createPin({ code, price, name, longitude, latitude }) {
    const link = document.createElement("a");
    link.className = code === main.querySelector(".room-details")?.dataset.code ? "pin current" : "pin";
    link.href = `/rooms/${code}`;
    link.dataset.code = code;
    link.textContent = price;
    link.setAttribute("aria-label", name);
    return createMarker(link, Number(latitude), Number(longitude), 1000);
  }

  function showPins() {
    pinLayer.clearLayers();
    for (const each of main.querySelectorAll("[data-longitude]")) pinLayer.addLayer(createPin(each.dataset));
    pinLinks().forEach((link, index) => (link.tabIndex = index ? -1 : 0));
  }

  // All pins are one tab stop; arrow keys move between them (ARIA: roving tabindex).

  const pinLinks = () => [...container.querySelectorAll("a.pin")];

  function moveFocus(event) {
    const pins = pinLinks();
    const index = pins.indexOf(document.activeElement);
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -index, End: -1 - index };
    if (index < 0 || !(event.key in steps)) return;
    event.preventDefault();
    event.stopPropagation(); // otherwise Leaflet moves the map
    pins[index].tabIndex = -1;
    const next = pins.at((index + steps[event.key]) % pins.length);
    next.tabIndex = 0;
    next.focus({ preventScroll: true });
  }

  function createCluster({ count, latitude, longitude }) {
    const button = document.createElement("button");
    const digits = String(count).length;
    button.className = `cluster digits-${Math.min(digits, 4)}`;
    button.textContent = digits < 4 ? count : `${Number((count / 1000).toPrecision(2))}k`;
    button.setAttribute("aria-label", texts.cluster.replace("{count}", count));
    button.addEventListener("click", () => {
      map.getContainer().focus({ preventScroll: true });
      map.setView([latitude, longitude], map.getZoom() + 2);
    });
    return createMarker(button, latitude, longitude, 0);
  }

  function mergeClusters(clusters) {
    const cells = new Map();
    for (const each of clusters) {
      const point = map.latLngToLayerPoint([each.latitude, each.longitude]);
      const key = String(point.divideBy(CLUSTER_PIXELS).floor());
      const cell = cells.get(key) ?? { count: 0, latitude: 0, longitude: 0 };
      const count = cell.count + each.count;
      for (const axis of ["latitude", "longitude"]) {
        cell[axis] += ((each[axis] - cell[axis]) * each.count) / count;
      }
      cells.set(key, { ...cell, count });
    }
    return [...cells.values()];
  }

  async function showClusters(signal) {
    const shown = main.querySelectorAll(".card").length;
    const parameters = parametersOf(location.href);
    for (const name of [...parameters.keys()]) {
      if (!/^(filter_.*|near_.*|place|within|q)$/.test(name)) parameters.delete(name);
    }
    parameters.set("bbox", formatBox(map.getBounds()));
    const hasMore = Number(container.dataset.count ?? 0) > shown;
    const response = hasMore && (await fetch(`/rooms/clusters?${parameters}`, { signal }));
    const clusters = hasMore && response.ok ? (await response.json()).clusters : [];
    clusterLayer.clearLayers();
    for (const each of mergeClusters(clusters)) clusterLayer.addLayer(createCluster(each));
  }

  // Searching.

  let request = new AbortController();
  let loadedSearch = location.search;
  let lastPosition; // of the map; a different one means that the visitor has moved it

  function announce(text, isHidden) {
    if (statusLine) {
      statusLine.textContent = text;
      statusLine.classList.toggle("visually-hidden", isHidden);
    }
  }

  function rememberPosition() {
    lastPosition = { center: map.getCenter(), zoom: map.getZoom() };
  }

  function fitMap() {
    const box = form() && parametersOf(location.href).get("bbox");
    map.fitBounds(parseBox(box?.split(",").length === 4 ? box : container.dataset.bbox), { animate: false });
    rememberPosition();
  }

  function searchUrl(changes) {
    const parameters = new URLSearchParams(new FormData(form()));
    // The boxes of one parameter are one list.
    for (const name of new Set(parameters.keys())) parameters.set(name, parameters.getAll(name).join());
    for (const [name, text] of Object.entries(changes)) parameters.set(name, text);
    for (const [name, text] of [...parameters]) if (!text.trim()) parameters.delete(name);
    return `/?${String(parameters).replaceAll("%2C", ",")}`;
  }

  // The visible part of the map replaces the place, and the radius around it.
  function withoutPlace() {
    const place = form().elements.place?.value;
    return { where: "", place: "", ...(place && { within: "" }) };
  }

  function replaceResults(page) {
    const focused = form().contains(document.activeElement) ? document.activeElement : null;
    page.querySelector("details.more")?.toggleAttribute("open", Boolean(form().querySelector("details[open]")));
    for (const part of ["form.search", ".list"]) {
      document.querySelector(part).replaceWith(page.querySelector(part));
    }
    Object.assign(container.dataset, page.getElementById("map").dataset);
    document.title = page.title;
    main.dispatchEvent(new CustomEvent("searched")); // for places.js
    if (!focused) return;
    const isSame = ({ name, type, value }) =>
      name === focused.name && (type !== "checkbox" || value === focused.value);
    const field = [...form().elements].find(isSame) ?? form().querySelector("button");
    field.focus();
    // The field is in the sheet of filters, which is closed again.
    if (document.activeElement !== field) form().querySelector("[popovertarget]").focus();
  }

  async function loadResults(url, updateHistory, fitsMap) {
    request.abort();
    request = new AbortController();
    const { signal } = request;
    main.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(url, { signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (response.status === 400 || (response.ok && !page.getElementById("map"))) {
        location.assign(url); // show the error page of the server
        return;
      }
      if (!response.ok) throw new TypeError(response.statusText);
      updateHistory(response.url); // a typed place is redirected
      loadedSearch = location.search;
      replaceResults(page);
      if (fitsMap) fitMap();
      showPins();
      announce(document.title, true);
      await showClusters(signal);
    } catch (error) {
      if (error.name === "AbortError") return;
      announce(texts.searchFailed, false);
    }
    main.removeAttribute("aria-busy");
  }

  const pushUrl = (url) => history.pushState(null, "", url);
  const replaceUrl = (url) => history.replaceState(null, "", url);

  function searchMovedMap() {
    const { center, zoom } = lastPosition;
    rememberPosition();
    const pixels = map.project(center).distanceTo(map.project(lastPosition.center));
    // The window was resized, or fitMap moved the map.
    if (zoom === lastPosition.zoom && pixels < 2) return;
    // Replace the URL, so that Back leaves the search after any number of moves.
    loadResults(searchUrl({ bbox: formatBox(map.getBounds()), ...withoutPlace() }), replaceUrl, false);
  }

  function addListeners() {
    let timer;
    map.on("movestart", () => clearTimeout(timer));
    map.on("moveend", () => {
      clearTimeout(timer);
      timer = setTimeout(searchMovedMap, SEARCH_DELAY_MS);
    });
    main.addEventListener("submit", (event) => {
      if (event.target !== form()) return;
      event.preventDefault();
      loadResults(searchUrl({}), pushUrl, true);
    });
    addEventListener("popstate", () => {
      if (location.search !== loadedSearch) loadResults(location.href, () => {}, true);
    });
  }

  // Highlight a card and its pin together.

  function highlight(event) {
    const code = event.target.closest("[data-code]")?.dataset.code;
    for (const each of main.querySelectorAll("[data-code]")) {
      each.classList.toggle("highlighted", each.dataset.code === code);
    }
  }

  container.replaceChildren();
  const map = L.map(container, {
    zoomSnap: 0,
    zoomControl: false,
    minZoom: 0,
    maxZoom: 19,
    // The projection ends at these latitudes: beyond them, there would be sea below Antarctica.
    maxBounds: [[-85.05, -MAX_LONGITUDE], [85.05, MAX_LONGITUDE]],
    maxBoundsViscosity: 1,
    zoomAnimation: !reducedMotion,
    fadeAnimation: !reducedMotion,
    markerZoomAnimation: !reducedMotion,
    inertia: !reducedMotion,
    attributionControl: Boolean(container.dataset.attribution),
  });
  map.attributionControl?.setPrefix(false);
  if (!container.dataset.tiles) L.control.scale({ imperial: false, position: "topright" }).addTo(map);
  L.control.zoom({ zoomInTitle: texts.zoomIn, zoomOutTitle: texts.zoomOut }).addTo(map);
  container.setAttribute("role", "group");
  container.setAttribute("aria-label", texts.map);
  const pinLayer = L.layerGroup();
  const clusterLayer = L.layerGroup();
  fitMap();
  for (const layer of [...baseLayers(), clusterLayer, pinLayer]) layer.addTo(map);
  showPins();
  container.addEventListener("keydown", moveFocus, true);
  for (const kind of ["mouseover", "focusin"]) main.addEventListener(kind, highlight);
  if (form()) {
    addListeners();
    showClusters(request.signal).catch(() => announce(texts.clustersFailed, false));
  }
}
