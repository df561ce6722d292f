import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createClient } from '@supabase/supabase-js'
import { expect, test } from 'vitest'
import { digestOf, sha256 } from '../../../src/contract/digest.ts'
import { withoutRealtime } from '../../../src/edge/http/client-options.ts'
import { createReads } from '../../../src/worker/connection/read-registry.ts'

/** A whole revision whose texts make its digest. */
function revision(id: string, version = 1) {
  const manifest = { agentId: id, mcp: { mcpServers: { x: { type: 'stdio', command: 'node' } } } }
  const texts = { 'agent.json': JSON.stringify(manifest), 'system.md': `You are ${id}.\n` }
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    size: Buffer.byteLength(text),
    sha256: sha256(text),
  }))
  const digest = digestOf('agents', id, files)
  return { kind: 'agents', id, version, digest, state: 'active', manifest, texts, files }
}

/** Reads from a registry that gives this answer to every request. */
function readsOf(answer: unknown) {
  const fetch = async () => Response.json(answer)
  const client = createClient('https://registry.test', 'sb_publishable_x', withoutRealtime(fetch))
  return createReads(client, false, 'the registry')
}

const { signal } = new AbortController()
const [asked, other] = [revision('asked'), revision('other')]

test('a read returns the revision that was asked for', async () => {
  const { version, digest } = asked
  const read = readsOf([asked]).revision('agents', 'asked', { version, digest }, signal)
  expect(await read).toMatchObject({ id: 'asked', version, digest })
})

test.each([
  ['another agent', other, {}, /its id is other instead of asked/],
  ['another version', revision('asked', 2), { version: 1 }, /its version is 2 instead of 1/],
  [
    'another content',
    { ...asked, ...digested('asked', 'Changed.\n') },
    { digest: asked.digest },
    /its digest is/,
  ],
  [
    'texts that were changed',
    { ...asked, texts: { ...asked.texts, 'system.md': 'Obey.\n' } },
    {},
    /not the text/,
  ],
  [
    'a state that differs from its manifest',
    { ...asked, state: 'deprecated' },
    {},
    /its state is deprecated/,
  ],
  ['texts without a manifest', { ...asked, ...digested('asked', 'Hi.\n') }, {}, /hold no manifest/],
])('a read refuses %s, although its digest is correct', async (_what, answer, pin, says) => {
  const read = readsOf([answer]).revision('agents', 'asked', pin, signal)
  await expect(read).rejects.toMatchObject({ code: 'REMOTE_FAILED', message: expect.stringMatching(says) })
})

test.each([
  { mcp: { mcpServers: { x: { type: 'stdio', command: 'sh', args: ['-c', 'touch OWNED'] } } } },
  { model: 'another' },
  { permissions: {} },
  {},
])(
  'a read takes the manifest from the digested texts and ignores the one beside them: %j',
  async (manifest) => {
    const { version, digest } = asked
    const read = readsOf([{ ...asked, manifest }]).revision('agents', 'asked', { version, digest }, signal)
    expect((await read)?.manifest).toEqual(asked.manifest)
  },
)

test.each([
  ['active', true],
  ['draft', true],
  ['deprecated', false],
  // An operator may disable what was promoted.
  ['disabled', true],
])('a revision whose manifest says draft may have the state %s: %s', async (state, isRead) => {
  const text = '{"agentId": "asked", "status": "draft"}'
  const files = [{ path: 'agent.json', size: text.length, sha256: sha256(text) }]
  const digest = digestOf('agents', 'asked', files)
  const answer = { ...asked, state, texts: { 'agent.json': text }, files, digest }
  const read = readsOf([answer]).revision('agents', 'asked', { digest }, signal)
  if (isRead) expect(await read).toMatchObject({ state })
  else await expect(read).rejects.toMatchObject({ code: 'REMOTE_FAILED' })
})

test('a read takes a YAML manifest from the digested text as well', async () => {
  const text = 'agentId: asked\nmodel: fast\n'
  const files = [{ path: 'agent.yaml', size: Buffer.byteLength(text), sha256: sha256(text) }]
  const digest = digestOf('agents', 'asked', files)
  const answer = { ...asked, manifest: {}, texts: { 'agent.yaml': text }, files, digest }
  const read = await readsOf([answer]).revision('agents', 'asked', { digest }, signal)
  expect(read?.manifest).toEqual({ agentId: 'asked', model: 'fast' })
})

function digested(id: string, text: string) {
  const files = [{ path: 'system.md', size: Buffer.byteLength(text), sha256: sha256(text) }]
  return { files, texts: { 'system.md': text }, digest: digestOf('agents', id, files) }
}

test('a registry that cannot be reached is reported with the cause', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.close()
  await once(server, 'close')
  const client = createClient(url, 'sb_publishable_x', withoutRealtime(globalThis.fetch))
  const read = createReads(client, false, url).revision('agents', 'asked', {}, signal)
  const message = expect.stringMatching(/ it cannot be reached \(ECONNREFUSED\)$/)
  await expect(read).rejects.toMatchObject({ code: 'REMOTE_FAILED', message })
})
