import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@cfworker/json-schema'
import { describe, expect, test } from 'vitest'
import { type JsonObject, manifestId } from '../../../src/contract/kind.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { liftServer } from '../../../src/plugins/servers/manifest/lift.ts'
import { serverId } from '../../../src/plugins/servers/manifest/name.ts'
import { findingsOn } from '../../conformance/definition.ts'
import fc from '../../harness/fast-check.ts'

const shared = join(import.meta.dirname, '../../../../shared/corpus')
const corpus = (path: string) => {
  const file = join(shared, path)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}
const OWN = 'dev.nofx/registry'

describe('an older server.json', () => {
  test('of 2025-07-09 has underscores and a status', () => {
    const { server, lifts } = liftServer({
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-07-09/server.schema.json',
      name: 'io.github.acme/books',
      description: 'Books.',
      status: 'deleted',
      version: '1.0.0',
      website_url: 'https://acme.example.com',
      packages: [
        {
          registry_type: 'oci',
          identifier: 'acme/books',
          version: '1.0.0',
          transport: { type: 'stdio' },
          runtime_hint: 'docker',
          environment_variables: [
            { name: 'is_secret', is_secret: true, variables: { is_required: { is_required: true } } },
          ],
        },
      ],
    })
    expect(server).toEqual({
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
      name: 'io.github.acme/books',
      description: 'Books.',
      version: '1.0.0',
      websiteUrl: 'https://acme.example.com',
      packages: [
        {
          registryType: 'oci',
          identifier: 'acme/books:1.0.0',
          transport: { type: 'stdio' },
          runtimeHint: 'docker',
          environmentVariables: [
            { name: 'is_secret', isSecret: true, variables: { is_required: { isRequired: true } } },
          ],
        },
      ],
      _meta: { [OWN]: { status: 'disabled' } },
    })
    expect(lifts.map(({ at }) => at.join('.'))).toEqual([
      'website_url',
      'packages.0.registry_type',
      'packages.0.runtime_hint',
      'packages.0.environment_variables',
      'packages.0.environment_variables.0.is_secret',
      'packages.0.environment_variables.0.variables.is_required.is_required',
      '$schema',
      'status',
      'packages.0.version',
    ])
  })

  test('of the first lists names packages by their registry', () => {
    const { server, lifts } = liftServer({
      id: '4e9cf4cf',
      name: 'io.github.acme/books',
      description: 'Books.',
      version_detail: { version: '0.0.1-seed', release_date: '2025-05-16T18:56:49Z', is_latest: true },
      packages: [
        { registry_name: 'npm', name: '@acme/books', version: '1.0.0' },
        { registry_name: 'unknown', name: 'acme/books', version: '' },
        { registry_name: 'docker', name: 'acme/books', version: '' },
      ],
      remotes: [{ transport_type: 'streamable', url: 'https://books.example.com/mcp' }],
    })
    expect(server).toEqual({
      name: 'io.github.acme/books',
      description: 'Books.',
      version: '0.0.1-seed',
      packages: [
        { registryType: 'npm', identifier: '@acme/books', version: '1.0.0', transport: { type: 'stdio' } },
        { registryType: 'oci', identifier: 'acme/books', transport: { type: 'stdio' } },
      ],
      remotes: [{ type: 'streamable-http', url: 'https://books.example.com/mcp' }],
    })
    expect(lifts.filter(({ outcome }) => outcome !== 'mapped').map(({ at }) => at.join('.'))).toEqual([
      'version_detail.is_latest',
      'version_detail.release_date',
      'id',
      'packages.0',
      'packages.1.version',
      'packages.1',
      'packages.2.version',
      'packages.2',
    ])
  })

  test('a server of today is not changed, and lifting twice changes nothing', () => {
    const list: JsonObject[] = corpus('mcp-servers/servers.json') ?? []
    for (const entry of list) {
      const before = structuredClone(entry)
      const { server } = liftServer(entry)
      expect(entry).toEqual(before)
      expect(liftServer(server)).toEqual({ server, lifts: [] })
    }
  })

  test('every entry of an early public list gets verdicts, and none of its fields is unknown', () => {
    const list: JsonObject[] = corpus('mcp-servers/servers.json') ?? []
    const rules = new Set<string>()
    for (const entry of list) {
      const id = String(manifestId(servers, entry))
      for (const one of findingsOn(servers, { id, files: { 'server.json': JSON.stringify(entry) } }))
        rules.add(one.rule)
    }
    expect(rules).not.toContain('NOFX_FIELD_UNKNOWN')
    expect(rules).not.toContain('NOFX_FIELD_MISSING')
    expect(new Set(list.map((entry) => manifestId(servers, entry))).size).toBe(
      new Set(list.map(({ name }) => name)).size,
    )
  })

  test('any JSON is lifted without an exception', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (raw) => {
        expect(() => liftServer(raw as JsonObject)).not.toThrow()
      }),
      { numRuns: 200 },
    )
  })
})

test('a manifest that the kind accepts is valid by the published schema of server.json', async () => {
  const schema = corpus('formats/mcp-server-json/schemas/2025-12-11/server.schema.json')
  if (!schema) return console.warn('skipped: the published schema is not here')
  const validator = new Validator(schema, '7')
  const { serverSamples } = await import('../../conformance/samples/servers.ts')
  for (const { id, files } of serverSamples.valid) {
    const { errors, valid } = validator.validate(JSON.parse(files['server.json'] ?? ''))
    expect([id, valid, errors]).toEqual([id, true, []])
  }
  const scaffolded = servers.scaffold?.('io-github-acme-books', { owner: '@acme' })
  expect(validator.validate(JSON.parse(scaffolded?.['server.json'] ?? '')).valid).toBe(true)
})

describe('the id of a server', () => {
  test.each([
    ['io.github.acme/books', 'io-github-acme-books'],
    ['com.Acme/My_Books.v2', 'com-acme-my-books-v2'],
    [`com.acme/${'x'.repeat(60)}`, expect.stringMatching(/^com-acme-x{46}-[0-9a-f]{8}$/)],
  ])('of %s is made of its words', (name, id) => {
    expect(serverId(name)).toEqual(id)
    expect(serverId(name).length).toBeLessThanOrEqual(64)
  })

  test('long names that begin alike have different ids', () => {
    const [one, other] = ['a', 'b'].map((end) => serverId(`com.acme/${'x'.repeat(80)}${end}`))
    expect(one).not.toBe(other)
  })
})
