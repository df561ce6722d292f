import { closeSync, existsSync, lstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { DiskPlace } from './git-place.ts'

/** With more folders than this, git is as fast. */
const MOST_FOLDERS = 200
/** The same for names, and for the characters of a text with rules. */
const MOST_NAMES = 5_000
const MOST_TEXT = 20_000
/** Variables that change nothing about ignored files; the index file that they name is looked at. */
const HARMLESS =
  /^GIT_(?:ASKPASS|AUTHOR|COMMITTER|EDITOR|EXEC_PATH|HTTP|INDEX_FILE|OPTIONAL_LOCKS|PAGER|PREFIX|PS1|REFLOG_ACTION|SEQUENCE_EDITOR|SSH|SSL|TERMINAL_PROMPT)(?:_|$)/
/** The place of the settings of all users depends on how git was built. */
const SYSTEM = ['/etc', '/usr/local/etc', '/opt/homebrew/etc']
/** What settings say if there may be other rules, other settings, or another working tree. */
const ELSEWHERE = /excludesfile|worktree|\[\s*include/i
/** An index begins so if it leaves no file out of the working tree: rules in such a file count, too. */
const PLAIN_INDEX = 'DIRC\0\0\0\u0002'

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
  if (process.platform === 'win32' || rest !== '' || hasOddVariables()) return false
  try {
    const top = findTop(cwd)
    if (!isPlain(join(top, '.git'), top)) return false
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

function hasOddVariables(): boolean {
  const { HOME = '', XDG_CONFIG_HOME } = process.env
  if (!isAbsolute(HOME) || (XDG_CONFIG_HOME && !isAbsolute(XDG_CONFIG_HOME))) return true
  return Object.keys(process.env).some((name) => name.startsWith('GIT_') && !HARMLESS.test(name))
}

function findTop(folder: string): string {
  const isTop = existsSync(join(folder, '.git')) || folder === dirname(folder)
  return isTop ? folder : findTop(dirname(folder))
}

/** Whether git takes a folder for the repository of the folder above it, and nothing sends it elsewhere. */
function isPlain(git: string, top: string): boolean {
  if (!lstatSync(git).isDirectory()) return false
  const entries = new Set(readdirSync(git))
  if (!['HEAD', 'config', 'objects', 'refs'].every((name) => entries.has(name))) return false
  if (entries.has('commondir') || [...entries].some((name) => name.startsWith('sharedindex.'))) return false
  if (!/^(?:ref: refs\/|[\da-f]{40})/.test(read(join(git, 'HEAD')))) return false
  const index = process.env.GIT_INDEX_FILE
  if (!isPlainIndex(index ? resolve(top, index) : join(git, 'index'))) return false
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, '../etc'))
  const system = [...new Set([...SYSTEM, ...places])].map((folder) => join(folder, 'gitconfig'))
  const own = [userFile('config'), join(`${process.env.HOME}`, '.gitconfig')]
  return ![join(git, 'config'), ...own, ...system].flatMap(readIfThere).some((text) => ELSEWHERE.test(text))
}

function isPlainIndex(path: string): boolean {
  if (!existsSync(path)) return true
  const start = Buffer.alloc(PLAIN_INDEX.length)
  const file = openSync(path, 'r')
  readSync(file, start, 0, start.length, 0)
  closeSync(file)
  return start.toString('latin1') === PLAIN_INDEX
}

/** A file of the user's own settings (git, "XDG_CONFIG_HOME"). */
function userFile(name: string): string {
  return join(process.env.XDG_CONFIG_HOME || `${process.env.HOME}/.config`, 'git', name)
}

function read(path: string): string {
  return readFileSync(path, 'utf8')
}

function readIfThere(path: string): string[] {
  return existsSync(path) ? [read(path)] : []
}

/** Adds the rules beside the entries of a folder. Git does not follow a link to them. */
function addRules(folder: string, rules: string[]): void {
  const path = join(folder, '.gitignore')
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats && !stats.isFile()) throw new Error(`${path} is not a file`)
  if (stats) rules.push(read(path))
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
