/** Successors of each node, nodes being 0 … length-1. */
export type Graph = readonly (readonly number[])[];

/**
 * The strongly connected components with more than one node, after Tarjan (SIAM J. Comput. 1972), with a stack of its own
 * instead of recursion, because histories are long.
 */
export function strongComponents(graph: Graph): readonly (readonly number[])[] {
  const search = new Search(graph);
  for (let node = 0; node < graph.length; node += 1) search.from(node);
  return search.components;
}

class Search {
  readonly components: number[][] = [];
  readonly #graph: Graph;
  readonly #index: Int32Array;
  readonly #low: Int32Array;
  readonly #onStack: Uint8Array;
  /** The next successor to look at, per node. */
  readonly #next: Int32Array;
  readonly #stack: number[] = [];
  #visited = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#index = new Int32Array(graph.length);
    this.#low = new Int32Array(graph.length);
    this.#onStack = new Uint8Array(graph.length);
    this.#next = new Int32Array(graph.length);
  }

  from(root: number): void {
    if (this.#index[root] !== 0) return;
    const path = [root];
    this.#visit(root);
    while (path.length > 0) {
      const node = path.at(-1) as number;
      const successor = this.#nextOf(node);
      if (successor === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) this.#lower(parent, this.#low[node] as number);
        if (this.#low[node] === this.#index[node]) this.#close(node);
      } else if (this.#index[successor] === 0) {
        this.#visit(successor);
        path.push(successor);
      } else if (this.#onStack[successor] === 1) {
        this.#lower(node, this.#index[successor] as number);
      }
    }
  }

  #visit(node: number): void {
    this.#visited += 1;
    this.#index[node] = this.#visited;
    this.#low[node] = this.#visited;
    this.#stack.push(node);
    this.#onStack[node] = 1;
  }

  #nextOf(node: number): number | undefined {
    const position = this.#next[node] as number;
    this.#next[node] = position + 1;
    return this.#graph[node]?.[position];
  }

  #lower(node: number, low: number): void {
    if (low < (this.#low[node] as number)) this.#low[node] = low;
  }

  #close(root: number): void {
    const start = this.#stack.lastIndexOf(root);
    const component = this.#stack.splice(start);
    for (const node of component) this.#onStack[node] = 0;
    if (component.length > 1) this.components.push(component);
  }
}
