// The livelier map: Leaflet in place of the picture that the server drew, of the same box.
// On the search page moving it moves the search. The server's pages stay the one source: each
// search is fetched as a page, of which the parts that differ are taken.
"use strict";

{
  const CELL = 64; // pixels: closer together than that, groups of rooms are shown as one
  const PAUSE = 300; // milliseconds without a move, after which the search follows the map
  const STEPS = [90, 45, 20, 10, 5, 2, 1]; // degrees between lines, and tenths of those, and so on

  const place = document.getElementById("map");
  const main = document.getElementById("main");
  const said = document.getElementById("said");
  const form = () => document.querySelector("form.search");
  const parameters = (url) => new URL(url, location.href).searchParams;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  // Boxes: west,south,east,north in degrees, as the parameter bbox has them.

  const turned = (longitude) => ((((longitude + 180) % 360) + 360) % 360) - 180;

  function boxOf(bounds) {
    const whole = bounds.getEast() - bounds.getWest() >= 360;
    const polar = (latitude) => (Math.abs(latitude) < 85 ? latitude : Math.sign(latitude) * 90);
    const edges = [
      whole ? -180 : turned(bounds.getWest()),
      polar(bounds.getSouth()),
      whole ? 180 : turned(bounds.getEast()),
      polar(bounds.getNorth()),
    ];
    return edges.map((edge) => Number(edge.toFixed(6))).join(",");
  }

  function boundsOf(box) {
    const [west, south, east, north] = box.split(",").map(Number);
    return [[south, west], [north, west > east ? east + 360 : east]];
  }

  // The ground: the tiles of the settings, or lines of longitude and latitude.

  function stepFor(degrees) {
    let power = 1;
    while (degrees < power) power /= 10;
    return STEPS.map((step) => step * power).findLast((step) => step >= degrees) ?? STEPS[0];
  }

  function named(degrees, step, names) {
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    const text = Math.abs(degrees).toFixed(digits);
    return `${text}°${Number(text) ? names[degrees > 0 ? 0 : 1] : ""}`;
  }

  const Grid = L.GridLayer.extend({
    createTile(coords) {
      const size = this.getTileSize();
      const sharp = devicePixelRatio;
      const tile = document.createElement("canvas");
      tile.width = size.x * sharp;
      tile.height = size.y * sharp;
      const pen = tile.getContext("2d");
      pen.scale(sharp, sharp);
      this.draw(pen, coords.scaleBy(size), coords.z, size);
      return tile;
    },

    draw(pen, corner, zoom, size) {
      const style = getComputedStyle(place);
      const map = this._map;
      const pixel = map.getZoomScale(zoom, map.getZoom()); // of the screen, in those of the tile
      const step = stepFor((360 / (256 * 2 ** zoom)) * 140 * pixel);
      const degrees = (x, y) => map.unproject(corner.add([x, y]), zoom);
      const pixels = (latitude, longitude) => map.project([latitude, longitude], zoom).subtract(corner);
      // A label may reach in from a line beside the tile.
      const from = degrees(-120, size.y + 20);
      const to = degrees(size.x, -20);
      const lines = (low, high) =>
        Array.from({ length: Math.floor(high / step) - Math.ceil(low / step) + 1 },
          (_, index) => (Math.ceil(low / step) + index) * step);
      const longitudes = lines(from.lng, to.lng);
      const latitudes = lines(from.lat, to.lat);
      pen.fillStyle = style.getPropertyValue("--line");
      for (const each of longitudes) pen.fillRect(pixels(0, each).x - pixel / 2, 0, pixel, size.y);
      for (const each of latitudes) pen.fillRect(0, pixels(each, 0).y - pixel / 2, size.x, pixel);
      pen.fillStyle = style.getPropertyValue("--quiet");
      pen.font = `${11 * pixel}px system-ui, sans-serif`;
      for (const longitude of longitudes) {
        for (const latitude of latitudes) {
          const { x, y } = pixels(latitude, longitude);
          const text = `${named(latitude, step, "NS")} ${named(turned(longitude), step, "EW")}`;
          pen.fillText(text, x + 4 * pixel, y - 4 * pixel);
        }
      }
    },
  });

  function ground() {
    const { tiles, attribution } = place.dataset;
    // Tile servers such as OpenStreetMap's answer 403 to requests that do not say where from.
    const options = { attribution, maxZoom: 19, referrerPolicy: "strict-origin" };
    if (tiles) return L.tileLayer(tiles, options);
    const grid = new Grid();
    dark.addEventListener("change", () => grid.redraw());
    return grid;
  }

  // Pins and groups.

  function marker(element, latitude, longitude, above) {
    const turns = Math.round((map.getCenter().lng - longitude) / 360); // to the copy that is seen
    const icon = L.divIcon({ className: "marker", html: element, iconSize: null });
    const options = { icon, interactive: false, keyboard: false, zIndexOffset: above };
    return L.marker([latitude, longitude + 360 * turns], options);
  }

  function pin({ code, price, size, longitude, latitude }) {
    const link = document.createElement("a");
    link.className = code === main.querySelector("dl.facts")?.dataset.code ? "pin here" : "pin";
    link.href = `/rooms/${code}`;
    link.dataset.code = code;
    link.textContent = price;
    link.setAttribute("aria-label", `Room for ${price}, ${size} m²`);
    return marker(link, Number(latitude), Number(longitude), 1000);
  }

  function showPins() {
    pins.clearLayers();
    for (const each of main.querySelectorAll("[data-longitude]")) pins.addLayer(pin(each.dataset));
    links().forEach((link, index) => (link.tabIndex = index ? -1 : 0));
  }

  // The pins are one tab stop; arrow keys go from one to the next (ARIA: roving tabindex).

  const links = () => [...place.querySelectorAll("a.pin")];

  function rove(event) {
    const all = links();
    const at = all.indexOf(document.activeElement);
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -at, End: -1 - at };
    if (at < 0 || !(event.key in steps)) return;
    event.preventDefault();
    event.stopPropagation(); // arrow keys elsewhere move the map
    all[at].tabIndex = -1;
    const next = all.at((at + steps[event.key]) % all.length);
    next.tabIndex = 0;
    next.focus({ preventScroll: true });
  }

  function group({ count, latitude, longitude }) {
    const button = document.createElement("button");
    const digits = String(count).length;
    button.className = `cluster digits-${Math.min(digits, 4)}`;
    button.textContent = digits < 4 ? count : `${Number((count / 1000).toPrecision(2))}k`;
    button.setAttribute("aria-label", `${count} ${count === 1 ? "room" : "rooms"}: zoom in`);
    button.addEventListener("click", () => {
      map.getContainer().focus({ preventScroll: true });
      map.setView([latitude, longitude], map.getZoom() + 2);
    });
    return marker(button, latitude, longitude, 0);
  }

  function merged(clusters) {
    const cells = new Map();
    for (const each of clusters) {
      const key = String(map.latLngToLayerPoint([each.latitude, each.longitude]).divideBy(CELL).floor());
      const cell = cells.get(key) ?? { count: 0, latitude: 0, longitude: 0 };
      const count = cell.count + each.count;
      for (const axis of ["latitude", "longitude"]) {
        cell[axis] += ((each[axis] - cell[axis]) * each.count) / count;
      }
      cells.set(key, { ...cell, count });
    }
    return [...cells.values()];
  }

  async function showGroups(signal) {
    const shown = main.querySelectorAll(".card").length;
    const wanted = parameters(location.href);
    for (const name of [...wanted.keys()]) {
      if (!/^(filter_.*|near_.*|within)$/.test(name)) wanted.delete(name);
    }
    wanted.set("bbox", boxOf(map.getBounds()));
    const more = Number(place.dataset.count ?? 0) > shown;
    const answer = more && (await fetch(`/rooms/clusters?${wanted}`, { signal }));
    const found = more && answer.ok ? (await answer.json()).clusters : [];
    groups.clearLayers();
    for (const each of merged(found)) groups.addLayer(group(each));
  }

  // Searching.

  let request = new AbortController();
  let shownSearch = location.search;
  let still; // where the map is when nobody has moved it

  function say(text, quietly) {
    if (said) {
      said.textContent = text;
      said.classList.toggle("hidden", quietly);
    }
  }

  function settle() {
    still = { center: map.getCenter(), zoom: map.getZoom() };
  }

  function fit() {
    const box = form() && parameters(location.href).get("bbox");
    map.fitBounds(boundsOf(box?.split(",").length === 4 ? box : place.dataset.bbox), { animate: false });
    settle();
  }

  function url(changes) {
    const wanted = new URLSearchParams(new FormData(form()));
    for (const [name, text] of Object.entries(changes)) wanted.set(name, text);
    for (const [name, text] of [...wanted]) if (!text.trim()) wanted.delete(name);
    return `/?${String(wanted).replaceAll("%2C", ",")}`;
  }

  function take(page) {
    const focused = form().contains(document.activeElement) ? document.activeElement.name : null;
    for (const part of ["form.search", ".list"]) {
      document.querySelector(part).replaceWith(page.querySelector(part));
    }
    Object.assign(place.dataset, page.getElementById("map").dataset);
    document.title = page.title;
    if (focused !== null) (form().elements[focused] ?? form().querySelector("button")).focus();
  }

  async function load(address, remember, fitted) {
    request.abort();
    request = new AbortController();
    const { signal } = request;
    main.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.status === 400 || (answer.ok && !page.getElementById("map"))) {
        location.assign(address); // there the server says what is wrong
        return;
      }
      if (!answer.ok) throw new TypeError(answer.statusText);
      remember(address);
      shownSearch = location.search;
      take(page);
      if (fitted) fit();
      showPins();
      say(document.title, true);
      await showGroups(signal);
    } catch (error) {
      if (error.name === "AbortError") return;
      say("The rooms could not be loaded. What is shown is older; please try again.", false);
    }
    main.removeAttribute("aria-busy");
  }

  const push = (address) => history.pushState(null, "", address);
  const replace = (address) => history.replaceState(null, "", address);

  function follow() {
    const { center, zoom } = still;
    settle();
    const pixels = map.project(center).distanceTo(map.project(still.center));
    if (zoom === still.zoom && pixels < 2) return; // the window was resized, or we fitted the map
    // One press of Back leaves the search, however often its map was moved.
    load(url({ bbox: boxOf(map.getBounds()) }), replace, false);
  }

  function listen() {
    let pause;
    map.on("movestart", () => clearTimeout(pause));
    map.on("moveend", () => {
      clearTimeout(pause);
      pause = setTimeout(follow, PAUSE);
    });
    main.addEventListener("submit", (event) => {
      if (event.target !== form()) return;
      event.preventDefault();
      load(url({}), push, true);
    });
    addEventListener("popstate", () => {
      if (location.search !== shownSearch) load(location.href, () => {}, true);
    });
  }

  // A card and its pin are lit together.

  function light(event) {
    const code = event.target.closest("[data-code]")?.dataset.code;
    for (const each of main.querySelectorAll("[data-code]")) {
      each.classList.toggle("lit", each.dataset.code === code);
    }
  }

  place.replaceChildren();
  const map = L.map(place, {
    zoomSnap: 0,
    minZoom: 0,
    maxZoom: 19,
    zoomAnimation: !calm,
    fadeAnimation: !calm,
    markerZoomAnimation: !calm,
    inertia: !calm,
    attributionControl: Boolean(place.dataset.tiles),
  });
  map.attributionControl?.setPrefix(false);
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", "Map: arrow keys move it, plus and minus zoom");
  const pins = L.layerGroup();
  const groups = L.layerGroup();
  fit();
  for (const layer of [ground(), groups, pins]) layer.addTo(map);
  showPins();
  place.addEventListener("keydown", rove, true);
  for (const kind of ["mouseover", "focusin"]) main.addEventListener(kind, light);
  if (form()) {
    listen();
    showGroups(request.signal).catch(() => say("Not every room could be shown on the map.", false));
  }
}
