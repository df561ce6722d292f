import { expect, test } from 'vitest'
import { checkSent } from '../../src/api/reads/check-sent.ts'
import type { JsonObject } from '../../src/contract/kind.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { manifest } from '../plugins/agents/support/agent.ts'

const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_none, at) => make(at))
const keys = (count: number, of: string, value: unknown): JsonObject =>
  Object.fromEntries(many(count, (at): [string, unknown] => [`${of}${at}`, value]))
const servers = (server: object, count = 1) => ({
  mcp: { mcpServers: keys(count, 's', { type: 'stdio', ...server }) },
})

/** Files near the limit of 256 kB with as many mistakes of one sort as fit. */
const CORPUS: [name: string, of: (count: number) => JsonObject, count: number][] = [
  ['unknown keys', (count) => keys(count, 'k', 1), 24_000],
  ['unknown keys inside', (count) => ({ permissions: keys(count, 'k', 1) }), 24_000],
  ['skills that are not objects', (count) => ({ skills: many(count, () => 'a') }), 25_000],
  ['empty skills', (count) => ({ skills: many(count, () => ({})) }), 25_000],
  ['wrappers in a row', (count) => servers({ command: 'env', args: many(count, () => 'env') }), 40_000],
  ['references in arguments', (count) => servers({ command: 'x', args: many(count, () => '$A') }), 40_000],
  ['servers behind a shell', (count) => servers({ command: 'sudo', args: ['sh', '-c'] }, count), 4_000],
]

test.each(CORPUS)('findings about %s are limited in number, and answered fast', async (_name, of, count) => {
  const text = JSON.stringify(manifest(of(count)))
  expect(text.length).toBeLessThan(262_144)
  const start = performance.now()
  const sent = { files: new Map([['agent.json', text]]), whole: false }
  const { diagnostics } = await checkSent(agents, sent, async () => new Map())
  expect(performance.now() - start).toBeLessThan(10_000)
  expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
  expect(diagnostics.length).toBeLessThanOrEqual(500)
})
