import type { GraphFormat } from './format.ts'

/** Every way to draw a graph; each is loaded when it is asked for. */
export const graphFormats = {
  text: async () => (await import('./text.ts')).drawText,
  mermaid: async () => (await import('./mermaid.ts')).drawMermaid,
  dot: async () => (await import('./dot.ts')).drawDot,
  svg: async () => (await import('./svg.ts')).drawSvg,
} satisfies Record<string, () => Promise<GraphFormat>>

/** Name of a way to draw a graph. */
export type GraphFormatName = keyof typeof graphFormats
