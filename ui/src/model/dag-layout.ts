// Where the stages of a graph stand: layers from left to right, few crossings,
// and every stage as near as possible to what it depends on.

export interface GraphNode {
  id: string;
  dependsOn: readonly string[];
}

export interface Size {
  width: number;
  height: number;
  /** Between layers. */
  gapX: number;
  /** Between neighbours in a layer. */
  gapY: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface GraphLayout {
  /** The upper left corners, by id. */
  nodes: ReadonlyMap<string, Point>;
  edges: readonly { from: string; to: string; points: readonly Point[] }[];
  width: number;
  height: number;
}

/** A stage, or the place where an edge passes through a layer. */
interface Spot {
  id: string | null;
  layer: number;
  before: Spot[];
  after: Spot[];
  order: number;
  y: number;
}

const SWEEPS = 8;

/** Which stage is in which layer, and in which order: the same whichever way a graph goes. */
export interface Arrangement {
  layers: Spot[][];
  chains: Chain[];
}

/** From top to bottom, where there is more room that way. */
export function placeDown(order: Arrangement, size: Size): GraphLayout {
  const turned = placeAcross(order, { ...size, width: size.height, height: size.width });
  const turn = ({ x, y }: Point): Point => ({ x: y, y: x });
  return {
    nodes: new Map([...turned.nodes].map(([id, point]) => [id, turn(point)])),
    edges: turned.edges.map((edge) => ({ ...edge, points: edge.points.map(turn) })),
    width: turned.height,
    height: turned.width,
  };
}

/** How large a graph could be shown in a place, 1 being its own size. */
export function zoomToFit(graph: Pick<GraphLayout, "width" | "height">, place: Extent): number {
  return Math.min(1, place.width / graph.width, place.height / graph.height);
}

export interface Extent {
  width: number;
  height: number;
}

export function arrange(nodes: readonly GraphNode[]): Arrangement {
  const order = makeSpots(withoutShortcuts(nodes));
  orderLayers(order.layers);
  return order;
}

/** From left to right. */
export function placeAcross({ layers, chains }: Arrangement, size: Size): GraphLayout {
  placeSpots(layers, size);
  const step = size.width + size.gapX;
  const at = new Map<string, Point>();
  let height = 0;
  for (const spot of layers.flat()) {
    height = Math.max(height, spot.y + size.height);
    if (spot.id !== null) at.set(spot.id, { x: spot.layer * step, y: spot.y });
  }
  const edges = chains.map(({ from, to, spots }) => {
    const points: Point[] = [];
    for (const [index, spot] of spots.entries()) {
      const middle = spot.y + size.height / 2;
      const left = spot.layer * step;
      if (index > 0) points.push({ x: left, y: middle });
      if (index < spots.length - 1) points.push({ x: left + size.width, y: middle });
    }
    return { from, to, points };
  });
  const width = Math.max(0, layers.length * step - size.gapX);
  return { nodes: at, edges, width, height };
}

interface Known {
  id: string;
  dependsOn: string[];
  layer: number;
}

/** The stages with their layers; what is not there, or turns in a circle, is left out. */
function withLayers(nodes: readonly GraphNode[]): Map<string, Known> {
  const known = new Map<string, Known>(
    nodes.map(({ id, dependsOn }) => [id, { id, dependsOn: [...new Set(dependsOn)], layer: -1 }]),
  );
  const open = new Set<string>();
  const visit = (node: Known): number => {
    if (node.layer >= 0) return node.layer;
    open.add(node.id);
    node.dependsOn = node.dependsOn.filter((id) => known.has(id) && !open.has(id));
    let layer = 0;
    for (const id of node.dependsOn) {
      const other = known.get(id);
      if (other) layer = Math.max(layer, visit(other) + 1);
    }
    open.delete(node.id);
    node.layer = layer;
    return layer;
  };
  for (const node of known.values()) visit(node);
  return known;
}

/** Leaves out an edge that a longer way says already: a picture of order, not a list of facts. */
function withoutShortcuts(nodes: readonly GraphNode[]): Map<string, Known> {
  const known = withLayers(nodes);
  for (const node of known.values()) {
    if (node.dependsOn.length < 2) continue;
    const lowest = Math.min(...node.dependsOn.map((id) => known.get(id)?.layer ?? 0));
    const implied = new Set<string>();
    const seen = new Set<string>();
    const queue = [...node.dependsOn];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      for (const before of known.get(id)?.dependsOn ?? []) {
        implied.add(before);
        if ((known.get(before)?.layer ?? 0) >= lowest) queue.push(before);
      }
    }
    node.dependsOn = node.dependsOn.filter((id) => !implied.has(id));
  }
  return known;
}

interface Chain {
  from: string;
  to: string;
  spots: Spot[];
}

function makeSpots(known: Map<string, Known>): Arrangement {
  const layers: Spot[][] = [];
  const put = (id: string | null, layer: number): Spot => {
    const row = (layers[layer] ??= []);
    const spot: Spot = { id, layer, before: [], after: [], order: row.length, y: 0 };
    row.push(spot);
    return spot;
  };
  const spots = new Map<string, Spot>();
  for (const { id, layer } of known.values()) spots.set(id, put(id, layer));
  for (let layer = 0; layer < layers.length; layer += 1) layers[layer] ??= [];

  const chains: Chain[] = [];
  for (const { id, dependsOn } of known.values()) {
    const end = spots.get(id);
    for (const from of dependsOn) {
      const start = spots.get(from);
      if (!start || !end) continue;
      const chain = [start];
      for (let layer = start.layer + 1; layer < end.layer; layer += 1) chain.push(put(null, layer));
      chain.push(end);
      for (const [index, spot] of chain.entries()) {
        const next = chain[index + 1];
        if (!next) continue;
        spot.after.push(next);
        next.before.push(spot);
      }
      chains.push({ from, to: id, spots: chain });
    }
  }
  return { layers, chains };
}

function mean(values: readonly number[], otherwise: number): number {
  if (values.length === 0) return otherwise;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Puts each layer in the order of what its spots are connected with, back and forth. */
function orderLayers(layers: Spot[][]): void {
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forth = sweep % 2 === 0;
    for (const layer of forth ? layers : layers.toReversed()) {
      const keyed = layer.map((spot) => {
        const near = forth ? spot.before : spot.after;
        return {
          spot,
          key: mean(
            near.map((other) => other.order),
            spot.order,
          ),
        };
      });
      keyed.sort((a, b) => a.key - b.key || a.spot.order - b.spot.order);
      for (const [order, { spot }] of keyed.entries()) {
        spot.order = order;
        layer[order] = spot;
      }
    }
  }
}

/** An edge that only passes by needs less room than a stage. */
function room(a: Spot, b: Spot, size: Size): number {
  const height = (spot: Spot) => (spot.id === null ? size.height / 3 : size.height);
  return (height(a) + height(b)) / 2 + size.gapY;
}

/** Draws every spot to the middle of its neighbours, as far as the order allows. */
function placeSpots(layers: Spot[][], size: Size): void {
  for (const layer of layers) {
    let y = 0;
    for (const [index, spot] of layer.entries()) {
      const above = layer[index - 1];
      if (above) y += room(above, spot, size);
      spot.y = y;
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forth = sweep % 2 === 0;
    for (const layer of forth ? layers : layers.toReversed()) {
      const wanted = layer.map((spot) => {
        const near = forth ? spot.before : spot.after;
        const all = near.length > 0 ? near : [...spot.before, ...spot.after];
        return mean(
          all.map((other) => other.y),
          spot.y,
        );
      });
      settle(layer, wanted, size);
    }
  }
  const all = layers.flat();
  let top = Infinity;
  for (const spot of all) top = Math.min(top, spot.y);
  for (const spot of all) spot.y = Math.round(spot.y - top);
}

/**
 * The places nearest to the wanted ones that keep order and distance: spots
 * that would overlap become one block, which moves to the mean of its wishes.
 */
function settle(layer: readonly Spot[], wanted: readonly number[], size: Size): void {
  const offsets: number[] = [];
  let offset = 0;
  for (const [index, spot] of layer.entries()) {
    const above = layer[index - 1];
    if (above) offset += room(above, spot, size);
    offsets.push(offset);
  }
  const blocks: { sum: number; count: number }[] = [];
  for (const [index, wish] of wanted.entries()) {
    let block = { sum: wish - (offsets[index] ?? 0), count: 1 };
    for (let last = blocks.at(-1); last; last = blocks.at(-1)) {
      if (last.sum / last.count < block.sum / block.count) break;
      block = { sum: block.sum + last.sum, count: block.count + last.count };
      blocks.pop();
    }
    blocks.push(block);
  }
  let index = 0;
  for (const { sum, count } of blocks) {
    for (let inside = 0; inside < count; inside += 1, index += 1) {
      const spot = layer[index];
      if (spot) spot.y = sum / count + (offsets[index] ?? 0);
    }
  }
}
