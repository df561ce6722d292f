import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { DiskPlace } from './git-place.ts'
import { findTop, hasOddVariables, isPlain, readIfThere, userFile } from './plain-repository.ts'

/** With more folders than this, git is as fast. */
const MOST_FOLDERS = 200
/** The same for names, and for the characters of a text with rules. */
const MOST_NAMES = 5_000
const MOST_TEXT = 20_000
/** What settings say if there may be other rules, other settings, or another working tree. */
const ELSEWHERE = /excludesfile|worktree|\[\s*include/i

/** What git could ignore, and by what. */
interface Ignorable {
  /** Every name on the way from the top of the working tree to a file, in lower case. */
  names: Set<string>
  /** Texts with a rule in each line. */
  rules: string[]
}

/**
 * True if git certainly ignores no file in a folder: no rule ends with the name of a file or of a folder there. To see
 * that takes a millisecond, and to ask git takes eight of the main thread. False means that git has to be asked.
 */
export function ignoresNothing({ cwd, rest }: DiskPlace): boolean {
  if (rest !== '' || hasOddVariables()) return false
  try {
    const top = findTop(cwd)
    if (!isPlain(top, ELSEWHERE)) return false
    const steps = relative(top, cwd).split(sep)
    const names = new Set(steps.map((step) => step.toLowerCase()))
    const rules = [join(top, '.git/info/exclude'), userFile('ignore')].flatMap(readIfThere)
    for (let above = cwd; above !== top; above = dirname(above)) addRules(dirname(above), rules)
    return collect(cwd, { names, rules }) && !rules.some((text) => mayFit(text, names))
  } catch {
    // What cannot be read may say anything.
    return false
  }
}

/** Adds the rules beside the entries of a folder. Git does not follow a link to them. */
function addRules(folder: string, rules: string[]): void {
  const path = join(folder, '.gitignore')
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats && !stats.isFile()) throw new Error(`${path} is not a file`)
  if (stats) rules.push(readFileSync(path, 'utf8'))
}

/** Collects what is in a folder. False if there is too much, or a name that can be written in several ways. */
function collect(root: string, { names, rules }: Ignorable): boolean {
  const folders = [root]
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (/[^ -~]/.test(entry.name)) return false
      const name = entry.name.toLowerCase()
      if (name === '.gitignore') addRules(folder, rules)
      if (name === '.git') continue
      names.add(name)
      if (entry.isDirectory()) folders.push(join(folder, entry.name))
    }
    if (folders.length > MOST_FOLDERS || names.size > MOST_NAMES) return false
  }
  return true
}

/** Whether a rule could fit a path with these names: its last part that is not a mere wildcard fits one of them. */
function mayFit(text: string, names: ReadonlySet<string>): boolean {
  if (text.length > MOST_TEXT) return true
  const lines = text.replace(/^\ufeff/, '').split('\n')
  return lines.some((line) => !/^[#!]/.test(line) && mayRuleFit(line.trimEnd(), names))
}

function mayRuleFit(rule: string, names: ReadonlySet<string>): boolean {
  // From a set of characters or an escape on, anything may follow.
  const parts = rule
    .toLowerCase()
    .replace(/[[\\\0].*/s, '*')
    .split('/')
  const last = parts.findLast((part) => !/^[*?]*$/.test(part))
  if (last === undefined) return rule !== ''
  const wild = last.search(/[*?]/)
  if (wild < 0) return names.has(last)
  const before = last.slice(0, wild)
  const after = last.slice(Math.max(last.lastIndexOf('*'), last.lastIndexOf('?')) + 1)
  return [...names].some((name) => name.startsWith(before) && name.endsWith(after))
}
