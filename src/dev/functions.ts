import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Kind } from '../contract/kind.ts'
import type { YamlLibrary } from '../contract/manifest/yaml-text.ts'
import { createRegistryFunction } from '../edge/registry-function.ts'
import { notServed } from './answers.ts'
import { denoFunction } from './deno-function.ts'
import type { EdgeFunction } from './edge-function.ts'
import { findDeno } from './find-deno.ts'

export interface FunctionsOptions {
  kinds: readonly Kind[]
  /** The variables that the platform sets for a function: `SUPABASE_URL`, `SUPABASE_SECRET_KEYS` and the like. */
  env: Record<string, string | undefined>
  /** Where functions run in Deno, if it is here. */
  deno: DenoPlace | undefined
  /** Functions that are already open, by name. */
  others?: Record<string, EdgeFunction>
  /** Receives the functions' lines: JSON for each request. They hold no key. */
  log: (line: string) => void
}

/** The edge functions at the paths that they have on Supabase. */
export interface Functions extends EdgeFunction {
  /** `deno` when at least one function runs there. */
  runtime: 'deno' | 'in process'
}

/** What runs the functions of a checkout. */
export interface DenoPlace {
  binary: string
  /** The checkout. */
  root: string
}

/** Deno, if the function of at least one of these kinds has a file that it can run. */
export async function findPlace(kinds: readonly Kind[]): Promise<DenoPlace | undefined> {
  const root = packageRoot()
  if (!kinds.some((kind) => existsSync(locateEntry(kind, root)))) return undefined
  const binary = await findDeno()
  return binary === undefined ? undefined : { binary, root }
}

/**
 * Opens every kind's edge function: the deployed file in its own Deno process where both exist, else the same code in
 * this process, which is how an installed nofx and the kinds of other plugins run.
 */
export function openFunctions({ kinds, env, deno, others = {}, log }: FunctionsOptions): Functions {
  const set = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]))
  const functions = new Map<string, EdgeFunction>(Object.entries(others))
  let runtime: Functions['runtime'] = 'in process'
  for (const kind of kinds) {
    const name = functionName(kind)
    const entry = deno && locateEntry(kind, deno.root)
    if (deno && entry && existsSync(entry)) {
      functions.set(name, denoFunction({ name, ...deno, entry, env: set, log }))
      runtime = 'deno'
    } else functions.set(name, inProcess(kind, set, log))
  }
  return {
    runtime,
    fetch: async (request) => {
      const { pathname } = new URL(request.url)
      const name = /^\/functions\/v1\/([^/]+)/.exec(pathname)?.[1]
      return functions.get(name ?? '')?.fetch(request) ?? notServed(pathname)
    },
    close: async () => {
      await Promise.all([...functions.values()].map((one) => one.close()))
    },
  }
}

const functionName = ({ id }: Kind): string => `registry_${id}_sync`

function locateEntry(kind: Kind, root: string): string {
  return join(root, 'supabase/functions', functionName(kind), 'index.ts')
}

function inProcess(kind: Kind, env: Record<string, string>, log: (line: string) => void): EdgeFunction {
  const fetch = createRegistryFunction({
    kind,
    env,
    yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary,
    log: (line) => log(JSON.stringify(line)),
  })
  return { fetch, close: async () => {} }
}

/**
 * The folder of this copy of nofx. Only a checkout has the functions' files; a project with an installed nofx does not.
 */
function packageRoot(): string {
  let at = import.meta.dirname
  while (!existsSync(join(at, 'package.json')) && dirname(at) !== at) at = dirname(at)
  return at
}
