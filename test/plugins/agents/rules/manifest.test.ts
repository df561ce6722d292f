import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { check, findingsOn, manifest } from '../support/agent.ts'

const at = (rule: string, path: string) =>
  `NOFX_${rule} agent.json${path === '' ? ':' : `:${path}`}`.replace(/:$/, '')
const skill = (id: string) => ({ id, name: 'A skill', description: 'Does a thing.' })

/** Each row has a name, the manifest's changes, and the expected findings. */
function table(rows: readonly (readonly [string, JsonObject, string[]])[]): void {
  test.each(rows)('%s', (_, changes, expected) => expect(check(manifest(changes))).toEqual(expected))
}

describe('owner and version', () => {
  table([
    ['the least there can be', {}, []],
    ['a draft without owner and skills', { status: 'draft', owner: undefined, skills: undefined }, []],
    ['no owner', { owner: undefined }, [at('OWNER_MISSING', '')]],
    ['no owner on a disabled one', { owner: undefined, status: 'disabled' }, [at('OWNER_MISSING', '')]],
    ['an unknown status', { status: 'live' }, [at('FIELD_INVALID', 'status')]],
    ['no name', { name: undefined }, [at('FIELD_REQUIRED', '')]],
    ['a blank name', { name: '  ' }, [at('FIELD_INVALID', 'name')]],
    ['a name of 80 characters', { name: 'n'.repeat(80) }, []],
    ['a name of 81 characters', { name: 'n'.repeat(81) }, [at('FIELD_INVALID', 'name')]],
    ['a description of 300 characters', { description: 'd'.repeat(300) }, []],
    [
      'a description of 301 characters',
      { description: 'd'.repeat(301) },
      [at('DESCRIPTION_LONG', 'description')],
    ],
    [
      'a description of 1025 characters',
      { description: 'd'.repeat(1025) },
      [at('FIELD_INVALID', 'description')],
    ],
    [
      'the known schema',
      { $schema: 'https://unpkg.com/nofx/docs/schema/agents.json', schemaVersion: '1' },
      [],
    ],
    ['another schema', { $schema: 'https://example.com/agents.json' }, [at('FIELD_INVALID', '$schema')]],
    ['another schema version', { schemaVersion: '2' }, [at('FIELD_INVALID', 'schemaVersion')]],
    ['a misspelt field', { descripton: 'x' }, [at('FIELD_UNKNOWN', 'descripton')]],
    ['an id of one character', { agentId: 'r' }, [at('ID_FORMAT', 'agentId'), at('ID_FOLDER', 'agentId')]],
    [
      'an id with the Kelvin sign',
      { agentId: 'revie\u212Aer' },
      [at('ID_FORMAT', 'agentId'), at('ID_FOLDER', 'agentId')],
    ],
    ['a device', { agentId: 'com1' }, [at('ID_DEVICE', 'agentId'), at('ID_FOLDER', 'agentId')]],
  ])

  test.each([
    'me@example.com',
    "o'neil+x@mail.example.co.uk",
    '@octocat',
    '@org/team',
    '@a_b',
    'platform',
    'team-a/b.c',
  ])('the owner %s is accepted', (owner) => expect(check(manifest({ owner }))).toEqual([]))
  test.each([
    '',
    '@',
    'me@',
    '@ me',
    'me@localhost',
    'a b',
    'me@exa mple.com',
    '-x',
    'x@y..z',
    'https://example.com',
  ])('the owner %j is refused', (owner) =>
    expect(check(manifest({ owner }))).toEqual([at('FIELD_INVALID', 'owner')]),
  )
  test.each(['1.0.0', '0.0.1', '1.2.3-rc.1', '1.2.3+build.5', '10.20.30-a-b.0'])(
    'the version %s is exact',
    (version) => expect(check(manifest({ version }))).toEqual([]),
  )
  test.each(['latest', '^1.0.0', '1.0', 'v1.0.0', '1.0.0 ', '1.x', '>=1.0.0', '01.0.0', '1.0.0-01', ''])(
    'the version %j is not exact',
    (version) => expect(check(manifest({ version }))).toEqual([at('FIELD_INVALID', 'version')]),
  )
})

describe('fields that only the registry sets', () => {
  test.each(['digest', 'promptHash', 'sourceCommit', 'publishedAt', 'publishedBy'])(
    '%s is refused',
    (field) => {
      expect(check(manifest({ [field]: 'x' }))).toEqual([at('RESERVED_FIELD', field)])
    },
  )
})

describe('tags, repository, metadata', () => {
  const url = 'https://github.com/acme/agents'
  table([
    ['ten tags', { tags: [...'abcdefghij'] }, []],
    ['eleven tags', { tags: [...'abcdefghijk'] }, [at('FIELD_INVALID', 'tags')]],
    ['a tag twice', { tags: ['a', 'b', 'a'] }, [at('TAG_DUPLICATE', 'tags.2')]],
    ['a tag in capitals', { tags: ['Code'] }, [at('FIELD_INVALID', 'tags.0')]],
    ['languages', { tags: ['c++', 'c#', 'node.js'] }, []],
    ['a repository', { repository: { url, source: 'github', subfolder: 'packages/a' } }, []],
    [
      'a repository over http',
      { repository: { url: 'http://github.com/a' } },
      [at('FIELD_INVALID', 'repository.url')],
    ],
    [
      'a repository with a password',
      { repository: { url: 'https://a:b@github.com/a' } },
      [at('FIELD_INVALID', 'repository.url')],
    ],
    [
      'a subfolder that leaves',
      { repository: { url, subfolder: '../x' } },
      [at('FIELD_INVALID', 'repository.subfolder')],
    ],
    [
      'an absolute subfolder',
      { repository: { url, subfolder: '/x' } },
      [at('FIELD_INVALID', 'repository.subfolder')],
    ],
    [
      'a subfolder with a step aside',
      { repository: { url, subfolder: 'a/./b' } },
      [at('FIELD_INVALID', 'repository.subfolder')],
    ],
    ['any metadata', { metadata: { a: [1, { b: null }], $x: '' } }, []],
    ['4 KiB of metadata', { metadata: { a: 'x'.repeat(4096 - 8) } }, []],
    ['a byte more', { metadata: { a: 'x'.repeat(4096 - 7) } }, [at('METADATA_SIZE', 'metadata')]],
    [
      'as many characters of two bytes',
      { metadata: { a: 'ä'.repeat(2045) } },
      [at('METADATA_SIZE', 'metadata')],
    ],
    ['metadata that is a list', { metadata: [] }, [at('FIELD_TYPE', 'metadata')]],
  ])
})

describe('skills', () => {
  table([
    ['none', { skills: undefined }, [at('SKILL_MISSING', '')]],
    ['an empty list', { skills: [] }, [at('SKILL_MISSING', 'skills')]],
    ['an empty list in a draft', { skills: [], status: 'draft' }, []],
    ['different ids', { skills: [skill('review'), skill('Review-2')] }, []],
    ['one id twice', { skills: [skill('review'), skill('review')] }, [at('SKILL_DUPLICATE', 'skills.1.id')]],
    [
      'ids that differ in case',
      { skills: [skill('review'), skill('x1'), skill('Review')] },
      [at('SKILL_DUPLICATE', 'skills.2.id')],
    ],
    ['an id with a blank', { skills: [skill('a b')] }, [at('FIELD_INVALID', 'skills.0.id')]],
    ['no description', { skills: [{ id: 'ab', name: 'A' }] }, [at('FIELD_REQUIRED', 'skills.0')]],
    [
      'everything',
      {
        skills: [
          { ...skill('ab'), tags: ['x'], examples: ['y'], inputModes: ['text/plain'], outputModes: ['text'] },
        ],
      },
      [],
    ],
    [
      'an odd mode',
      { skills: [{ ...skill('ab'), inputModes: ['Text Plain'] }] },
      [at('FIELD_INVALID', 'skills.0.inputModes.0')],
    ],
  ])
})

describe('model and resources', () => {
  const model = (params: JsonObject) => ({ model: { name: 'm', params } })
  const profile = (limits: JsonObject) => ({ resourceProfile: limits })
  const bad = (field: string) => [at('FIELD_INVALID', `resourceProfile.${field}`)]
  table([
    [
      'a model',
      { model: { provider: 'p', name: 'm', params: { temperature: 2, maxOutputTokens: 1, topK: 5 } } },
      [],
    ],
    ['a model without a name', { model: { provider: 'p' } }, [at('FIELD_REQUIRED', 'model')]],
    ['too hot', model({ temperature: 2.1 }), [at('FIELD_INVALID', 'model.params.temperature')]],
    ['too cold', model({ temperature: -0.1 }), [at('FIELD_INVALID', 'model.params.temperature')]],
    ['no output', model({ maxOutputTokens: 0 }), [at('FIELD_INVALID', 'model.params.maxOutputTokens')]],
    ['a preset', { resourceProfile: 'large' }, []],
    ['an unknown preset', { resourceProfile: 'huge' }, [at('FIELD_INVALID', 'resourceProfile')]],
    [
      'the least',
      profile({
        cpu: 0.1,
        memoryMb: 128,
        gpu: 0,
        timeoutMs: 1000,
        maxTokens: 1,
        maxToolCalls: 1,
        maxCostUsd: 0.01,
        maxConcurrency: 1,
      }),
      [],
    ],
    [
      'the most',
      profile({ cpu: 16, memoryMb: 65_536, gpu: 8, timeoutMs: 86_400_000, maxConcurrency: 100 }),
      [],
    ],
    ['too little cpu', profile({ cpu: 0.09 }), bad('cpu')],
    ['too much cpu', profile({ cpu: 16.1 }), bad('cpu')],
    ['too little memory', profile({ memoryMb: 127 }), bad('memoryMb')],
    ['too much memory', profile({ memoryMb: 65_537 }), bad('memoryMb')],
    ['nine GPUs', profile({ gpu: 9 }), bad('gpu')],
    ['too short', profile({ timeoutMs: 999 }), bad('timeoutMs')],
    ['too long', profile({ timeoutMs: 86_400_001 }), bad('timeoutMs')],
    ['no tokens', profile({ maxTokens: 0 }), bad('maxTokens')],
    ['no tools', profile({ maxToolCalls: 0 }), bad('maxToolCalls')],
    ['no money', profile({ maxCostUsd: 0 }), bad('maxCostUsd')],
    ['101 at once', profile({ maxConcurrency: 101 }), bad('maxConcurrency')],
    ['a misspelt limit', profile({ memory: 128 }), [at('FIELD_UNKNOWN', 'resourceProfile.memory')]],
  ])
  test('an infinite number is refused', () => {
    const text = JSON.stringify(manifest({ resourceProfile: { maxCostUsd: 7 } })).replace(':7}', ':1e999}')
    expect(findingsOn(text).map(({ rule }) => rule)).toContain('NOFX_JSON_NUMBER')
  })
})

describe('permissions', () => {
  const mcp = { mcpServers: { a: { type: 'streamable-http', url: 'https://mcp.example.com/' } } }
  const missing = [at('PERMISSION_HOST_MISSING', 'mcp.mcpServers.a.url')]
  const on = (hosts: string[]) => ({ mcp, permissions: { network: true, hosts } })
  table([
    ['nothing', { permissions: {} }, []],
    [
      'everything',
      {
        permissions: {
          network: true,
          hosts: ['api.example.com'],
          filesystem: 'write',
          shell: true,
          secrets: ['A_B'],
        },
      },
      [],
    ],
    ['a server, but no permission', { mcp }, missing],
    ['its host', on(['mcp.example.com']), []],
    ['its host in capitals', on(['MCP.example.com']), []],
    ['a wildcard', on(['*.example.com']), []],
    ['every host', on(['*']), []],
    ['another host', on(['mcp.example.org']), missing],
    ['its domain alone', on(['example.com']), missing],
    ['a wildcard of its own name', on(['*.mcp.example.com']), missing],
    ['a name that ends alike', on(['*.ample.com']), missing],
    [
      'hosts without network',
      { permissions: { hosts: ['api.example.com'] } },
      [at('PERMISSION_NETWORK', 'permissions.hosts')],
    ],
    [
      'a private host',
      { permissions: { network: true, hosts: ['10.0.0.1'] } },
      [at('PERMISSION_HOST_PRIVATE', 'permissions.hosts.0')],
    ],
    [
      'a host twice',
      { permissions: { network: true, hosts: ['a.example', 'a.example'] } },
      [at('PERMISSION_DUPLICATE', 'permissions.hosts.1')],
    ],
    [
      'a secret twice',
      { permissions: { secrets: ['A', 'A'] } },
      [at('PERMISSION_DUPLICATE', 'permissions.secrets.1')],
    ],
    [
      'a url as host',
      { permissions: { network: true, hosts: ['https://a.example'] } },
      [at('FIELD_INVALID', 'permissions.hosts.0')],
    ],
    [
      'a value as secret',
      { permissions: { secrets: ['sk-123'] } },
      [at('FIELD_INVALID', 'permissions.secrets.0')],
    ],
    ['an unknown right', { permissions: { sudo: true } }, [at('FIELD_UNKNOWN', 'permissions.sudo')]],
  ])
})

describe('dependencies', () => {
  const at0 = 'dependencies.agents.0'
  table([
    ['agents', { dependencies: { agents: ['planner', 'tester@^1.0.0', { agentId: 'writer' }] } }, []],
    ['an invalid range', { dependencies: { agents: ['planner@newest'] } }, [at('VERSION_RANGE', at0)]],
    ['an empty range', { dependencies: { agents: ['planner@'] } }, [at('FIELD_INVALID', at0)]],
    [
      'one twice, in two forms',
      { dependencies: { agents: ['planner', { agentId: 'planner' }] } },
      [at('DEPENDENCY_DUPLICATE', 'dependencies.agents.1')],
    ],
    [
      'exact packages',
      {
        dependencies: { packages: ['npm:zod@4.1.0', 'pypi:httpx==0.27.0', 'docker:mcp/x:1.0.0', 'a@1.0.0'] },
      },
      [],
    ],
    [
      'a loose package',
      { dependencies: { packages: ['npm:zod@^4'] } },
      [at('DEPENDENCY_UNPINNED', 'dependencies.packages.0')],
    ],
    ['a loose package in a draft', { status: 'draft', dependencies: { packages: ['npm:zod'] } }, []],
  ])
})

describe('life cycle', () => {
  const deprecation = { message: 'Use planner.', replacedBy: 'planner', sunsetAt: '2027-01-31' }
  table([
    ['a range of workers', { compatibility: { worker: '>=1.2 <3 || 4.x' } }, []],
    [
      'no range of workers',
      { compatibility: { worker: 'new' } },
      [at('VERSION_RANGE', 'compatibility.worker')],
    ],
    [
      'a blank range of workers',
      { compatibility: { worker: ' ' } },
      [at('VERSION_RANGE', 'compatibility.worker')],
    ],
    ['deprecated with a word', { status: 'deprecated', deprecation }, []],
    ['deprecated without a word', { status: 'deprecated' }, [at('DEPRECATION_MISSING', 'status')]],
    ['announced', { deprecation: { ...deprecation, sunsetAt: '2027-01-31T00:00:00+02:00' } }, []],
    [
      'replaced by itself',
      { deprecation: { ...deprecation, replacedBy: 'reviewer' } },
      [at('DEPRECATION_SELF', 'deprecation.replacedBy')],
    ],
    [
      'on a day that does not exist',
      { deprecation: { ...deprecation, sunsetAt: '2027-02-30' } },
      [at('FIELD_INVALID', 'deprecation.sunsetAt')],
    ],
    ['no suite', { evals: { suite: 'evals/a.json' } }, [at('FILE_MISSING', 'evals.suite')]],
    [
      'a rate above all',
      { evals: { suite: 'evals/a.json', minPassRate: 1.1 } },
      [at('FIELD_INVALID', 'evals.minPassRate')],
    ],
  ])
})

test('schemas of input and output are reported at the place of their fault', () => {
  const inputSchema = { type: 'object', properties: { a: { type: 'strin' } } }
  const outputSchema = { $ref: 'https://example.com/schema.json' }
  expect(check(manifest({ inputSchema, outputSchema }))).toEqual([
    at('JSON_SCHEMA', 'inputSchema.properties.a.type'),
    at('JSON_SCHEMA_REMOTE', 'outputSchema.$ref'),
  ])
})
