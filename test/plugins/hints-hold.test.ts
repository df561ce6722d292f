import { expect, test } from 'vitest'
import { checkDefinition } from '../../src/contract/check/check.ts'
import type { Finding, Pointer } from '../../src/contract/diagnostic.ts'
import { ALONE, type JsonObject } from '../../src/contract/kind.ts'
import { agents } from '../../src/plugins/agents/kind.ts'

/** An agent with most of the fields that people write by hand, and without findings. */
const GOOD: JsonObject = {
  agentId: 'one',
  name: 'Agent one',
  description: 'Does one thing.',
  owner: '@acme/agents',
  version: '1.0.0',
  status: 'active',
  license: 'MIT',
  tags: ['writing'],
  skills: [{ id: 'do', name: 'Do', description: 'Does it.', tags: ['a'] }],
  model: { provider: 'acme', name: 'm-1' },
  prompts: { system: { path: 'prompts/system.md', role: 'system' } },
  permissions: { network: true, hosts: ['mcp.example.com'], filesystem: 'none', secrets: ['TOKEN'] },
  resourceProfile: { cpu: 1, memoryMb: 256 },
  mcp: {
    mcpServers: {
      far: {
        type: 'streamable-http',
        url: 'https://mcp.example.com/mcp',
        headers: { Authorization: `\${TOKEN}` },
        allowedTools: ['find'],
      },
      near: { type: 'stdio', command: 'node', args: ['server.js'], env: { TOKEN: `\${TOKEN}` } },
    },
  },
}

function findingsOn(manifest: JsonObject): Finding[] {
  const files = [
    { path: 'agent.json', size: 0, text: JSON.stringify(manifest) },
    { path: 'prompts/system.md', size: 0, text: 'You help.\n' },
  ]
  return checkDefinition({ kind: 'agents', id: 'one', files, findings: [] }, agents, ALONE).findings
}

/** Every place of a document. */
function* placesIn(value: unknown, at: Pointer = []): Generator<Pointer> {
  if (at.length > 0) yield at
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value))
    yield* placesIn(inner, [...at, Array.isArray(value) ? Number(key) : key])
}

type Held = Record<string | number, unknown>
const holderOf = (root: unknown, at: Pointer): Held | undefined =>
  at.slice(0, -1).reduce<unknown>((inner, key) => (inner as Held | undefined)?.[key], root) as
    | Held
    | undefined

/** A mistake that a person makes at one place of a document. */
const MISTAKES: Record<string, (holder: Held, key: string | number) => void> = {
  'a letter is left out of the name': (holder, key) => renameKey(holder, key, String(key).slice(0, -1)),
  'the name begins with a capital': (holder, key) =>
    renameKey(holder, key, String(key).charAt(0).toUpperCase() + String(key).slice(1)),
  'the type is the one of another host': (holder) => {
    holder.type = 'command' in holder ? 'local' : 'http'
  },
  'the type is left out': (holder) => {
    delete holder.type
  },
  'neither the type nor the place is there': (holder) => {
    for (const field of ['type', 'command', 'url']) delete holder[field]
  },
  'the URL has the name of another host': (holder) => renameKey(holder, 'url', 'serverUrl'),
  'the tools have the name of another host': (holder) => renameKey(holder, 'allowedTools', 'tools'),
  'a time limit of another host is added': (holder) => {
    holder.timeout = 60
  },
  'a field of another host is added': (holder) => {
    holder.cwd = '/work'
  },
  'a field of the registry is added': (holder) => {
    holder.digest = 'abc'
  },
  'an unknown field is added': (holder) => {
    holder.zzzzzz = 1
  },
  'the secret is not declared': (holder, key) => {
    holder[key] = `\${OTHER}`
  },
}

function renameKey(holder: Held, key: string | number, to: string): void {
  if (!Object.hasOwn(holder, key) || Array.isArray(holder)) return
  const value = holder[key]
  delete holder[key]
  holder[to] = value
}

/** Does what a hint says, word for word; false if the hint leaves the choice to a person. */
function follow(manifest: JsonObject, { hint = '', pointer = [], key, absent }: Finding): boolean {
  const holder = holderOf(manifest, pointer)
  const last = pointer.at(-1)
  const [, field, value] = /^(?:write|add) "([^"]+)": (.+)$/.exec(hint) ?? []
  const [, name] = /^write "([^"]+)"$/.exec(hint) ?? []
  const [, entry, list] = /^add "([^"]+)" to permissions\.(\w+)$/.exec(hint) ?? []
  if (entry !== undefined && list !== undefined) {
    const permissions = manifest.permissions as Record<string, string[]>
    permissions[list] = [...(permissions[list] ?? []), entry]
  } else if (field !== undefined && value !== undefined && holder && last !== undefined) {
    const isServer = typeof holder[last] === 'object' && absent === undefined && field === 'type'
    const target = isServer ? (holder[last] as Held) : holder
    if (!isServer) delete holder[last]
    target[field] = JSON.parse(value)
  } else if (name !== undefined && holder && last !== undefined) {
    if (key) renameKey(holder, last, name)
    else holder[last] = name
  } else if (/^remove (?:it|"\w+")(?:$|[;,])/.test(hint) && holder && last !== undefined) delete holder[last]
  else return false
  return true
}

const lines = (found: readonly Finding[]) => found.map(({ rule, message }) => `${rule} ${message}`)

/** What following each hint alone leaves behind: the finding itself, or others that were not there. */
function leftAfter(manifest: JsonObject): { followed: number; left: string[] } {
  const before = findingsOn(manifest)
  const known = lines(before)
  let followed = 0
  const left = before.flatMap((finding) => {
    const fixed = structuredClone(manifest)
    if (!follow(fixed, finding)) return []
    followed += 1
    const after = findingsOn(fixed)
    // A value is judged only under a name that the schema knows.
    const isJudged = ({ rule }: Finding) => finding.key && /^NOFX_FIELD_(?:INVALID|TYPE)$/.test(rule)
    const fresh = lines(after.filter((one) => !isJudged(one))).filter((one) => !known.includes(one))
    const same = lines(after).filter((one) => one === `${finding.rule} ${finding.message}`)
    return [...fresh, ...same].map((one) => `${finding.message} / ${finding.hint}: ${one}`)
  })
  return { followed, left }
}

test('the agent without a mistake has no findings', () => expect(findingsOn(GOOD)).toEqual([]))

test.each(Object.entries(MISTAKES))(
  'when %s, a hint that says what to write or to remove ends its finding, and makes no other',
  (_name, make) => {
    const results = [...placesIn(GOOD)].map((at) => {
      const manifest = structuredClone(GOOD)
      const holder = holderOf(manifest, at)
      if (holder && !Array.isArray(holder)) make(holder, at.at(-1) ?? '')
      return leftAfter(manifest)
    })
    expect(results.flatMap(({ left }) => left)).toEqual([])
    expect(results.filter(({ followed }) => followed > 0).length).toBeGreaterThan(0)
  },
)
