import { expect, test } from 'vitest'
import type { Definition, JsonObject, Risk } from '../../../src/contract/kind.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { definitionOf } from '../../conformance/definition.ts'

const NPM = { registryType: 'npm', identifier: '@acme/books', version: '1.0.0', transport: { type: 'stdio' } }
const REMOTE = { type: 'streamable-http', url: 'https://books.example.com/mcp' }

function server(fields: JsonObject): Definition {
  const manifest = { name: 'com.acme/books', description: 'Books.', version: '1.0.0', ...fields }
  return definitionOf(servers, { id: 'com-acme-books', files: { 'server.json': JSON.stringify(manifest) } })
}
const risksOf = (before: JsonObject | undefined, after: JsonObject): Pick<Risk, 'id' | 'level'>[] =>
  servers.risks?.(before && server(before), server(after)) ?? []
const ids = (risks: Pick<Risk, 'id' | 'level'>[]) => risks.map(({ id, level }) => `${level} ${id}`)
const withNpm = (changes: JsonObject) => ({ packages: [{ ...NPM, ...changes }] })

test.each<[string, JsonObject | undefined, JsonObject, string[]]>([
  ['a new server', undefined, { packages: [NPM] }, ['high server-package-added']],
  ['no change', { packages: [NPM] }, { packages: [NPM] }, []],
  ['a version', withNpm({}), withNpm({ version: '1.1.0' }), ['medium server-package-version']],
  [
    'another package',
    withNpm({}),
    withNpm({ identifier: '@evil/books' }),
    ['high server-package-added', 'medium server-package-removed'],
  ],
  [
    'another registry',
    withNpm({}),
    withNpm({ registryBaseUrl: 'https://npm.example.com' }),
    ['high server-package-added', 'medium server-package-removed'],
  ],
  [
    'a tag of an image',
    { packages: [{ ...NPM, registryType: 'oci', identifier: 'acme/books:1.0.0', version: undefined }] },
    { packages: [{ ...NPM, registryType: 'oci', identifier: 'acme/books:1.1.0', version: undefined }] },
    ['medium server-package-version'],
  ],
  [
    'another file of the same version',
    withNpm({ fileSha256: 'a'.repeat(64) }),
    withNpm({ fileSha256: 'b'.repeat(64) }),
    ['high server-package-file'],
  ],
  [
    'another command',
    withNpm({}),
    withNpm({ packageArguments: [{ type: 'named', name: '--allow-write' }] }),
    ['high server-command-changed'],
  ],
  [
    'another transport of a package',
    withNpm({}),
    withNpm({ transport: { type: 'sse', url: 'http://127.0.0.1:1/sse' } }),
    ['high server-transport-changed'],
  ],
  [
    'new variables',
    withNpm({ environmentVariables: [{ name: 'A' }] }),
    withNpm({ environmentVariables: [{ name: 'A', value: 'x' }, { name: 'B' }, { name: 'API_KEY' }] }),
    ['high server-secret-added', 'medium server-input-added', 'medium server-input-value'],
  ],
  [
    'a new host',
    { remotes: [REMOTE] },
    { remotes: [REMOTE, { ...REMOTE, url: 'https://o.example.com/mcp' }] },
    ['high server-host-added'],
  ],
  [
    'a URL of the same host',
    { remotes: [REMOTE] },
    { remotes: [{ ...REMOTE, url: 'https://books.example.com/v2' }] },
    ['medium server-url-added', 'medium server-remote-removed'],
  ],
  [
    'another transport of a remote',
    { remotes: [REMOTE] },
    { remotes: [{ ...REMOTE, type: 'sse' }] },
    ['high server-transport-changed'],
  ],
  [
    'a new header',
    { remotes: [REMOTE] },
    { remotes: [{ ...REMOTE, headers: [{ name: 'X-Token', isSecret: true }] }] },
    ['high server-secret-added'],
  ],
  [
    'another owner',
    { _meta: { 'dev.nofx/registry': { owner: '@a' } } },
    { _meta: { 'dev.nofx/registry': { owner: '@b' } } },
    ['medium owner-changed'],
  ],
])('%s', (_what, before, after, expected) => {
  expect(ids(risksOf(before, after))).toEqual(expected)
})
