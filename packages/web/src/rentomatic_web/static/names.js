// Names of the places in view, those with the most people first.

import { formatBox, nearestLongitude } from "./boxes.js";

const CANDIDATES = 30; // places, of which some have no space for their names
const LARGE = 1000000; // people
const GAP = 6; // pixels from a place to its name
const UPDATE_DELAY_MS = 150; // after a move of the map

const overlaps = (one, other) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

export const Names = L.LayerGroup.extend({
  getEvents() {
    return { moveend: this.schedule };
  },

  onAdd(map) {
    map.createPane("names").setAttribute("aria-hidden", "true");
    this.request = new AbortController();
    this.update();
  },

  schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.update(), UPDATE_DELAY_MS);
  },

  async update() {
    this.request.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    const parameters = `bbox=${formatBox(this._map.getBounds())}&limit=${CANDIDATES}`;
    try {
      const response = await fetch(`/places?${parameters}`, { signal });
      if (response.ok) this.show(await response.json());
    } catch {
      // The request was aborted, or failed: the names before stay.
    }
  },

  show(places) {
    const size = this._map.getSize();
    const image = { left: 0, top: 0, right: size.x, bottom: size.y };
    const taken = [];
    this.clearLayers();
    for (const place of places) {
      const name = document.createElement("span");
      name.textContent = place.name;
      const marker = this.addName(place, name);
      // The name is beside the place: on its right or, if there is no space, on its left.
      const isShown = [GAP, -GAP - name.offsetWidth].some((left) => {
        name.style.left = `${left}px`;
        const area = this.areaOf(marker, name, left);
        const isInside = area.left >= 0 && area.top >= 0 && area.right <= image.right && area.bottom <= image.bottom;
        return isInside && !taken.some((each) => overlaps(area, each)) && taken.push(area);
      });
      if (!isShown) this.removeLayer(marker);
    }
  },

  addName({ name, longitude, latitude, population }, element) {
    const className = population >= LARGE ? "town large" : "town";
    const icon = L.divIcon({ className, html: element, iconSize: null });
    const position = [latitude, nearestLongitude(this._map, longitude)];
    const marker = L.marker(position, { icon, pane: "names", interactive: false, keyboard: false });
    this.addLayer(marker);
    return marker;
  },

  areaOf(marker, name, left) {
    const { x, y } = this._map.latLngToContainerPoint(marker.getLatLng());
    const half = name.offsetHeight / 2;
    return { left: x + Math.min(left, -GAP), top: y - half, right: x + Math.max(left + name.offsetWidth, GAP), bottom: y + half };
  },
});
