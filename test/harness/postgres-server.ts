import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { findPostgres, type PostgresBinaries } from './postgres-binaries.ts'
import { CREATE_ROLES } from './prepare.ts'

/**
 * Stops the server and removes its folder as soon as this process's end of the pipe closes, however the process ends.
 */
const SUPERVISE = `trap '' INT TERM HUP
folder=$1; shift
"$@" >"$folder/log" 2>&1 & server=$!
cat >/dev/null
kill -QUIT $server; wait $server
rm -rf "$folder"`

/** Durability is off, because the data are not needed after the run. */
export const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  // Compiling a query takes longer than any query of a test runs.
  jit: 'off',
  // It starts a process for one of hundreds of databases several times a second. Tests of plans analyze by themselves.
  autovacuum: 'off',
  // Otherwise each of thousands of connections loads the library at its first function (8.4 → 7.9 ms of CPU each).
  shared_preload_libraries: 'plpgsql',
}

/** The owner of `public`, with the rights of hosted Supabase's `postgres`; it is not a superuser. */
export const OWNER = 'nofx_owner'

/**
 * Starts a PostgreSQL server on a free port; it ends with this process.
 * @param locate finds the binaries; tests of the npm package's binaries pass another function
 * @returns the superuser's URL, without a database
 */
export async function startPostgres(locate = findPostgres): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nofx-pg-'))
  const user = serverUser()
  chmodSync(folder, 0o755)
  const binaries = locate(folder)
  // The whole folder, because the server's user has to remove it in the end.
  if (user) execFileSync('chown', ['-hR', `${user.uid}:${user.gid}`, folder])
  const data = join(folder, 'data')
  const run = { ...user, cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...binaries.env } }
  execFileSync(
    join(binaries.bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    { ...run, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  for (let attempt = 1; ; attempt++) {
    const url = await launch(binaries, folder, data, run)
    if (url) return url
    if (attempt === 3)
      throw new Error(`PostgreSQL did not start: ${readFileSync(join(folder, 'log'), 'utf8')}`)
  }
}

async function launch(
  { bin }: PostgresBinaries,
  folder: string,
  data: string,
  run: object,
): Promise<string | undefined> {
  const port = await freePort()
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = [join(bin, 'postgres'), '-D', data, '-p', String(port), ...settings]
  const child = spawn('/bin/sh', ['-c', SUPERVISE, 'sh', folder, ...command], {
    ...run,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.unref()
  ;(child.stdin as unknown as { unref(): void }).unref()
  const url = `postgres://postgres@127.0.0.1:${port}`
  const sql = postgres(`${url}/postgres`, { max: 1, onnotice: () => {}, connect_timeout: 5 })
  try {
    const answers = await until(() => sql`select 1`, 30_000)
    if (answers)
      await sql.unsafe(`${CREATE_ROLES} create role ${OWNER} login createrole createdb bypassrls;`).simple()
    return answers ? url : undefined
  } finally {
    await sql.end()
  }
}

/** Repeats `attempt` until it succeeds; false if it did not within `limit` ms. */
export async function until(attempt: () => Promise<unknown>, limit: number): Promise<boolean> {
  for (const end = Date.now() + limit; Date.now() < end; ) {
    try {
      await attempt()
      return true
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  return false
}

/** PostgreSQL refuses to run as root. */
export function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  return { uid: Number(found?.[2] ?? 65534), gid: Number(found?.[3] ?? 65534) }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
