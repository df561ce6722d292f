import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants } from '../harness/invariants.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type TestProject } from '../harness/project.ts'
import { seeded } from '../harness/random.ts'
import { repetitions } from '../harness/repetition.ts'

/** Two batches and a part of a third. */
const COUNT = 230
const KILLS = repetitions(2, 30)
const PUBLISH = ['registry', 'publish']

function write(project: TestProject, count: number, prompt: string): void {
  for (let at = 0; at < count; at++) project.write(agentFiles(`agent-${at}`, {}, `${prompt}\n`))
  project.commit()
}

/** Counts the statements that pass on the way to the server of `url`. */
async function openCountingProxy(url: string) {
  const { hostname, port } = new URL(url)
  let statements = 0
  /** Messages of PostgreSQL's protocol: a type, except for the first one, and a length. */
  const count = () => {
    let rest = Buffer.alloc(0)
    let isFirst = true
    return (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      for (;;) {
        const start = isFirst ? 0 : 1
        if (rest.length < start + 4) return
        const end = start + rest.readInt32BE(start)
        if (rest.length < end) return
        // A simple query, or the execution of a prepared one.
        if (!isFirst && 'QE'.includes(String.fromCharCode(rest[0] ?? 0))) statements++
        isFirst = false
        rest = rest.subarray(end)
      }
    }
  }
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    near.on('data', count())
    near.pipe(far).pipe(near)
    for (const socket of [near, far]) socket.on('error', () => near.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  return { url: through.href, statements: () => statements, close: () => server.close() }
}

describe('a publish of many definitions to a PostgreSQL server', { timeout: 180_000 }, () => {
  let project: PostgresProject

  beforeAll(async () => {
    project = await PostgresProject.create()
  })
  afterAll(() => project.remove())

  const query = <Row>(sql: string) => project.database.query<Row>(sql)
  const versions = async () =>
    Object.fromEntries(
      (
        await query<{ version: number; n: string }>(
          'select latest_version as version, count(*) as n from public.registry_heads group by 1',
        )
      ).map(({ version, n }) => [version, Number(n)]),
    )

  it('needs the statements of a batch for each hundred of them, not some for each', async () => {
    const proxy = await openCountingProxy(project.database.url)
    const counts: number[] = []
    for (const [step, count] of [100, 200, COUNT].entries()) {
      write(project, count, `Step ${step}.`)
      const before = proxy.statements()
      const { exit, stderr } = await project.runWith({ env: { NOFX_DATABASE_URL: proxy.url } }, ...PUBLISH)
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
      counts.push(proxy.statements() - before)
    }
    proxy.close()
    const [one = 0, two = 0, three = 0] = counts
    // A batch of a hundred: whether it is stored, one transaction that stores it, four statements that stage it; and for
    // each 200, a read of the versions that they are compared with.
    for (const more of [two - one, three - two]) expect(more).toBeLessThanOrEqual(34)
    expect(one).toBeLessThanOrEqual(68)
  })

  it('leaves a whole registry when it is killed at any point, and the next one finishes it', async () => {
    const random = seeded(98)
    let newest = Number(Object.keys(await versions()).at(-1))
    write(project, COUNT, 'Before kills.')
    const began = Date.now()
    expect(await project.start(...PUBLISH).ended).toEqual({ exit: 0, signal: null })
    const duration = Date.now() - began
    newest++
    const same = await versions()
    expect(same[newest]).toBeGreaterThan(0)
    for (let point = 0; point < KILLS; point++) {
      const before = await versions()
      write(project, COUNT, `Kill ${point}.`)
      const { child, ended } = project.start(...PUBLISH)
      await Promise.race([sleep((duration * (point + random())) / KILLS), ended])
      child.kill('SIGKILL')
      await ended
      const moved = Object.fromEntries(Object.entries(before).map(([version, n]) => [Number(version) + 1, n]))
      expect([before, moved]).toContainEqual(await versions())
      expect(await checkInvariants({ query }, undefined)).toEqual([])
      const { exit, stderr } = await project.run(...PUBLISH)
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
      expect(await versions()).toEqual(moved)
      expect(await query('select from public.registry_staged')).toEqual([])
    }
    expect(await checkInvariants({ query }, undefined)).toEqual([])
  })
})
