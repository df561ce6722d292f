import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportAgent, unescapeVariables } from '../../../src/import/claude-agents/export-agent.ts'
import { escapeVariables } from '../../../src/import/claude-agents/variables.ts'
import fc from '../../harness/fast-check.ts'
import { TestProject } from '../../harness/project.ts'

test('a prompt comes back as the body that it was imported from', () => {
  const piece = fc.constantFrom('{{', '\\', '{{ name }}', '{{x}}', '$', 'text', '}}', '\n')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const body = pieces.join('')
      expect(unescapeVariables(escapeVariables(body).prompt)).toBe(body)
    }),
  )
})

const TOOLS = ['Read', 'Edit', 'Bash', 'Bash(git log:*, git diff:*)', 'WebFetch', 'Task', 'mcp__desk__reply']
const permissions = fc.record(
  {
    filesystem: fc.constantFrom('none', 'read', 'write'),
    shell: fc.boolean(),
    network: fc.boolean(),
    hosts: fc.constantFrom<string[]>(['*'], ['api.example.com'], []),
  },
  { requiredKeys: [] },
)

test('the tools of a file are never wider than the permissions, whatever list was imported', () => {
  fc.assert(
    fc.property(permissions, fc.option(fc.subarray(TOOLS)), (granted, recorded) => {
      const kept = recorded === null ? {} : { tools: recorded.join(', ') }
      const manifest = { description: 'Does it.', permissions: granted, metadata: { import: { kept } } }
      const made = exportAgent('one', manifest, 'Help.\n')
      const line = 'text' in made ? (/^tools: "(.*)"$/m.exec(made.text)?.[1] ?? expect.fail('has tools')) : ''
      expect(line.length > 0).toBe('text' in made)
      const writes = granted.filesystem === 'write'
      const allowed: [RegExp, boolean][] = [
        [/\b(?:Read|Glob|Grep)\b/, writes || granted.filesystem === 'read'],
        [/\b(?:Edit|Write)\b/, writes],
        [/\bBash\b/, granted.shell === true],
        [/\bWeb/, granted.network === true && granted.hosts?.includes('*') === true],
      ]
      for (const [tools, isGranted] of allowed) expect(tools.test(line)).toBe(isGranted)
      expect(line).not.toMatch(/Task|mcp__/)
    }),
  )
})

describe('agents of the registry as files of Claude Code', () => {
  const SOURCE =
    '---\nname: reviewer\ndescription: "Reviews: everything."\ntools: Read, Bash\nmodel: sonnet\ncolor: red\n---\nYou review {{ title }}.\n'
  let project: TestProject
  const pull = (...words: string[]) =>
    project.run('registry', 'pull', ...words, '--format', 'claude', '--to', 'out', '--json')
  beforeAll(async () => {
    project = new TestProject({}, { resident: true }).write({
      'src/agents/reviewer.md': SOURCE,
      'src/agents/idle.md': '---\nname: idle\ndescription: Has no list.\n---\nx\n',
    })
    expect((await project.run('import', 'claude', 'src', '--owner', '@acme/agents')).exit).toBe(0)
    project.commit()
    expect((await project.run('registry', 'publish')).exit).toBe(0)
  })
  afterAll(() => project.remove())

  test('come back as they were imported, and others are named with the reason', async () => {
    const { exit, json } = await pull('agents')
    expect(exit).toBe(0)
    expect(json.data).toMatchObject({
      pulled: [{ id: 'reviewer', state: 'written', lost: [] }],
      refused: [{ id: 'idle', reason: 'its permissions give it no tool of Claude Code' }],
    })
    const file = join(project.root, 'out/agents/reviewer.md')
    expect(readFileSync(file, 'utf8')).toBe(
      '---\nname: "reviewer"\ndescription: "Reviews: everything."\ntools: "Read, Bash"\nmodel: "sonnet"\ncolor: "red"\n---\nYou review {{ title }}.\n',
    )
    const again = await project.run(
      'import',
      'claude',
      'out',
      '--owner',
      '@acme/agents',
      '--dry-run',
      '--json',
    )
    expect(again.json.data).toMatchObject({ failed: [] })
    expect((await pull('agents/reviewer')).json.data.pulled).toMatchObject([{ state: 'unchanged' }])
    writeFileSync(file, 'mine')
    expect((await pull('agents')).json.error).toMatchObject({ code: 'REFUSED' })
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect((await pull('agents', '--force')).exit).toBe(0)
  })

  test('are not written while they are disabled, and templates never', async () => {
    await project.run('registry', 'disable', 'agents/reviewer', '--reason', 'mails')
    expect((await pull('agents')).json.data.pulled).toEqual([])
    expect((await pull('agents/reviewer')).json.error).toMatchObject({ code: 'REFUSED' })
    expect((await pull('templates')).json.error).toMatchObject({ code: 'USAGE' })
  })
})
