import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'

type Lite = typeof import('@supabase/lite')

/**
 * Imports @supabase/lite and undoes two side effects: storage
 * is behind an environment flag that is read while the module
 * loads, and its database modules replace `process.emitWarning`
 * by a function that fails on warnings given as an `Error`.
 */
export async function loadLite(): Promise<Lite> {
  return undoing(() => import('@supabase/lite'))
}

/**
 * How much a PGlite function must have run before V8 compiles it again for speed, in bytes of WebAssembly. With V8's
 * default a short command spends a third of its time compiling code that it does not get to use; a publish of thousands
 * of agents takes as long with this value as with the default.
 */
const TIERING_BUDGET = 180_000_000

/** The PGlite driver of @supabase/lite. */
export async function loadPgliteDriver() {
  return undoing(() => import('@supabase/lite/pglite'))
}

/**
 * Begins to compile PGlite, in threads of V8, while the code around it is loaded. Functions of PGlite are checked when they
 * are compiled, which is when they are called first.
 */
export function beginPglite(): Promise<WebAssembly.Module> {
  program ??= compilePglite()
  return program
}

/** Node.js has it, and TypeScript's types of Node.js do not. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<WebAssembly.Module> }

let program: Promise<WebAssembly.Module> | undefined

function compilePglite(): Promise<WebAssembly.Module> {
  setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`)
  setFlagsFromString('--wasm-lazy-validation')
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  // Reading it in parts would wait for the main thread, which loads code meanwhile.
  const compiled = WebAssembly.compile(readFileSync(join(dirname(main), 'pglite.wasm')))
  // The caller that waits for it gets the failure.
  compiled.catch(() => {})
  return compiled
}

/** The PostgreSQL driver of @supabase/lite. */
export async function loadPostgresDriver() {
  return undoing(() => import('@supabase/lite/postgres'))
}

/** The query builder of the same copy of @supabase/lite, so that the two accept each other's objects. */
export async function loadKysely() {
  return import('kysely')
}

/** The loads under way: the first one saves what they change, and the last one restores it. */
let loads = 0
let restore = () => {}

async function undoing<T>(load: () => Promise<T>): Promise<T> {
  if (loads++ === 0) restore = saveProcess()
  process.env.EXPERIMENTAL_STORAGE = '1'
  try {
    return await load()
  } finally {
    if (--loads === 0) restore()
  }
}

function saveProcess(): () => void {
  const { emitWarning } = process
  const flag = process.env.EXPERIMENTAL_STORAGE
  return () => {
    process.emitWarning = emitWarning
    if (flag === undefined) delete process.env.EXPERIMENTAL_STORAGE
    else process.env.EXPERIMENTAL_STORAGE = flag
  }
}
