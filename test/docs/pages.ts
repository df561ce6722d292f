import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** A fenced block: the words of its info string, its text, and its first line in the page. */
export interface Fence {
  language: string
  /** The words after the language: `hosted`, `background`, `install`, `gates`, `file=PATH`. */
  marks: string[]
  text: string
  line: number
}

/** The content of a page's folder before its first command. */
export type Start = 'empty' | 'samples' | 'published'

/** A page for people. `path` is relative to the repository, with `/`. */
export interface Page {
  path: string
  text: string
  start: Start
  fences: Fence[]
}

const ROOT = resolve(import.meta.dirname, '../..')
const FENCE = /^( *)```(.*)\n([\s\S]*?)^\1```$/gm

/** Every page: those of docs/ are found by themselves. Decisions have no commands, and are not among these. */
export function readPages(): Page[] {
  const names = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
  return ['README.md', 'CONTRIBUTING.md', ...names.sort().map((name) => `docs/${name}`)].map((path) =>
    parsePage(path, readFileSync(join(ROOT, path), 'utf8')),
  )
}

/** @param path relative to the repository, for messages */
export function parsePage(path: string, text: string): Page {
  const start = /^<!-- project: (empty|samples|published) -->/.exec(text)?.[1] as Start | undefined
  return { path, text, start: start ?? 'samples', fences: [...fencesOf(text)] }
}

function* fencesOf(text: string): Generator<Fence> {
  for (const { index, 1: indent = '', 2: info = '', 3: inside = '' } of text.matchAll(FENCE)) {
    const [language = '', ...marks] = info.trim().split(/\s+/)
    const unindented = inside.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    yield { language, marks, text: unindented, line: text.slice(0, index).split('\n').length }
  }
}

/** The path that a block is written to, if it is a file. */
export function fileOf({ marks }: Fence): string | undefined {
  return marks.find((mark) => mark.startsWith('file='))?.slice('file='.length)
}

/** The text outside of fences. */
export function proseOf({ text }: Page): string {
  return text.replaceAll(FENCE, (block) => '\n'.repeat(block.split('\n').length - 1))
}
