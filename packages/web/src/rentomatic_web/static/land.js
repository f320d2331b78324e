// The land, as polygons of the tiles in view: see rentomatic_web/land/tiles.py.

const LEVELS = [1, 2, 3, 4, 5, 7];
const UNITS = 512; // from one edge of a tile to the other
const SMALLEST_PIXELS = 320; // of a tile: smaller ones have more details than the map
const WORLD_PIXELS = 256; // of the map at zoom 0
const MARGIN = 0.25; // around the view, as a part of its size

export const Land = L.LayerGroup.extend({
  initialize(url) {
    L.LayerGroup.prototype.initialize.call(this);
    this.url = url;
    this.paths = new Map();
    this.polygons = new Map();
  },

  getEvents() {
    return { moveend: this.update };
  },

  onAdd(map) {
    map.createPane("land").setAttribute("aria-hidden", "true");
    this.renderer = L.svg({ pane: "land", padding: MARGIN });
    this.update();
  },

  async update() {
    const tiles = this.tilesInView();
    this.wanted = tiles;
    const paths = await Promise.all([...tiles.values()].map((tile) => this.load(tile)));
    if (this.wanted !== tiles) return; // the map has moved again
    for (const [key, polygon] of this.polygons) {
      if (tiles.has(key)) continue;
      this.removeLayer(polygon);
      this.polygons.delete(key);
    }
    [...tiles].forEach(([key, tile], index) => {
      if (this.polygons.has(key) || !paths[index]) return;
      this.polygons.set(key, this.createPolygon(tile, paths[index]));
      this.addLayer(this.polygons.get(key));
    });
  },

  tilesInView() {
    const zoom = this._map.getZoom();
    const sizeAt = (level) => WORLD_PIXELS * 2 ** (zoom - level);
    const level = LEVELS.findLast((each) => sizeAt(each) >= SMALLEST_PIXELS) ?? LEVELS[0];
    const size = sizeAt(level);
    const bounds = L.bounds(this._map.getPixelBounds()).pad(MARGIN);
    const [min, max] = [bounds.min.divideBy(size).floor(), bounds.max.divideBy(size).floor()];
    const tiles = new Map();
    for (let row = Math.max(min.y, 0); row <= Math.min(max.y, 2 ** level - 1); row++) {
      for (let column = min.x; column <= max.x; column++) {
        tiles.set(`${level}/${row}/${column}`, { level, row, column });
      }
    }
    return tiles;
  },

  load({ level, row, column }) {
    const count = 2 ** level;
    const url = `${this.url}/${level}/${row}/${((column % count) + count) % count}.json`;
    if (!this.paths.has(url)) this.paths.set(url, this.fetchPath(url));
    return this.paths.get(url);
  },

  async fetchPath(url) {
    try {
      const response = await fetch(url);
      return response.ok ? await response.json() : "";
    } catch {
      this.paths.delete(url); // try again after the next move
      return "";
    }
  },

  // A path has rings like m1 2 3-4z, in which each position is relative to the one before.
  createPolygon({ level, row, column }, path) {
    let [x, y] = [0, 0];
    const rings = path.match(/m[^z]+/g).map((text) => {
      const steps = text.match(/-?\d+/g).map(Number);
      const ring = [];
      for (let index = 0; index < steps.length; index += 2) {
        x += steps[index];
        y += steps[index + 1];
        const pixels = L.point(column + x / UNITS, row + y / UNITS).multiplyBy(WORLD_PIXELS);
        ring.push([[x, y], L.CRS.EPSG3857.pointToLatLng(pixels, level)]);
      }
      [x, y] = ring[0][0];
      return ring.map(([, position]) => position);
    });
    const options = { renderer: this.renderer, pane: "land", className: "land" };
    return L.polygon(rings, { ...options, stroke: false, interactive: false, smoothFactor: 0.5 });
  },
});
