import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { credentials } from './deno/credentials.ts'
import { effects, uploaded } from './deno/effects.ts'
import { envelopes } from './deno/envelopes.ts'
import { openSides, type Side } from './deno/sides.ts'
import type { Wanted } from './deno/wanted.ts'

let sides: Awaited<ReturnType<typeof openSides>>
beforeAll(async () => {
  sides = await openSides()
  for (const { cloud } of [sides.inProcess, sides.deno])
    for (const { item, archive } of uploaded)
      await cloud.client.storage
        .from('registry')
        .upload(item.bundle.path, archive, { contentType: 'application/gzip' })
})
afterAll(() => sides.close())

async function both({ kind = 'agents', path = 'registry_agents_sync', init }: Wanted) {
  const send = async (side: Side) => side.send(kind, path, await init(side.keys))
  return Promise.all([send(sides.inProcess), send(sides.deno)])
}

/** All that requests may have left behind, without ids and times. */
async function stored({ cloud }: Side) {
  const read = async (table: string, columns: string) => {
    const { data, error } = await cloud.client.from(table).select(columns)
    expect(error).toBeNull()
    return data
  }
  type Rows = { hold: { since: string }[] }[]
  const heads = (await read('registry_heads', 'kind,id,state,version,digest,hold')) as unknown as Rows
  return {
    heads: heads.map((head) => ({ ...head, hold: head.hold.map(({ since: _, ...hold }) => hold) })),
    revisions: await read('registry_revisions', 'kind,id,version,digest,origin,actor,texts,withdrawn_reason'),
    events: await read('registry_events', 'seq,type,kind,id,version'),
    reports: await read('registry_validation_reports', 'code,message,findings'),
  }
}

describe('a function answers alike under Deno and in process', () => {
  test.each([...envelopes, ...credentials, ...effects].map((one) => [one.what, one] as const))(
    '%s',
    async (_what, wanted) => {
      const [here, deno] = await both(wanted)
      expect(deno).toEqual(here)
      expect(`${deno.status} ${deno.body?.error?.code ?? ''}`.trim(), JSON.stringify(deno.body)).toBe(
        wanted.answer,
      )
      expect(deno.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
      })
    },
  )

  test('both sides store the same rows', async () => {
    const here = await stored(sides.inProcess)
    expect(await stored(sides.deno)).toEqual(here)
    expect(here.heads).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          id: 'writer',
          state: 'active',
          version: 5,
          hold: [expect.objectContaining({ version: 2, withdrawn: true, reason: 'a token' })],
        }),
        expect.objectContaining({ id: 'scribe', state: 'active', version: 2 }),
        expect.objectContaining({ kind: 'servers', id: 'io-github-acme-books', state: 'active', version: 1 }),
      ]),
    )
  })

  test('both sides log a line for every request, without a key', async () => {
    const without = (lines: string[]) => lines.map((line) => JSON.stringify({ ...JSON.parse(line), ms: 0 }))
    const here = without(sides.inProcess.lines)
    await expect.poll(() => without(sides.deno.lines)).toEqual(here)
    for (const { lines, keys } of [sides.inProcess, sides.deno])
      for (const secret of [keys.secret, keys.jwtSecret]) expect(lines.join()).not.toContain(secret)
  })
})
