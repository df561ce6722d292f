import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { expect, it } from 'vitest'
import { serverUser, startPostgres } from '../harness/postgres-server.ts'
import { agentFiles, TestProject } from '../harness/project.ts'
import { onSmallDisk } from '../harness/small-disk.ts'

const ADA = 'packages/shared/agents/ada'
/** Text that does not compress. */
const noise = (bytes: number) => `${randomBytes(bytes / 2).toString('hex')}\n`

/**
 * A database whose tables and bundles are on a separate disk while `work` runs. It has a server of its own: a
 * checkpoint writes all databases, so on a full disk it fails for every one, and with it each `drop database`.
 */
async function withDatabaseOn(folder: string, work: (url: string, sql: Sql) => Promise<void>): Promise<void> {
  const base = await startPostgres()
  const name = `full_${randomBytes(4).toString('hex')}`
  const server = postgres(`${base}/postgres`, { max: 1, onnotice: () => {} })
  try {
    await server.unsafe(`create tablespace ${name} location '${folder}'`)
    await server.unsafe(`create database ${name} template template0 tablespace ${name}`)
    const inside = postgres(`${base}/${name}`, { max: 1, onnotice: () => {} })
    await work(`${base}/${name}`, inside).finally(() => inside.end())
  } finally {
    await server.unsafe(`drop database if exists ${name} with (force)`)
    await server.unsafe(`drop tablespace if exists ${name}`)
    await server.end()
  }
}

/** Fills a disk; returns the function that frees the space. */
function fill(folder: string): () => void {
  const { bavail, bsize } = statfsSync(folder)
  const file = join(folder, 'filler')
  writeFileSync(file, Buffer.alloc(bavail * bsize))
  return () => rmSync(file)
}

it('a PostgreSQL with a full disk refuses publishes with DISK_FULL, and accepts them when there is room', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'nofx-full-'))
  context.onTestFinished(() => rmSync(folder, { recursive: true }))
  await onSmallDisk(context, folder, '96m', async () => {
    const user = serverUser()
    if (user) chownSync(folder, user.uid, user.gid)
    chmodSync(folder, 0o700)
    await withDatabaseOn(folder, async (url, sql) => {
      const project = new TestProject({ NOFX_DATABASE_URL: url }, { resident: true })
      context.onTestFinished(() => project.remove())
      const publish = () => project.run('registry', 'publish', '--json')
      const rows = () =>
        sql`select (select count(*)::int from registry_revisions) as revisions,
          (select count(*)::int from registry_events) as events, (select max(version) from registry_heads) as head`
      project.write(agentFiles('ada')).commit()
      expect((await publish()).exit).toBe(0)
      const before = await rows()
      const ways: [string, Record<string, string | Buffer>][] = [
        [
          'a bundle that storage has no room for',
          { [`${ADA}/assets/big.bin`]: randomBytes(3 * 1024 * 1024) },
        ],
        ['texts that the tables have no room for', { [`${ADA}/prompts/system.md`]: noise(200_000) }],
      ]
      for (const [what, files] of ways) {
        project.write(files).commit()
        const giveBack = fill(folder)
        const { exit, json, stderr } = await publish()
        giveBack()
        expect({ what, exit, code: json?.error?.code }, stderr).toEqual({ what, exit: 1, code: 'DISK_FULL' })
        expect(json.error.message).toContain('no room left on the disk')
        expect(json.error.hint).toContain('free some space')
        expect(await rows()).toEqual(before)
      }
      expect((await publish()).exit).toBe(0)
      expect((await rows())[0]).toMatchObject({ head: 2 })
      expect((await project.run('registry', 'verify', '--deep', '--json')).json.data.damaged).toEqual([])
    })
  })
})
