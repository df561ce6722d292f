import type { Graph } from '../../contract/kind.ts'

/** Writes a graph as text in some language. */
export type GraphFormat = (graph: Graph) => string
