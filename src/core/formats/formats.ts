import type { Format } from './format.ts'

/** Every format by its name on the command line, loaded on demand. */
export const formats = {
  text: async (): Promise<Format> => (await import('./text.ts')).formatText,
  json: async (): Promise<Format> => (await import('./json.ts')).formatJson,
  sarif: async (): Promise<Format> => (await import('./sarif.ts')).formatSarif,
  junit: async (): Promise<Format> => (await import('./junit.ts')).formatJunit,
  github: async (): Promise<Format> => (await import('./github.ts')).formatGithub,
  markdown: async (): Promise<Format> => (await import('./markdown.ts')).formatMarkdown,
}

export type FormatName = keyof typeof formats

/** The names for a command's list of options. */
export const FORMATS = Object.keys(formats) as FormatName[]
