import { describe, expect, it } from 'vitest'
import { computePowers, isWithin, joinPowers, type Powers } from '../../../src/exchange/clients/powers.ts'
import { FLOOR, isFull, levelPowers } from '../../../src/exchange/clients/sandbox.ts'
import {
  powersFor,
  TOOLS,
  type ToolClient,
  toolsFor,
  writableHosts,
} from '../../../src/exchange/clients/tools.ts'
import { grantsFor } from '../../../src/import/claude-agents/permissions.ts'
import fc from '../../harness/fast-check.ts'

const CLIENTS = Object.keys(TOOLS) as ToolClient[]
const host = fc.constantFrom('a.example.com', 'b.example.com', '*.example.com', 'Example.com', '[::1]', 'x y')
const anyPowers: fc.Arbitrary<Powers> = fc.record({
  filesystem: fc.constantFrom('none' as const, 'read' as const, 'write' as const),
  shell: fc.boolean(),
  hosts: fc.oneof(fc.constant(['*']), fc.uniqueArray(host, { maxLength: 3 })),
})

/** The permissions of the specification, and the tools that stand for them. */
const TABLE: [ToolClient, Powers, string][] = [
  ['claude', { filesystem: 'none', shell: false, hosts: [] }, ''],
  ['claude', { filesystem: 'read', shell: false, hosts: [] }, 'Read Grep Glob'],
  ['claude', { filesystem: 'write', shell: false, hosts: [] }, 'Read Grep Glob Write Edit'],
  ['claude', { filesystem: 'none', shell: true, hosts: [] }, 'Bash'],
  ['claude', { filesystem: 'none', shell: false, hosts: ['*'] }, 'WebFetch WebSearch'],
  ['claude', { filesystem: 'none', shell: false, hosts: ['a.b'] }, 'WebFetch(domain:a.b)'],
  ['copilot', { filesystem: 'read', shell: false, hosts: [] }, 'read search'],
  ['copilot', { filesystem: 'write', shell: true, hosts: ['*'] }, 'read search edit execute web'],
  ['copilot', { filesystem: 'none', shell: false, hosts: ['a.b'] }, ''],
  [
    'gemini',
    { filesystem: 'write', shell: true, hosts: ['*'] },
    'read_file read_many_files glob grep_search list_directory write_file replace run_shell_command web_fetch google_web_search',
  ],
  ['gemini', { filesystem: 'none', shell: false, hosts: ['a.b'] }, ''],
]

describe('permissions as tools', () => {
  it.each(TABLE)('%s: %o is %s', (client, powers, tools) => {
    expect(toolsFor(client, powers).join(' ')).toBe(tools)
  })

  it.each(TABLE)('%s: what %o became reads back as no more', (client, powers, tools) => {
    const back = powersFor(client, tools === '' ? [] : tools.split(' '))
    expect(back).toEqual({ ...powers, hosts: writableHosts(client, powers.hosts) })
  })

  it('grant nothing that the permissions do not, for any permissions and every client', () => {
    const check = fc.property(fc.constantFrom(...CLIENTS), anyPowers, (client, powers) => {
      const back = powersFor(client, toolsFor(client, powers))
      expect(isWithin(back, powers)).toBe(true)
      expect([back.filesystem, back.shell]).toEqual([powers.filesystem, powers.shell])
      expect(back.hosts).toEqual([...writableHosts(client, powers.hosts)].sort())
    })
    fc.assert(check, { numRuns: 500 })
  })

  it('grant nothing for tools with other names, or with a rule', () => {
    const word = fc.string({ maxLength: 20 })
    const odd = fc.oneof(
      word,
      word.map((rule) => `Bash(${rule})`),
      word.map((name) => `mcp__${name}`),
    )
    const known = new Set(
      CLIENTS.flatMap((client) => toolsFor(client, { filesystem: 'write', shell: true, hosts: ['*'] })),
    )
    const check = fc.property(fc.constantFrom(...CLIENTS), fc.array(odd), (client, tools) => {
      const others = tools.filter((tool) => !known.has(tool))
      expect(powersFor(client, others)).toEqual({ filesystem: 'none', shell: false, hosts: [] })
    })
    fc.assert(check, { numRuns: 500 })
  })

  it('are understood as the import understands them', () => {
    for (const client of ['claude', 'copilot'] as const) {
      const { read, write, shell, web, harmless } = TOOLS[client]
      for (const tool of [read, write, shell, web].flatMap(({ writes, knows }) => [...writes, ...knows])) {
        const { grants } = grantsFor([tool])
        const powers = powersFor(client, [tool])
        expect(computePowers({ ...grants }, []), tool).toEqual(powers)
      }
      for (const tool of harmless) expect(grantsFor([tool]).grants.shell, tool).toBe(false)
    }
  })
})

describe('permissions as a level', () => {
  it('grant nothing but reading that the permissions do not', () => {
    const check = fc.property(anyPowers, (powers) => {
      const back = levelPowers(isFull(powers), powers.hosts.includes('*'))
      expect(isWithin(back, joinPowers(powers, FLOOR))).toBe(true)
    })
    fc.assert(check, { numRuns: 500 })
  })
})
