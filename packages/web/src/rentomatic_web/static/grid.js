// Meridians and parallels at round degrees.

const GRID_STEPS = [90, 45, 20, 10, 5, 2, 1]; // degrees between lines, times powers of 1/10
const LINE_PIXELS = 140; // the smallest distance between meridians

function stepFor(degrees) {
  let power = 1;
  while (degrees < power) power /= 10;
  return GRID_STEPS.map((step) => step * power).findLast((step) => step >= degrees) ?? GRID_STEPS[0];
}

function multiples(step, low, high) {
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step);
}

export const Grid = L.GridLayer.extend({
  createTile(coords) {
    const size = this.getTileSize();
    const ratio = devicePixelRatio;
    const tile = document.createElement("canvas");
    tile.width = size.x * ratio;
    tile.height = size.y * ratio;
    const context = tile.getContext("2d");
    context.scale(ratio, ratio);
    this.draw(context, coords.scaleBy(size), coords.z, size);
    return tile;
  },

  draw(context, corner, zoom, size) {
    const map = this._map;
    const pixel = map.getZoomScale(zoom, map.getZoom()); // one screen pixel, in pixels of the tile
    const step = stepFor((360 / (256 * 2 ** zoom)) * LINE_PIXELS * pixel);
    const degrees = (x, y) => map.unproject(corner.add([x, y]), zoom);
    const pixels = (latitude, longitude) => map.project([latitude, longitude], zoom).subtract(corner);
    const [from, to] = [degrees(0, size.y), degrees(size.x, 0)];
    context.fillStyle = getComputedStyle(map.getContainer()).getPropertyValue("--map-line");
    for (const longitude of multiples(step, from.lng, to.lng)) {
      context.fillRect(pixels(0, longitude).x - pixel / 2, 0, pixel, size.y);
    }
    for (const latitude of multiples(step, from.lat, to.lat)) {
      context.fillRect(0, pixels(latitude, 0).y - pixel / 2, size.x, pixel);
    }
  },
});
