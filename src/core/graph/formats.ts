import type { Graph } from '../kind.ts'

/** Draws a graph as text of some language. */
export type GraphFormat = (graph: Graph) => string

/** Every way to draw a graph; each is loaded when it is asked for. */
export const graphFormats = {
  text: async () => (await import('./text.ts')).drawText,
  mermaid: async () => (await import('./mermaid.ts')).drawMermaid,
  dot: async () => (await import('./dot.ts')).drawDot,
  svg: async () => (await import('./svg.ts')).drawSvg,
} satisfies Record<string, () => Promise<GraphFormat>>

/** Name of a way to draw a graph. */
export type GraphFormatName = keyof typeof graphFormats
