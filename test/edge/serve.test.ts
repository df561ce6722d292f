import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { malformed, Refusal } from '../../src/edge/http/refusal.ts'
import { respond } from '../../src/edge/http/respond.ts'
import { type Line, serve } from '../../src/edge/http/serve.ts'

const lost = Object.assign(new Error('connection terminated'), { code: '57P01' })
const caused = Object.assign(malformed(400, 'shape', 'a bad shape', 'send a good one'), { cause: lost })

const THROWN: [what: string, thrown: unknown, status: number, code: string, logged: Line][] = [
  [
    'a refusal',
    malformed(405, 'route', 'GET is not allowed here', 'send POST'),
    405,
    'REFUSED',
    { phase: 'route', code: 'REFUSED' },
  ],
  [
    'a refusal with a cause',
    caused,
    400,
    'REFUSED',
    { phase: 'shape', code: 'REFUSED', cause: '57P01 connection terminated' },
  ],
  [
    'an error of a library',
    lost,
    500,
    'REMOTE_FAILED',
    { phase: 'database', code: 'REMOTE_FAILED', cause: '57P01 connection terminated' },
  ],
  ['a value that is not an error', 'oh', 500, 'REMOTE_FAILED', { phase: 'database', code: 'REMOTE_FAILED' }],
]

test.each(THROWN)(
  'a request that ends with %s is answered and logged once',
  async (_what, thrown, status, code, logged) => {
    const lines: Line[] = []
    const response = await serve(
      { event: 'test' },
      (line) => lines.push(line),
      async (line) => {
        line.actor = 'ada'
        throw thrown
      },
    )
    const { ok, error } = (await response.json()) as { ok: boolean; error: Record<string, unknown> }
    expect([response.status, ok, error.code]).toEqual([status, false, code])
    if (thrown instanceof Refusal) expect(error).toEqual(thrown.error)
    else expect(JSON.stringify(error)).not.toContain('terminated')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ event: 'test', actor: 'ada', status, ms: expect.any(Number), ...logged })
  },
)

test('a successful request is answered unchanged and logged once', async () => {
  const lines: Line[] = []
  const answer = respond(200, { ok: true, result: 7 })
  expect(
    await serve(
      { event: 'test' },
      (line) => lines.push(line),
      async () => answer,
    ),
  ).toBe(answer)
  expect(lines).toEqual([{ event: 'test', status: 200, ms: expect.any(Number) }])
})

test('a request that is not worth logging is answered without a log line', async () => {
  const lines: Line[] = []
  const only = (line: Line, status: number) => line.event === 'test' && status !== 200
  const log = (line: Line) => lines.push(line)
  await serve({ event: 'test' }, log, async () => respond(200, { ok: true }), only)
  expect(lines).toEqual([])
  await serve({ event: 'test' }, log, () => Promise.reject(lost), only)
  expect(lines).toHaveLength(1)
})

test('no other file of the edge turns a thrown error into an answer', () => {
  const files = readdirSync('src/edge', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const answering = files.filter((file) =>
    /\bdescribeCause\(refusal\)/.test(readFileSync(`src/edge/${file}`, 'utf8')),
  )
  expect(answering).toEqual(['http/serve.ts'])
})
