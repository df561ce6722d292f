import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Failure } from '../../contract/failure.ts'
import { readInput } from '../disk/read-input.ts'

/** Where a project keeps its definitions, and its plugins; read from the `nofx` key of its package.json. */
export interface Project {
  /** Absolute path of the project's root, which contains `.nofx/`. */
  root: string
  /** The definitions' root relative to `root`, with `/`: `packages/shared` unless configured. */
  definitions: string
  /** Packages whose oclif `kinds` hook adds registry kinds. Node.js must find them from the root. */
  plugins: string[]
}

const DEFAULT_DEFINITIONS = 'packages/shared'

/** Finds the project of `cwd`: the nearest folder upwards that has definitions, a `nofx` key or a `.git`. */
export function findProject(cwd: string): Project {
  const start = realpathSync(cwd)
  for (let dir = start; ; dir = dirname(dir)) {
    const settings = readSettings(dir)
    if (settings || existsSync(join(dir, DEFAULT_DEFINITIONS)) || existsSync(join(dir, '.git')))
      return { root: dir, definitions: DEFAULT_DEFINITIONS, plugins: [], ...settings }
    if (dirname(dir) === dir) return { root: start, definitions: DEFAULT_DEFINITIONS, plugins: [] }
  }
}

/** Absolute path of the project's definitions. */
export function definitionsRoot(project: Project): string {
  return resolve(project.root, project.definitions)
}

function readSettings(dir: string): Partial<Project> | undefined {
  const path = join(dir, 'package.json')
  if (!existsSync(path)) return undefined
  const settings: unknown = parsePackage(path)?.nofx
  if (settings === undefined) return undefined
  const { definitions, plugins } = (settings ?? {}) as { definitions?: unknown; plugins?: unknown }
  const strings = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((entry) => typeof entry === 'string')
  const isObject = typeof settings === 'object' && settings !== null && !Array.isArray(settings)
  if (
    !isObject ||
    (definitions !== undefined && typeof definitions !== 'string') ||
    (plugins !== undefined && !strings(plugins))
  )
    throw new Failure(
      'CONFIG',
      `"nofx" in ${path} is not understood`,
      'use { "definitions": "packages/shared", "plugins": ["<package>"] }',
      { at: path },
    )
  return { ...(definitions ? { definitions } : {}), ...(strings(plugins) ? { plugins } : {}) }
}

function parsePackage(path: string): { nofx?: unknown } | undefined {
  // npm reads a package.json with a byte order mark, and so do other tools.
  const text = readInput(path)
    .toString('utf8')
    .replace(/^\ufeff/, '')
  if (!text.includes('"nofx"')) return undefined
  try {
    return JSON.parse(text) as { nofx?: unknown }
  } catch (cause) {
    throw new Failure('CONFIG', `${path} is not valid JSON`, 'fix the file', { at: path, cause })
  }
}
