import type { Graph } from '../../contract/kind.ts'

/** Draws a graph as text of some language. */
export type GraphFormat = (graph: Graph) => string
