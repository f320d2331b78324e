// Boxes have the format of the parameter bbox: west,south,east,north in degrees.

export const wrapLongitude = (longitude) => ((((longitude + 180) % 360) + 360) % 360) - 180;

export function formatBox(bounds) {
  const isWorld = bounds.getEast() - bounds.getWest() >= 360;
  const clampLatitude = (latitude) => (Math.abs(latitude) < 85 ? latitude : Math.sign(latitude) * 90);
  const edges = [
    isWorld ? -180 : wrapLongitude(bounds.getWest()),
    clampLatitude(bounds.getSouth()),
    isWorld ? 180 : wrapLongitude(bounds.getEast()),
    clampLatitude(bounds.getNorth()),
  ];
  return edges.map((edge) => Number(edge.toFixed(6))).join(",");
}

export function parseBox(box) {
  const [west, south, east, north] = box.split(",").map(Number);
  return [[south, west], [north, west > east ? east + 360 : east]];
}

// Return the longitude, in the repetition of the map that is nearest to its centre.
export function nearestLongitude(map, longitude) {
  return longitude + 360 * Math.round((map.getCenter().lng - longitude) / 360);
}
