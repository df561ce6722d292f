import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { findPostgres } from './postgres-binaries.ts'
import { freePort, SETTINGS, serverUser, until } from './postgres-server.ts'
import { CREATE_ROLES } from './prepare.ts'

/** A test's own PostgreSQL server, to be killed and started again on the same port and data. */
export interface KillablePostgres {
  /** The superuser's URL, without a database. */
  url: string
  /** `kill -9` of the postmaster; its children end by themselves. */
  kill(): Promise<void>
  /** Starts the server again and waits until it answers. */
  restart(): Promise<void>
  query(url: string, sql: string): Promise<Record<string, unknown>[]>
  stop(): Promise<void>
}

/**
 * Acknowledged writes must survive the death of the process. A crash of the operating system is not tested, so fsync
 * stays off.
 */
const KEEP = { ...SETTINGS, synchronous_commit: 'on', full_page_writes: 'on' }

export async function startKillablePostgres(): Promise<KillablePostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'nofx-pg-'))
  const user = serverUser()
  chmodSync(folder, 0o755)
  const { bin, env } = findPostgres(folder)
  if (user) execFileSync('chown', ['-hR', `${user.uid}:${user.gid}`, folder])
  const data = join(folder, 'data')
  const run = { ...user, cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...env } }
  const options = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  execFileSync(join(bin, 'initdb'), options, { ...run, stdio: ['ignore', 'ignore', 'pipe'] })
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}`
  const settings = Object.entries(KEEP).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  let server: ChildProcess | undefined

  const launch = () => {
    server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
      ...run,
      stdio: 'ignore',
    })
  }
  const ask = async (text: string, at = `${url}/postgres`) => {
    const sql = postgres(at, { max: 1, onnotice: () => {}, connect_timeout: 5 })
    try {
      return [...(await sql.unsafe(text))] as Record<string, unknown>[]
    } finally {
      await sql.end()
    }
  }
  const restart = async () => {
    // The old server's shared memory is in use until its last child has ended; until then a new server exits at once.
    const answers = await until(async () => {
      if (!server || server.exitCode !== null || server.signalCode !== null) launch()
      await ask('select 1')
    }, 60_000)
    if (!answers)
      throw new Error(
        `PostgreSQL does not start again: ${readFileSync(join(data, 'postmaster.pid'), 'utf8')}`,
      )
  }
  const kill = async () => {
    const { exitCode } = server ?? {}
    const gone = new Promise<unknown>((done) => server?.once('exit', done))
    server?.kill('SIGKILL')
    if (exitCode === null) await gone
  }
  await restart()
  await ask(CREATE_ROLES)
  return {
    url,
    kill,
    restart,
    query: (at, sql) => ask(sql, at),
    stop: async () => {
      await kill()
      await until(async () => rmSync(folder, { recursive: true }), 10_000)
    },
  }
}
