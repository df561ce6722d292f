import type { Graph } from '../kind.ts'

/** Draws a graph as text of some language. */
export type GraphFormat = (graph: Graph) => string
