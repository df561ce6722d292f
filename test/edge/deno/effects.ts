import { contentHash } from '../../../src/contract/digest.ts'
import { commitAt, type Packed, packAgent, packFiles } from '../../cloud/support/definitions.ts'
import { commit, POST, stage, type Wanted } from './wanted.ts'

/** An agent in two versions, and one whose bundle is never uploaded. */
const writer = packAgent('writer', 'You write.\n')
const writer2 = packAgent('writer', 'You write well.\n', {}, 1)
const ghost = packAgent('ghost', 'You haunt.\n')
const scribe = packAgent('scribe', 'You note.\n', { status: 'draft' })
const stale = packAgent('writer', 'You write late.\n')

const serverOf = (status: string, headers: object[] = []) =>
  packFiles('servers', 'io-github-acme-books', {
    'server.json': JSON.stringify({
      name: 'io.github.acme/books',
      description: 'Reads books.',
      version: '1.0.0',
      remotes: [{ type: 'streamable-http', url: 'https://mcp.example.com/', headers }],
      _meta: { 'dev.nofx/registry': { owner: '@acme/tools', status } },
    }),
  })
const books = serverOf('active')
const loose = serverOf('active', [{ name: 'Authorization', value: 'Bearer abc' }])
const SERVERS = { kind: 'servers', path: 'registry_servers_sync' }

/** The definitions whose bundles are uploaded. */
export const uploaded = [writer, writer2, scribe, stale, books]

const rollback = (key: string, target: object, rest: object = {}) => ({
  action: 'rollback',
  key: `key of ${key}`,
  actor: 'test@example.com',
  reason: 'it went wrong',
  target,
  ...rest,
})

const lying = { ...writer, item: { ...writer.item, digest: 'd'.repeat(64) } }
const [manifest, prompt] = writer.item.files as [object, { text: string }]
const changed = {
  ...writer,
  item: { ...writer.item, files: [manifest, { ...prompt, text: 'You lie...\n' }] },
} as Packed
const elsewhere = {
  ...writer,
  item: { ...writer.item, bundle: { ...writer.item.bundle, path: 'agents/other/x.tar.gz' } },
}

const promote = (key: string, id: string) => ({
  action: 'promote',
  key: `key of ${key}`,
  actor: 'test@example.com',
  kind: 'agents',
  id,
})

const switching = (action: 'disable' | 'enable', key: string) => ({
  action,
  key: `key of ${key}`,
  actor: 'test@example.com',
  reason: 'harm',
  kind: 'agents',
  id: 'writer',
})

const withdraw = (key: string, version: number, rest: object = {}) => ({
  action: 'withdraw',
  key: `key of ${key}`,
  actor: 'test@example.com',
  reason: 'a token',
  kind: 'agents',
  id: 'writer',
  version,
  ...rest,
})

/** Requests that change the registry, or are refused by it; the order matters. */
export const effects: Wanted[] = [
  { what: 'a digest that lies', answer: '422 REFUSED', init: POST(stage('a lie', lying)) },
  { what: 'text of another hash', answer: '422 REFUSED', init: POST(stage('a change', changed)) },
  { what: 'a bundle of somebody else', answer: '422 REFUSED', init: POST(stage('a theft', elsewhere)) },
  { what: 'an agent twice', answer: '422 REFUSED', init: POST(stage('a twin', writer, writer)) },
  {
    what: 'an agent sent to the templates',
    answer: '422 REFUSED',
    kind: 'templates',
    path: 'registry_templates_sync',
    init: POST(stage('a wrong door', writer)),
  },
  {
    what: 'files of an agent packed as a template',
    answer: '422 FINDINGS',
    kind: 'templates',
    path: 'registry_templates_sync',
    init: POST(stage('a disguise', packFiles('templates', 'writer', { 'agent.json': '{}' }))),
  },
  { what: 'an agent', answer: '200', init: POST(stage('one', writer)) },
  { what: 'the same part again', answer: '200', init: POST(stage('one', writer)) },
  {
    what: 'a commit of other content',
    answer: '422 REFUSED',
    init: POST(commit('one', [writer], { content: 'c'.repeat(64) })),
  },
  { what: 'a commit', answer: '200', init: POST(commit('one', [writer])) },
  { what: 'the same commit again', answer: '200', init: POST(commit('one', [writer])) },
  {
    what: 'another commit with the same key',
    answer: '422 IDEMPOTENCY_MISMATCH',
    init: POST(commit('one', [writer], { reason: 'another' })),
  },
  { what: 'an agent without a bundle', answer: '200', init: POST(stage('a ghost', ghost)) },
  {
    what: 'a commit without its bundle',
    answer: '422 REFUSED',
    init: POST(commit('a ghost', [ghost])),
  },
  { what: 'a commit of nothing', answer: '200', init: POST(commit('nothing', [])) },
  { what: 'a plan that saw nothing', answer: '200', init: POST(stage('a plan', stale)) },
  { what: 'its commit over another', answer: '409 CONFLICT', init: POST(commit('a plan', [stale])) },
  { what: 'a second version', answer: '200', init: POST(stage('two', writer2)) },
  {
    what: 'its commit',
    answer: '200',
    init: POST(commit('two', [writer2], { commit: commitAt(2) })),
  },
  {
    what: 'a rollback that is only tried',
    answer: '200',
    init: POST(rollback('a trial', { kind: 'agents', id: 'writer', toVersion: 1 }, { dryRun: true })),
  },
  {
    what: 'a rollback against another head',
    answer: '412 CONFLICT',
    init: POST(rollback('a race', { kind: 'agents', id: 'writer', toVersion: 1, expectedVersion: 7 })),
  },
  {
    what: 'a rollback',
    answer: '200',
    init: POST(rollback('a way back', { kind: 'agents', id: 'writer', toVersion: 1 })),
  },
  {
    what: 'the same rollback again',
    answer: '200',
    init: POST(rollback('a way back', { kind: 'agents', id: 'writer', toVersion: 1 })),
  },
  {
    what: 'a rollback of what is not there',
    answer: '404 NOT_FOUND',
    init: POST(rollback('a void', { kind: 'agents', id: 'nobody', toVersion: 1 })),
  },
  {
    what: 'a rollback of a release that is not there',
    answer: '404 NOT_FOUND',
    init: POST(rollback('a void release', { release: 'abcdef' })),
  },
  {
    what: 'an undelete of what was not removed',
    answer: '422 REFUSED',
    init: POST({
      action: 'undelete',
      key: 'key of an undelete',
      actor: 'a',
      kind: 'agents',
      id: 'writer',
    }),
  },
  { what: 'an enabling of what is enabled', answer: '200', init: POST(switching('enable', 'a vain key')) },
  { what: 'a disabling', answer: '200', init: POST(switching('disable', 'a kill switch')) },
  { what: 'the same disabling again', answer: '200', init: POST(switching('disable', 'a kill switch')) },
  { what: 'an enabling', answer: '200', init: POST(switching('enable', 'an all-clear')) },
  { what: 'a draft', answer: '200', init: POST(stage('a draft', scribe)) },
  {
    what: 'its commit as a draft',
    answer: '200',
    init: POST(commit('a draft', [scribe], { commit: commitAt(3) })),
  },
  { what: 'its promotion', answer: '200', init: POST(promote('a promotion', 'scribe')) },
  { what: 'the same promotion again', answer: '200', init: POST(promote('a promotion', 'scribe')) },
  {
    what: 'a promotion of no draft',
    answer: '422 REFUSED',
    init: POST(promote('a vain promotion', 'writer')),
  },
  { what: 'a withdrawal of what is live', answer: '422 REFUSED', init: POST(withdraw('a loss', 1)) },
  {
    what: 'a withdrawal that is only tried',
    answer: '200',
    init: POST(withdraw('a trial of a takedown', 2, { dryRun: true })),
  },
  { what: 'a withdrawal', answer: '200', init: POST(withdraw('a takedown', 2)) },
  { what: 'the same withdrawal again', answer: '200', init: POST(withdraw('a takedown', 2)) },
  {
    what: 'a withdrawal of a version that does not exist',
    answer: '404 NOT_FOUND',
    init: POST(withdraw('a void takedown', 9)),
  },
  {
    what: 'an MCP server with a literal secret',
    answer: '422 FINDINGS',
    ...SERVERS,
    init: POST(stage('a literal', loose)),
  },
  { what: 'an MCP server', answer: '200', ...SERVERS, init: POST(stage('a server', books)) },
  {
    what: 'the commit of an MCP server',
    answer: '200',
    ...SERVERS,
    init: POST(commit('a server', [books], { content: contentHash([{ kind: 'servers', ...books.item }]) })),
  },
]
