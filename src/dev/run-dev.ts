import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { publicName } from '../cloud/embedded/postgres/server-name.ts'
import { Failure } from '../contract/failure.ts'
import type { WorkingTree } from '../core/tree/tree.ts'
import { type Claim, claimFolder } from './claim.ts'
import { signInLink } from './console/sign-in-link.ts'
import { inTurn } from './in-turn.ts'
import type { RequestForm } from './request-line.ts'
import { type Seeded, seed } from './seed.ts'
import { type DevServer, serveDev } from './serve-dev.ts'
import {
  isSupervised,
  type Ready,
  superviseServer,
  tellSupervisor,
  untilSupervisorEnds,
} from './supervise.ts'
import { watchTree } from './watch/watch-tree.ts'

export interface DevOptions {
  /** The project's folder: `.nofx/` is in it. */
  root: string
  /** The folder of this copy of nofx: an installed package, or a checkout whose sources may change. */
  home: string
  tree: WorkingTree
  host: string
  /** Host names that clients use for the server. */
  allowHosts?: readonly string[]
  /** 0 takes a free port. */
  port: number
  databaseUrl?: string
  /** Whether to publish the tree at the start, and again when it changes. */
  seed: boolean
  /** Whether to serve the console. */
  console: boolean
  /** Whether to reload changed definitions and code. */
  watch: boolean
  /** The publisher's name in the history. */
  actor: string
  /** Aborting it stops the server. */
  signal: AbortSignal
  onReady: (ready: Ready) => void
  onSeeded: (seeded: Seeded) => void
  log: (line: string) => void
  /** The form of the line that each request gets. */
  form?: RequestForm
}

/**
 * Serves until `signal` is aborted. With `watch`, two things are reloaded. With `seed`, a changed definition is
 * validated and published again; nothing restarts. In a checkout of nofx itself, `supabase/functions`,
 * `supabase/migrations`, `src` and `dist` are code: a small parent process restarts the serving process, on the same
 * port, after it has ended properly. (Functions in Deno run `src`; everything else runs `dist`, so `npm run build` is
 * the change that counts.) A change of `console/` builds the console again, and restarts nothing.
 * @returns the exit status: 0 after a stop
 * @throws Failure EMBEDDED_LOCKED when the folder already has a `nofx dev`, CONFIG for port and database, else as
 * `openCloud`
 */
export async function runDev(options: DevOptions): Promise<number> {
  if (isSupervised()) return serve(options, tellSupervisor, untilSupervisorEnds(options.signal))
  requirePostgres(options.databaseUrl)
  const claim = await claimFolder(options.root)
  try {
    return await claimed(options, claim)
  } finally {
    claim.release()
  }
}

function claimed(options: DevOptions, claim: Claim): Promise<number> {
  const { signal, watch, home } = options
  const onReady = (ready: Ready) => {
    claim.announce(ready.url)
    options.onReady({ ...ready, pid: process.pid })
  }
  signal.addEventListener('abort', claim.withdraw)
  // Only a checkout has sources; an installed package does not change while it runs.
  if (watch && existsSync(join(home, 'src/dev'))) return superviseServer({ ...options, onReady })
  return serve(options, onReady, signal)
}

async function serve(
  options: DevOptions,
  onReady: (ready: Ready) => void,
  signal: AbortSignal,
): Promise<number> {
  const { tree, home, ...rest } = options
  const console = options.console ? join(home, 'dist/console') : undefined
  const server = await serveDev({ ...rest, kinds: tree.kinds, console })
  try {
    signal.throwIfAborted()
    const { url, runtime } = server
    onReady({
      url,
      port: server.port,
      runtime,
      pid: process.pid,
      signIn: console && signInLink(url, server.signInCode()),
    })
    const stopSeeding = options.seed ? keepSeeding(server, options, signal) : undefined
    await aborted(signal)
    await stopSeeding?.()
  } finally {
    await server.close()
  }
  return 0
}

function keepSeeding({ registry }: DevServer, options: DevOptions, signal: AbortSignal): () => Promise<void> {
  const { tree, root, actor, watch, onSeeded } = options
  const seeding = inTurn(async () => {
    if (!signal.aborted) onSeeded(await seed({ tree, registry, actor, signal }))
  })
  const stop = watch ? watchTree(root, [relative(root, tree.root)], seeding.ask) : () => {}
  seeding.ask()
  return () => {
    stop()
    return seeding.idle()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function requirePostgres(databaseUrl: string | undefined): void {
  try {
    if (databaseUrl !== undefined) publicName(databaseUrl)
  } catch {
    const hint = 'write --db postgres://user:password@host:5432/database'
    throw new Failure('CONFIG', 'the database is not given as a PostgreSQL URL', hint)
  }
}
