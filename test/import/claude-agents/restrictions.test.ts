import { describe, expect, test } from 'vitest'
import { claudeAgents } from '../../../src/import/claude-agents/claude-agents.ts'
import type { Guess } from '../../../src/import/sources/format.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'

interface Permissions {
  network: boolean
  hosts?: string[]
  filesystem: 'none' | 'read' | 'write'
  shell: boolean
}

const NOTHING = { network: false, filesystem: 'none', shell: false }
const EVERY = 'Read, Grep, Write, Edit, Bash, WebFetch'

async function read(front: string): Promise<{ permissions: Permissions; guesses: Guess[]; kept: object }> {
  const text = `---\nname: the-agent\n${front}\n---\nYou help.\n`
  const foreign = await claudeAgents.read({ path: 'agents/a.md', text }, { owner: '@me' })
  if (!foreign.ok) throw new Error(foreign.findings[0]?.message)
  const { manifest, guesses, unmapped: kept } = foreign.definition
  return { permissions: manifest.permissions as Permissions, guesses, kept }
}

const without = (...groups: string[]) => ({
  network: !groups.includes('network'),
  ...(groups.includes('network') ? {} : { hosts: ['*'] }),
  filesystem: groups.includes('read') ? 'none' : groups.includes('write') ? 'read' : 'write',
  shell: !groups.includes('shell'),
})

describe('what the source denies is not granted', () => {
  test.each<[string, object]>([
    ['disallowedTools: Bash', without('shell')],
    ['disallowedTools: bash', without('shell')],
    ['disallowed-tools: [Bash]', without('shell')],
    ['disallowed_tools:\n  - Bash', without('shell')],
    ['disallowedTools: Bash(rm:*)', without('shell')],
    ['disallowedTools: Bash(rm -rf, sudo *), Write', without('shell', 'write')],
    ['disallowedTools: Bash(rm (a, Write', without('shell', 'write')],
    ['disallowedTools: Write Edit', without('write')],
    ['disallowedTools: Write|Bash', without('write', 'shell')],
    ['disallowedTools: "[Bash, WebFetch]"', without('shell', 'network')],
    ['disallowedTools: @Bash', without('shell')],
    ['disallowedTools: BashOutput', without('shell')],
    ['disallowedTools: Bash*', without('shell')],
    ['disallowedTools: Web*', without('network')],
    ['disallowedTools: WebSearch', without('network')],
    ['disallowedTools: run_shell_command', without('shell')],
    ['disallowedTools: write_file', without('read', 'write')],
    ['disallowedTools: Read', without('read', 'write')],
    ['disallowedTools: Glob', without('read', 'write')],
    ['disallowedTools: TodoWrite, Task, Skill, mcp__github__create_file', without()],
    ['disallowedTools: "*"', NOTHING],
    ['disallowedTools: *', NOTHING],
    ['disallowedTools: {Bash: true}', NOTHING],
    ['disallowedTools: true', NOTHING],
    ['disallowedTools:', without()],
    ['disabled-tools: Bash', without('shell')],
    ['permissionMode: plan', without('write', 'shell')],
    ['permissionMode: Plan', without('write', 'shell')],
    ['permission_mode: dontAsk', without('write', 'shell', 'network')],
    ['permissionMode: [plan]', without('write', 'shell', 'network')],
    ['permissionMode: acceptEdits', without()],
    ['permissionMode: default', without()],
    ['sandbox_mode: read-only', without('write', 'shell', 'network')],
    ['sandbox_mode: workspace-write', without('network')],
    ['readonly: true', without('write', 'shell')],
    ['read-only: yes', without('write', 'shell')],
    ['readonly: false', without()],
    ['mode: plan', without('write', 'shell')],
    ['mode: subagent', without()],
    ['permission: deny', NOTHING],
    ['permission: {bash: deny, edit: ask}', without('shell')],
    ['permission: {bash: {"git *": allow, "*": deny}}', without('shell')],
    ['permission: {webfetch: deny, edit: false}', without('network', 'write')],
    ['permissions: {deny: ["Bash(curl:*)", Write]}', without('shell', 'write')],
    ['permissions: {allow: [Read], defaultMode: plan}', without('write', 'shell')],
    ['settings: {permissions: {deny: [WebFetch]}}', without('network')],
    ['bash: false', without('shell')],
    ['network: none', without('network')],
    ['allowed-tools: Read, Grep', { ...NOTHING, filesystem: 'read' }],
    ['allowedTools: Bash(git log:*), Write', { ...NOTHING, filesystem: 'write' }],
    ['allowedTools: {a: 1}', NOTHING],
  ])('%s', async (field, expected) => {
    const before = await read(`${field}\ndescription: d\ntools: ${EVERY}`)
    expect(before.permissions).toEqual(expected)
    const after = await read(`description: d\ntools: ${EVERY}\n${field}`)
    expect(after.permissions).toEqual(expected)
  })

  test.each<[string, object]>([
    ['Write', NOTHING],
    ['Write, Read', { ...NOTHING, filesystem: 'read' }],
  ])('a denied tool leaves no smaller grant that was not asked for: %s', async (tools, expected) => {
    const { permissions } = await read(`description: d\ntools: ${tools}\ndisallowedTools: Edit`)
    expect(permissions).toEqual(expected)
  })

  test.each<[string, object]>([
    ['Read, Bash, !Bash', { ...NOTHING, filesystem: 'read' }],
    ['BashOutput, KillShell', NOTHING],
    ['Bash(echo (a), WebFetch, b), Read', { ...NOTHING, filesystem: 'read' }],
    ['Bash(echo, WebFetch', NOTHING],
    ['@Bash, Read', NOTHING],
    ['Read #, Bash', { ...NOTHING, filesystem: 'read' }],
  ])('tools give no more than they say: %s', async (tools, expected) => {
    expect((await read(`description: d\ntools: ${tools}`)).permissions).toEqual(expected)
  })

  test('prose swallows no field that limits', async () => {
    const prose = 'description: Use it. Examples:\n\n<example>\nuser: "go"\n</example>'
    for (const field of ['readonly: true', 'permission_mode: plan', 'permission: {bash: deny, edit: deny}'])
      expect((await read(`tools: ${EVERY}\n${prose}\n${field}`)).permissions).toMatchObject({
        shell: false,
        filesystem: 'read',
      })
  })
})

describe('the report', () => {
  test.each([
    'mcpServers',
    'mcp-servers',
    'hooks',
    'skills',
    'permissionMode',
    'memory',
    'isolation',
    'maxTurns',
  ])('names %s, which is kept and changes what an agent may do', async (field) => {
    const { guesses, kept } = await read(`description: d\ntools: Read\n${field}: default`)
    expect(kept).toHaveProperty(field)
    expect(guesses).toContainEqual(expect.objectContaining({ field, what: 'kept in metadata.import' }))
  })

  test('names what is denied, and what is lost with it', async () => {
    const { guesses } = await read('description: d\ntools: WebFetch, Read\ndisallowedTools: WebSearch')
    expect(guesses.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['without WebSearch', 'nothing for WebFetch']),
    )
  })

  test('says where servers are that the source names itself', async () => {
    const { guesses } = await read(
      'description: d\ntools: mcp__far__ask\nmcpServers:\n  far: {command: [a], url: "https://mcp.example.com/mcp"}',
    )
    expect(guesses.map(({ why }) => why)).toContain(
      'the source names its servers: move them from metadata.import.kept to "mcp"',
    )
  })
})

test.each<[string, object]>([
  ["['search', 'codebase']", { ...NOTHING, filesystem: 'read' }],
  ["['edit/editFiles', 'search']", { ...NOTHING, filesystem: 'write' }],
  ["['web/fetch']", { ...NOTHING, network: true, hosts: ['*'] }],
  ["['runCommands']", { ...NOTHING, shell: true }],
  ["['execute/runInTerminal', 'read']", { ...NOTHING, shell: true, filesystem: 'read' }],
  ["['agent', 'todo', 'github/*', 'execute/getTerminalOutput']", NOTHING],
])('the tools of Copilot agents are known: %s', async (tools, expected) => {
  expect((await read(`description: d\ntools: ${tools}`)).permissions).toEqual(expected)
})

describe('for any front matter', () => {
  const TOOLS = {
    read: ['Read', 'Grep', 'Glob', 'LS', 'search', 'read/readFile'],
    write: ['Write', 'Edit', 'MultiEdit', 'NotebookEdit', 'edit', 'edit/createFile'],
    shell: ['Bash', 'execute', 'runCommands', 'execute/runInTerminal'],
    network: ['WebFetch', 'WebSearch', 'web/fetch', 'fetch'],
  }
  type Group = keyof typeof TOOLS
  const groups = Object.keys(TOOLS) as Group[]
  const groupOf = (tool: string): Group => groups.find((group) => TOOLS[group].includes(tool)) as Group
  const tool = fc.constantFrom(...Object.values(TOOLS).flat())
  const dressed = fc
    .tuple(tool, fc.constantFrom('', '(x)', '(a, b)', '(rm -rf *)'), fc.constantFrom('as', 'lower', 'upper'))
    .map(([name, rule, letters]) => ({
      name,
      text: `${letters === 'lower' ? name.toLowerCase() : letters === 'upper' ? name.toUpperCase() : name}${rule}`,
    }))
  const denial = fc
    .tuple(
      fc.uniqueArray(dressed, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
      fc.constantFrom('disallowedTools', 'disallowed-tools', 'disallowed_tools', 'DisallowedTools'),
      fc.constantFrom('text', 'spaces', 'list', 'block', 'settings', 'rules'),
    )
    .map(([all, field, form]) => {
      const texts = all.map(({ text }) => text)
      const quoted = texts.map((text) => JSON.stringify(text))
      const front = {
        text: `${field}: ${texts.join(', ')}`,
        spaces: `${field}: ${texts.join(' ')}`,
        list: `${field}: [${quoted.join(', ')}]`,
        block: `${field}:\n${quoted.map((one) => `  - ${one}`).join('\n')}`,
        settings: `permissions: {deny: [${quoted.join(', ')}]}`,
        rules: `permission: {${all.map(({ name }) => `"${name}": deny`).join(', ')}}`,
      }[form]
      return { front, denied: new Set(all.map(({ name }) => groupOf(name))) }
    })
  const mode = fc
    .constantFrom('permissionMode: plan', 'permission-mode: "plan"', 'readonly: true', 'mode: plan')
    .map((front) => ({ front, denied: new Set<Group>(['write', 'shell']) }))
  const limits = fc.array(fc.oneof({ weight: 3, arbitrary: denial }, mode), { maxLength: 2 })

  const granted = ({ network, filesystem, shell }: Permissions, group: Group): boolean =>
    ({ read: filesystem !== 'none', write: filesystem === 'write', shell, network })[group]

  test('no tool that the source denies is granted, and every other one that it asks for is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(tool, { maxLength: 12 }),
        limits,
        fc.constantFrom('d', 'Use it: always. Examples:\n<example>\nuser: "x"\n</example>'),
        fc.boolean(),
        async (tools, all, description, first) => {
          fc.pre(new Set(all.map(({ front }) => front.split(/[:_-]/)[0])).size === all.length)
          const asked = `tools: ${tools.join(', ')}`
          const limiting = all.map(({ front }) => front)
          const fields = first ? [...limiting, asked] : [asked, ...limiting]
          const { permissions } = await read([`description: ${description}`, ...fields].join('\n'))
          const denied = new Set(all.flatMap(({ denied }) => [...denied]))
          for (const group of groups) {
            const wanted = tools.some((name) => groupOf(name) === group)
            const isDenied = denied.has(group) || (group === 'write' && denied.has('read'))
            const comesAlong = group === 'read' && granted(permissions, 'write')
            if (!comesAlong)
              expect([group, granted(permissions, group)]).toEqual([group, wanted && !isDenied])
            if (denied.has(group)) expect([group, granted(permissions, group)]).toEqual([group, false])
          }
        },
      ),
      { numRuns: repetitions(200, 400) },
    )
  })

  test('a field of any value that limits never widens', async () => {
    const order = ['none', 'read', 'write']
    const field = fc.constantFrom(
      'disallowedTools',
      'permissionMode',
      'permissions',
      'allowed-tools',
      'sandbox',
      'readonly',
      'mode',
      'settings',
    )
    await fc.assert(
      fc.asyncProperty(
        field,
        fc.jsonValue({ maxDepth: 2 }),
        fc.subarray(EVERY.split(', ')),
        async (name, value, tools) => {
          const asked = `description: d\ntools: ${tools.join(', ')}`
          const { permissions: most } = await read(asked)
          const { permissions } = await read(`${asked}\n${name}: ${JSON.stringify(value)}`).catch(() => ({
            permissions: NOTHING as Permissions,
          }))
          expect(Number(permissions.shell)).toBeLessThanOrEqual(Number(most.shell))
          expect(Number(permissions.network)).toBeLessThanOrEqual(Number(most.network))
          expect(order.indexOf(permissions.filesystem)).toBeLessThanOrEqual(order.indexOf(most.filesystem))
        },
      ),
      { numRuns: repetitions(100, 200) },
    )
  })
})
