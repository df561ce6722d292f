import { existsSync, realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import { isObject } from '../../contract/is-object.ts'
import type { Kind } from '../../contract/kind.ts'
import { currentBranch } from '../git/git.ts'
import { git } from '../git/git-command.ts'
import { findTrouble } from '../git/git-failure.ts'
import { definitionsRoot, type Project } from '../tree/project.ts'
import { parseJson } from './add-to-json.ts'
import { readText } from './edit.ts'

/** The folder that is prepared, and what is in and around it. */
export interface Place {
  /** Absolute, with symbolic links resolved. */
  root: string
  /** The folder of the definitions, relative to `root`, with `/`. */
  definitions: string
  /** Undefined outside of a repository. */
  repository: Repository | undefined
  /** The parsed package.json; undefined without one, and for one that is not valid. */
  manifest: Record<string, unknown> | undefined
  kinds: readonly Kind[]
}

/** The git repository around a project. */
export interface Repository {
  top: string
  /** The project's folder in the repository: empty, or with `/` at its end. */
  prefix: string
  /** The folder of git's hooks; undefined where git takes hooks from outside of the repository. */
  hooks: string | undefined
  branch: string
  /** Whether one of its remotes is on GitHub, or GitHub's folder exists. */
  onGitHub: boolean
}

/**
 * Finds out what is in and around the folder to prepare: the current one, unless it is inside of a project that has
 * definitions or the `nofx` key. Changes nothing.
 * @throws Failure GIT_FAILED if git cannot read the repository around it
 */
export async function surveyPlace(project: Project, cwd: string, kinds: readonly Kind[]): Promise<Place> {
  const { definitions } = project
  const real = realpathSync(isPrepared(project) ? project.root : cwd)
  const repository = await findRepository(real)
  return { root: real, definitions, repository, manifest: readManifest(real), kinds }
}

/** The parsed package.json of a folder; undefined without one, and for one that is not valid. */
export function readManifest(root: string): Record<string, unknown> | undefined {
  const { text } = readText(root, 'package.json')
  const manifest = text === undefined ? undefined : parseJson(text)
  return isObject(manifest) ? manifest : undefined
}

/** The same place once `git init` has run in it. */
export async function withRepository(place: Place): Promise<Place> {
  const { root } = place
  const setting = (name: string) => git(root, ['config', '--get', name]).then((output) => output.trim())
  const [elsewhere, branch] = await Promise.all(
    ['core.hooksPath', 'init.defaultBranch'].map((name) => setting(name).catch(() => '')),
  )
  const hooks = elsewhere ? undefined : resolve(root, '.git/hooks')
  const onGitHub = existsSync(resolve(root, '.github'))
  return { ...place, repository: { top: root, prefix: '', hooks, branch: branch || 'master', onGitHub } }
}

/** Makes the repository of a place. @throws Failure GIT_FAILED */
export async function makeRepository({ root }: Place): Promise<void> {
  await git(root, ['init', '--quiet'])
}

/** Whether package.json names a package among what it needs. */
export function dependsOn({ manifest = {} }: Place, name: string): boolean {
  const fields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
  const lists = fields.map((field) => manifest[field])
  return manifest.name === name || lists.some((list) => isObject(list) && Object.hasOwn(list, name))
}

/** A file of the repository's top folder, as a path from the project's root. */
export function atTop({ root, repository }: Place, path: string): string {
  return relative(root, resolve(repository?.top ?? root, path)).replaceAll('\\', '/')
}

function isPrepared(project: Project): boolean {
  if (existsSync(definitionsRoot(project))) return true
  return Object.hasOwn(readManifest(project.root) ?? {}, 'nofx')
}

async function findRepository(root: string): Promise<Repository | undefined> {
  const ask = (...words: string[]) => git(root, words).then((output) => output.replace(/\n$/, ''))
  const top = await ask('rev-parse', '--show-toplevel').catch((error: unknown) => {
    const trouble = findTrouble(error)
    if (trouble === 'not-a-repository' || trouble === 'not-installed') return undefined
    throw error
  })
  if (top === undefined) return undefined
  const [prefix, hooks, remotes, main, branch] = await Promise.all([
    ask('rev-parse', '--show-prefix'),
    ask('rev-parse', '--git-path', 'hooks'),
    ask('remote', '-v').catch(() => ''),
    ask('symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD').catch(() => ''),
    currentBranch(root),
  ])
  const common = await ask('rev-parse', '--git-common-dir')
  const folder = resolve(root, hooks)
  return {
    top: realpathSync(top),
    prefix,
    hooks: isBelow(resolve(root, common), folder) ? folder : undefined,
    branch: main.replace(/^origin\//, '') || branch || 'main',
    onGitHub: /github\.com[:/]/.test(remotes) || existsSync(resolve(top, '.github')),
  }
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return !way.startsWith('..') && !isAbsolute(way)
}
