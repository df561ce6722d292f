import { closeSync, existsSync, lstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'

// What can be told of a repository without git. Each answer that git may know better is left to git.

/** Variables that change nothing about ignored files; the index file that they name is looked at. */
const HARMLESS =
  /^GIT_(?:ASKPASS|AUTHOR|COMMITTER|EDITOR|EXEC_PATH|HTTP|INDEX_FILE|OPTIONAL_LOCKS|PAGER|PREFIX|PS1|REFLOG_ACTION|SEQUENCE_EDITOR|SSH|SSL|TERMINAL_PROMPT)(?:_|$)/
/** The place of the settings of all users depends on how git was built. */
const SYSTEM = ['/etc', '/usr/local/etc', '/opt/homebrew/etc']
/** An index begins so if it leaves no file out of the working tree: rules in such a file count, too. */
export const PLAIN_INDEX = 'DIRC\0\0\0\u0002'

/** Whether there is a variable that may change what git says, or none that says where the user's settings are. */
export function hasOddVariables(): boolean {
  if (process.platform === 'win32') return true
  const { HOME = '', XDG_CONFIG_HOME } = process.env
  if (!isAbsolute(HOME) || (XDG_CONFIG_HOME && !isAbsolute(XDG_CONFIG_HOME))) return true
  return Object.keys(process.env).some((name) => name.startsWith('GIT_') && !HARMLESS.test(name))
}

/** The nearest folder above with a repository in it, or the top of all. */
export function findTop(folder: string): string {
  const isTop = existsSync(join(folder, '.git')) || folder === dirname(folder)
  return isTop ? folder : findTop(dirname(folder))
}

/**
 * Whether git takes a folder for the top of a working tree with a repository of its own, and nothing sends it elsewhere.
 * @param elsewhere what no settings may say
 */
export function isPlain(top: string, elsewhere: RegExp): boolean {
  const git = join(top, '.git')
  if (!lstatSync(git).isDirectory()) return false
  const entries = new Set(readdirSync(git))
  if (!['HEAD', 'config', 'objects', 'refs'].every((name) => entries.has(name))) return false
  if (entries.has('commondir') || [...entries].some((name) => name.startsWith('sharedindex.'))) return false
  if (!/^(?:ref: refs\/|[\da-f]{40})/.test(readFileSync(join(git, 'HEAD'), 'utf8'))) return false
  const index = process.env.GIT_INDEX_FILE
  if (!isPlainIndex(index ? resolve(top, index) : join(git, 'index'))) return false
  const own = [userFile('config'), join(`${process.env.HOME}`, '.gitconfig')]
  const files = [join(git, 'config'), ...own, ...systemFiles('gitconfig')]
  return !files.flatMap(readIfThere).some((text) => elsewhere.test(text))
}

/** Where a file of all users may lie. */
export function systemFiles(name: string): string[] {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, '../etc'))
  return [...new Set([...SYSTEM, ...places])].map((folder) => join(folder, name))
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
export function userFile(name: string): string {
  return join(process.env.XDG_CONFIG_HOME || `${process.env.HOME}/.config`, 'git', name)
}

/** The text of a file, if it exists. */
export function readIfThere(path: string): string[] {
  return existsSync(path) ? [readFileSync(path, 'utf8')] : []
}
