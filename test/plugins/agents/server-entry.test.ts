import { expect, test } from 'vitest'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { makeServerEntry, withServers } from '../../../src/plugins/agents/server-entry.ts'
import type { CheckedServerManifest } from '../../../src/plugins/servers/manifest/schema.ts'
import { findingsOn } from '../../conformance/definition.ts'
import { serverSamples } from '../../conformance/samples/servers.ts'

const BASE = { name: 'io.github.acme/books', description: 'Books.', version: '1.2.3' }
const STDIO = { type: 'stdio' as const }
const manifest = (fields: object) => ({ ...BASE, ...fields }) as CheckedServerManifest
const from = 'io.github.acme/books@1.2.3'

test.each<[string, object, object, string[]]>([
  [
    'npm',
    {
      packages: [
        {
          registryType: 'npm',
          identifier: '@acme/books',
          version: '1.2.3',
          transport: STDIO,
          runtimeHint: 'npx',
          packageArguments: [
            { type: 'named', name: '--mode', value: 'read' },
            { type: 'positional', valueHint: 'ledger path', isRequired: true },
            { type: 'positional', valueHint: 'optional' },
          ],
          environmentVariables: [
            { name: 'TOKEN', isSecret: true },
            { name: 'REGION', default: 'eu' },
          ],
        },
      ],
    },
    {
      type: 'stdio',
      command: 'npx',
      args: ['-y', '@acme/books@1.2.3', '--mode', 'read', `\${LEDGER_PATH}`],
      env: { TOKEN: `\${TOKEN}` },
      from,
    },
    ['TOKEN', 'LEDGER_PATH'],
  ],
  [
    'pypi',
    { packages: [{ registryType: 'pypi', identifier: 'books', version: '1.2.3', transport: STDIO }] },
    { type: 'stdio', command: 'uvx', args: ['books==1.2.3'], from },
    [],
  ],
  [
    'oci',
    {
      packages: [
        {
          registryType: 'oci',
          identifier: `ghcr.io/acme/books@sha256:${'a'.repeat(64)}`,
          transport: STDIO,
          environmentVariables: [{ name: 'TOKEN', isRequired: true }],
        },
      ],
    },
    {
      type: 'stdio',
      command: 'docker',
      args: ['run', '-i', '--rm', '-e', 'TOKEN', `ghcr.io/acme/books@sha256:${'a'.repeat(64)}`],
      env: { TOKEN: `\${TOKEN}` },
      from,
    },
    ['TOKEN'],
  ],
  [
    'a remote',
    {
      packages: [{ registryType: 'mcpb', identifier: 'https://acme.example.com/b.mcpb', transport: STDIO }],
      remotes: [
        {
          type: 'streamable-http',
          url: 'https://{tenant}.books.example.com/mcp',
          headers: [
            { name: 'Authorization', isSecret: true, value: 'Bearer {token}' },
            { name: 'X-Key', isSecret: true, value: '{ACME_KEY}' },
          ],
          variables: { tenant: { default: 'eu', isRequired: true } },
        },
      ],
    },
    {
      type: 'streamable-http',
      url: 'https://{tenant}.books.example.com/mcp',
      headers: { Authorization: `\${BOOKS_AUTHORIZATION}`, 'X-Key': `\${ACME_KEY}` },
      variables: { tenant: { default: 'eu' } },
      from,
    },
    ['BOOKS_AUTHORIZATION', 'ACME_KEY'],
  ],
])('an agent gets an entry for %s', (_what, fields, server, secrets) => {
  const entry = makeServerEntry(manifest(fields))
  expect(entry).toMatchObject({ name: 'books', server, secrets })
  expect(entry?.server).toEqual(server)
})

test('a new agent with any valid server has no findings', () => {
  const samples = serverSamples.valid.map(({ files }) => JSON.parse(files['server.json'] ?? ''))
  const remote = { ...samples[0], packages: undefined }
  for (const sample of [...samples, remote]) {
    const entry = makeServerEntry(sample)
    const plain = agents.scaffold?.('reader', { owner: '@acme/tools' }) ?? {}
    const files = withServers(plain, entry ? [entry] : [])
    expect(findingsOn(agents, { id: 'reader', files })).toEqual([])
  }
})

test('a server without a package to start and without a remote has no entry', () => {
  expect(makeServerEntry(manifest({}))).toBeUndefined()
})
