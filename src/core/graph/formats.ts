import type { GraphFormat } from './format.ts'

/** Every graph format, loaded on demand. */
export const graphFormats = {
  text: async () => (await import('./text.ts')).drawText,
  mermaid: async () => (await import('./mermaid.ts')).drawMermaid,
  dot: async () => (await import('./dot.ts')).drawDot,
  svg: async () => (await import('./svg.ts')).drawSvg,
} satisfies Record<string, () => Promise<GraphFormat>>

/** The name of a graph format. */
export type GraphFormatName = keyof typeof graphFormats
