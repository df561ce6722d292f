import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Cloud, openCloud } from '../../../../src/cloud/embedded/open-cloud.ts'
import { openEmbedded } from '../../../../src/cloud/embedded/open-embedded.ts'
import { openRealtime, type Realtime } from '../../../../src/cloud/embedded/realtime/open-realtime.ts'
import { agents } from '../../../../src/plugins/agents/kind.ts'
import { connectClient, heard, subscribed } from '../../../dev/support/realtime-client.ts'
import { type CloudDatabase, openedDatabase } from '../../../harness/cloud-database.ts'
import { packAgent, publish, resultOf } from '../../support/definitions.ts'
import { temporaryRoot } from '../../support/temporary-folder.ts'

/** A proxy to the database that can be cut and restored; while it is cut, connections are counted and refused. */
async function openWay(url: string) {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  let refused: number | undefined
  const server = createServer((near) => {
    if (refused !== undefined) {
      refused += 1
      near.destroy()
      return
    }
    const far = connect(Number(port), hostname)
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      open.add(one)
      one.on('error', () => {})
      one.once('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const own = String((server.address() as AddressInfo).port)
  const hangUp = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: own }).href,
    cut: () => {
      refused = 0
      hangUp()
    },
    refused: () => refused ?? 0,
    mend: () => {
      refused = undefined
    },
    drop: () => {
      hangUp()
      server.close()
    },
  }
}

describe('Realtime over a PostgreSQL server', () => {
  const folders = [temporaryRoot(), temporaryRoot()] as const
  const server = createHttpServer()
  let db: CloudDatabase
  let way: Awaited<ReturnType<typeof openWay>>
  let cloud: Cloud
  let realtime: Realtime
  let url: string
  beforeAll(async () => {
    db = await openedDatabase()
    way = await openWay(db.url)
    cloud = await openCloud({ root: folders[0].path, databaseUrl: way.url })
    realtime = await openRealtime({ cloud, onTrouble: () => {} })
    server.on('upgrade', (...taken) => void realtime.upgrade(...taken))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    await realtime?.close()
    server.close()
    await cloud?.close()
    way?.drop()
    await db?.drop()
    for (const { remove } of folders) remove()
  })
  const listen = async () => {
    const channel = connectClient(url, cloud.keys.publishable).channel('registry')
    const notes = heard(channel)
    await subscribed(channel)
    return notes
  }
  /** Writes events as a release of so many definitions does: one statement. */
  const write = (count: number, prefix: string) =>
    db.query(
      `with counter as (update registry_counter set seq = seq + $1 returning seq - $1 as before)
       insert into registry_events (seq, type, kind, id, audience, at)
       select before + n, 'agent.updated', 'agents', $2 || n, 'public', now() from counter, generate_series(1, $1) as n`,
      [count, prefix],
    )
  const named = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${prefix}${n + 1}`)

  test('Realtime sends the publishes of another process', async () => {
    const notes = await listen()
    const other = await openEmbedded({ root: folders[1].path, databaseUrl: db.url, kinds: [agents] })
    onTestFinished(other.close)
    resultOf(await publish(other, [packAgent('elsewhere', 'You work.')]))
    await expect.poll(() => notes).toEqual({ changes: ['elsewhere'], broadcasts: ['elsewhere'] })
  })

  test('Realtime sends every row of a large release, and broadcasts the first hundred and the last', async () => {
    const notes = await listen()
    await write(1250, 'many-')
    await write(1, 'next-')
    await expect.poll(() => notes.changes.at(-1), { timeout: 10_000 }).toBe('next-1')
    expect(notes.changes).toEqual([...named('many-', 1250), 'next-1'])
    await expect.poll(() => notes.broadcasts).toEqual([...named('many-', 100), 'many-1250', 'next-1'])
  })

  test('Realtime sends what was written during an outage of the database, in order and once', async () => {
    const notes = await listen()
    await write(2, 'before-')
    await expect.poll(() => notes.changes).toHaveLength(2)
    way.cut()
    await write(3, 'meanwhile-')
    await expect.poll(way.refused, { timeout: 30_000 }).toBeGreaterThan(3)
    way.mend()
    await write(1, 'after-')
    const all = [...named('before-', 2), ...named('meanwhile-', 3), 'after-1']
    await expect.poll(() => notes.changes, { timeout: 30_000 }).toEqual(all)
    await expect.poll(() => notes.broadcasts).toEqual(all)
  })

  test('Realtime treats an invalid notification as a nudge', async () => {
    const notes = await listen()
    for (const payload of ['', 'null', '{"from":1,"to":1e15}', '{"to":-1}', '[]', '{"from":1,"to":1}'])
      await db.query('select pg_notify($1, $2)', ['nofx_events', payload])
    await write(1, 'real-')
    await expect.poll(() => notes).toEqual({ changes: ['real-1'], broadcasts: ['real-1'] })
  })

  test('Realtime serves its clients on when the listening connection is killed', async () => {
    const notes = await listen()
    await db.query(`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %'`)
    await write(1, 'killed-')
    await expect.poll(() => notes.changes, { timeout: 30_000 }).toEqual(['killed-1'])
  })
})
