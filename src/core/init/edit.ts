import { lstatSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'

/** One file that is made, or that gets additions. */
export interface Edit {
  /** Relative to the project's root, with `/`. */
  path: string
  /** The content that was read; undefined for a file that does not exist. */
  before: string | undefined
  after: string
  /** What is added, in words for people. */
  adds: string[]
  executable: boolean | undefined
}

/** Lines that a person has to add, because the file cannot be edited safely. */
export interface ByHand {
  path: string
  why: string
  lines: string[]
}

/** What one part of the preparation would do. Nothing in it means that the part is done. */
export interface InitPart {
  edits: Edit[]
  byHand: ByHand[]
}

/** One file, and how to add to it. */
export interface Proposal {
  path: string
  /** The content of a new file; undefined where only an existing file gets additions. */
  fresh: string | undefined
  /** The text with additions; the same text when it has them already; undefined when that is not safe. */
  add: (text: string) => string | undefined
  /** What is added to this text, in words for people. */
  adds: (before: string) => string[]
  /** The lines for a person, where `add` cannot. */
  lines: string[]
  executable?: boolean
}

export const NOTHING: InitPart = { edits: [], byHand: [] }

/** The line end of a text: that of its first line. */
export function findLineEnd(text: string): '\r\n' | '\n' {
  return /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n'
}

/** Adds lines at the end of a text, with the line ends of the text. */
export function addLines(text: string, lines: readonly string[]): string {
  const end = findLineEnd(text)
  const gap = text === '' || text.endsWith('\n') ? '' : end
  return text + gap + lines.map((line) => line + end).join('')
}

/** Plans one file of a project. Every byte of an existing file stays; where that is not certain, a person edits it. */
export function propose(root: string, proposal: Proposal): InitPart {
  const { path, fresh, adds, lines, executable } = proposal
  const byHand = (why: string): InitPart => ({ edits: [], byHand: [{ path, why, lines }] })
  const read = readText(root, path)
  if (read.why !== undefined) return byHand(read.why)
  const before = read.text
  const after = before === undefined ? fresh : proposal.add(before)
  if (after === before) return NOTHING
  if (after === undefined || (before !== undefined && !keepsAll(before, after)))
    return byHand('cannot be edited safely')
  return { edits: [{ path, before, after, adds: adds(before ?? ''), executable }], byHand: [] }
}

/** The text of a file below the root, or why it cannot be changed. Both are undefined for a file that does not exist. */
export function readText(root: string, path: string): { text?: string; why?: string } {
  const target = resolve(root, path)
  try {
    const outside = leavesRoot(root, target)
    if (outside) return { why: 'is behind a symbolic link' }
    const stat = lstatSync(target, { throwIfNoEntry: false })
    if (!stat) return {}
    if (stat.isSymbolicLink()) return { why: 'is a symbolic link' }
    if (!stat.isFile()) return { why: 'is not a file' }
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(target)) }
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException
    return { why: name === 'TypeError' ? 'is not UTF-8 text' : `cannot be read (${code})` }
  }
}

/** Whether a folder on the way from the root to a file is a link to somewhere else. */
function leavesRoot(root: string, target: string): boolean {
  if (!target.startsWith(root + sep)) return false
  for (let folder = dirname(target); folder.startsWith(root + sep); folder = dirname(folder)) {
    const stat = lstatSync(folder, { throwIfNoEntry: false })
    if (stat) return realpathSync(folder) !== join(realpathSync(root), folder.slice(root.length + 1))
  }
  return false
}

/** Whether every character of `before` is in `after`, in the same order. */
function keepsAll(before: string, after: string): boolean {
  let at = 0
  for (let index = 0; index < after.length && at < before.length; index++)
    if (after[index] === before[at]) at++
  return at === before.length
}
