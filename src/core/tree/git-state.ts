import { type Stats, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { sha256 } from '../../contract/digest.ts'
import type { FolderStamp } from '../cache/folder-stamp.ts'
import { git } from '../git/git-command.ts'
import { type CommitPlace, HEAD_WORDS, mayBeInGit, parseHead, placeOnDisk } from '../git/git-place.ts'
import type { WorkingTree } from './tree.ts'

/**
 * What git's answers about a working tree depend on, apart from the definitions themselves: HEAD and its branch, the
 * index, the configuration, the rules for ignored and converted files, and the names in the folders of the kinds.
 */
export interface GitState extends FolderStamp {
  /** The place of the definitions, and the commit at HEAD. */
  at: CommitPlace
  /** The setting `core.autocrlf`; `false` unless it is set. */
  autocrlf: string
}

/** The place of git's own rules for all of a machine's repositories depends on how git was built. */
const SYSTEM_ATTRIBUTES = ['/etc', '/usr/local/etc', '/opt/homebrew/etc'].map((dir) => `${dir}/gitattributes`)
const RULES = ['.gitignore', '.gitattributes']

/**
 * Reads the state of git in two short processes.
 * @returns undefined outside of git, without a commit, and where it cannot be told from a few files
 */
export async function readGitState({ root, kinds }: WorkingTree): Promise<GitState | undefined> {
  const place = placeOnDisk(root)
  // On Windows git's own rules lie in a folder that only git knows.
  if (place.rest !== '' || process.platform === 'win32' || !mayBeInGit(place)) return undefined
  const { cwd } = place
  const answers = await Promise.all([
    git(cwd, ['rev-parse', ...PLACES.flatMap((name) => ['--git-path', name]), ...FACTS]),
    git(cwd, ['config', '--list', '-z']),
  ]).catch(() => undefined)
  if (!answers) return undefined
  const [places, settings] = answers
  const [index = '', excludes = '', attributes = '', top = '', isShallow, hasFiles, prefix = '', ...rows] =
    places.trimEnd().split('\n')
  const own = [excludes, attributes].map((path) => resolve(cwd, path))
  const general = [
    findRules(settings, 'core.excludesfile', 'ignore'),
    findRules(settings, 'core.attributesfile', 'attributes'),
  ]
  const folders = foldersBetween(top, cwd)
  if (rows.length !== 2 || !folders || general.includes(undefined)) return undefined
  const inside = kinds.map(({ id }) => join(cwd, id))
  const rules = [...folders, ...inside].flatMap((folder) => RULES.map((name) => join(folder, name)))
  const files = [...own, ...(general as string[]), ...SYSTEM_ATTRIBUTES, ...rules, cwd, ...inside]
  const indexFile = resolve(cwd, index)
  const stamp = readStamps([cwd, places, settings, ...environment()], indexFile, files)
  if (!stamp) return undefined
  const path = prefix.replace(/\/$/, '')
  const flags = { shallow: isShallow === 'true', hasFiles: hasFiles === 'true' }
  const at = { place: { cwd, rest: '', path, index: indexFile, ...flags }, head: parseHead(rows) }
  return { ...stamp, at, autocrlf: readSetting(settings, 'core.autocrlf') ?? 'false' }
}

/** Names of `rev-parse --git-path`, in the order of its answers. */
const PLACES = ['index', 'info/exclude', 'info/attributes']
/** What `rev-parse` answers after the places: the commit has a height if the history is not cut off, and a branch. */
const FACTS = [
  '--show-toplevel',
  '--is-shallow-repository',
  '--is-inside-work-tree',
  '--show-prefix',
  ...HEAD_WORDS,
]

/** The variables that change what git reads. */
function environment(): string[] {
  const names = Object.keys(process.env).filter((name) => /^(?:GIT_.*|HOME|XDG_CONFIG_HOME)$/.test(name))
  return names.sort().map((name) => `${name}=${process.env[name]}`)
}

/** A file of rules for all repositories of a user; undefined if only git knows where it is. */
function findRules(settings: string, name: string, usual: string): string | undefined {
  const set = readSetting(settings, name)
  if (set === undefined) return join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'git', usual)
  const path = set.replace(/^~(?=\/)/, homedir())
  return isAbsolute(path) ? path : undefined
}

/** The last value of a setting in a list that was asked for with `-z`; undefined if it has none. */
function readSetting(settings: string, name: string): string | undefined {
  const row = settings.split('\0').findLast((one) => one === name || one.startsWith(`${name}\n`))
  return row?.slice(name.length + 1)
}

/** The folders from one to another inside of it, both included; undefined if it is not inside. */
function foldersBetween(outer: string, inner: string): string[] | undefined {
  const steps = relative(outer, inner).split('/').filter(Boolean)
  if (outer === '' || steps[0] === '..') return undefined
  return [outer, ...steps.map((_step, at) => join(outer, ...steps.slice(0, at + 1)))]
}

/** The stamp of files, of which only the first must exist; undefined if they are on several file systems. */
function readStamps(
  texts: readonly string[],
  first: string,
  others: readonly string[],
): FolderStamp | undefined {
  try {
    const all = [first, ...others].map((path) => statSync(path, { throwIfNoEntry: false }))
    const present = all.filter((stats): stats is Stats => stats !== undefined)
    const device = all[0]?.dev
    if (device === undefined || present.some(({ dev }) => dev !== device)) return undefined
    const newest = present.reduce((latest, { mtimeMs, ctimeMs }) => Math.max(latest, mtimeMs, ctimeMs), 0)
    const rows = all.map((one) => one && [one.mtimeMs, one.ctimeMs, one.size, one.ino, one.mode])
    return { signature: sha256(JSON.stringify([texts, rows])), newest, device }
  } catch {
    // A file that cannot be reached may say anything.
    return undefined
  }
}
