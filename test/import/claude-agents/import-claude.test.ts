import * as fs from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importClaude } from '../../../src/import/claude-agents/import-claude.ts'
import { renderImportReport } from '../../../src/import/render-report.ts'
import { fillVariables, variablesIn } from '../../../src/plugins/agents/manifest/prompt-variables.ts'
import { filesIn, writeFiles } from '../support/temp-folder.ts'
import { counts, manifestOf, owner, REVIEWER, setUp } from './support/set-up.ts'

describe('an agent', () => {
  test('becomes a folder with all that its front matter says', async () => {
    const { from, to } = setUp()
    const report = await importClaude({ from, to, owner })
    expect(Object.keys(filesIn(to))).toEqual(['code-reviewer/agent.json', 'code-reviewer/prompts/system.md'])
    expect(manifestOf(to, 'code-reviewer')).toEqual({
      agentId: 'code-reviewer',
      name: 'Code Reviewer',
      description: 'Reviews changes.',
      owner,
      skills: [
        {
          id: 'security-review',
          name: 'Security review',
          description: 'Input: validation and escaping; Secrets',
        },
      ],
      model: { provider: 'anthropic', name: 'sonnet' },
      prompts: { system: 'prompts/system.md' },
      permissions: { network: false, filesystem: 'read', shell: true },
      metadata: {
        import: {
          format: 'claude',
          source: 'agents/code-reviewer.md',
          sourceSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          outputSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          kept: { tools: 'Read, Grep, Bash', color: 'blue' },
        },
      },
    })
    expect(report.imported).toMatchObject([
      { id: 'code-reviewer', source: 'agents/code-reviewer.md', updated: false },
    ])
  })

  test('keeps its body byte for byte, the blank line after the front matter included', async () => {
    const { from, to } = setUp()
    await importClaude({ from, to, owner })
    expect(filesIn(to)['code-reviewer/prompts/system.md']).toBe(
      REVIEWER.slice(REVIEWER.indexOf('\nYou review')),
    )
  })

  test('is the same from a Windows checkout with a byte order mark', async () => {
    const unix = setUp()
    const windows = setUp({ 'agents/code-reviewer.md': `\uFEFF${REVIEWER.replaceAll('\n', '\r\n')}` })
    await importClaude({ ...unix, owner })
    await importClaude({ ...windows, owner })
    expect(filesIn(windows.to)).toEqual(filesIn(unix.to))
  })

  test('without an owner becomes a draft, and the report says so', async () => {
    const { from, to } = setUp()
    const report = await importClaude({ from, to })
    expect(manifestOf(to, 'code-reviewer')).toMatchObject({ status: 'draft' })
    expect(manifestOf(to, 'code-reviewer')).not.toHaveProperty('owner')
    expect(report.imported[0]?.guesses).toContainEqual(
      expect.objectContaining({ field: 'status', what: 'draft' }),
    )
  })

  test('keeps the braces of its body as text: the original tool has no variables', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how workflow files write it
    const body = 'Work in {{REPO}} for {{ team }}.\n\n```yaml\ntoken: ${{ secrets.TOKEN }}\n```\n'
    const { from, to } = setUp({ 'agents/a.md': `---\nname: the-agent\ndescription: d\n---\n${body}` })
    const report = await importClaude({ from, to, owner })
    expect(manifestOf(to, 'the-agent').prompts).toEqual({ system: 'prompts/system.md' })
    const prompt = filesIn(to)['the-agent/prompts/system.md'] ?? ''
    expect(variablesIn(prompt).size).toBe(0)
    expect(fillVariables(prompt, () => 'x')).toBe(body)
    expect(report.imported[0]?.guesses).toContainEqual(expect.objectContaining({ what: 'REPO, team' }))
  })
})

describe('what is found', () => {
  const agent = (name: string): string => `---\nname: ${name}\ndescription: d\n---\nbody\n`

  test('is every agents/*.md however deep, and nothing else', async () => {
    const { from, to } = setUp({
      'one/agents/a.md': agent('agent-a'),
      '.claude/agents/b.md': agent('agent-b'),
      'one/agents/notes.txt': 'x',
      'one/agents/README.md': '# About these agents',
      'one/agents/deeper/c.md': agent('agent-c'),
      'one/agents/._a.md': 'x',
      'one/commands/d.md': agent('agent-d'),
      'node_modules/x/agents/e.md': agent('agent-e'),
      '.git/agents/f.md': agent('agent-f'),
      'README.md': '# Read me',
    })
    const report = await importClaude({ from, to, owner })
    expect(report.imported.map((row) => row.id)).toEqual(['agent-b', 'agent-a', 'agent-c'])
    expect(counts(report)).toEqual([3, 0, 0, 0])
    expect(report.passedOver.map(({ source }) => source)).toEqual([
      'README.md',
      'one/agents/._a.md',
      'one/agents/README.md',
      'one/agents/notes.txt',
      'one/commands/d.md',
    ])
  })

  test('is a folder of such files, by its name or by their front matter', async () => {
    const { from, to } = setUp({
      'mine/a.md': agent('agent-a'),
      'mine/README.md': '# x',
      'agents/b.md': agent('agent-b'),
    })
    expect(
      (await importClaude({ from: join(from, 'mine'), to, owner })).imported.map((row) => row.id),
    ).toEqual(['agent-a'])
    expect(
      (await importClaude({ from: join(from, 'agents'), to, owner })).imported.map((row) => row.id),
    ).toEqual(['agent-b'])
  })

  test('is a single file', async () => {
    const { from, to } = setUp({ 'x.md': agent('agent-a') })
    const report = await importClaude({ from: join(from, 'x.md'), to, owner })
    expect(report.imported).toMatchObject([{ id: 'agent-a', source: 'x.md' }])
  })

  test('nothing at all stops the command', async () => {
    const { from, to } = setUp({ 'README.md': '# x' })
    await expect(importClaude({ from, to, owner })).rejects.toMatchObject({ code: 'NO_DEFINITIONS' })
    await expect(importClaude({ from: join(from, 'none'), to, owner })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
    })
    expect(fs.existsSync(to)).toBe(false)
  })
})

describe('a dry run', () => {
  test('gives the same verdict and writes nothing', async () => {
    const { root, from, to } = setUp()
    const before = filesIn(root)
    const dry = await importClaude({ from, to, owner, dryRun: true })
    expect(filesIn(root)).toEqual(before)
    expect(fs.existsSync(to)).toBe(false)
    expect({ ...(await importClaude({ from, to, owner })), dryRun: true }).toEqual(dry)
  })
})

test('the report shows what happened, by reason', async () => {
  const { from, to } = setUp({
    'agents/a.md': REVIEWER,
    'agents/b.md': REVIEWER.replace('code-reviewer', 'other-one').replace('tools: Read, Grep, Bash\n', ''),
    'agents/c.md': 'nothing',
    'agents/d.md': '---\nname: by-hand\ndescription: d\n---\n',
  })
  writeFiles(to, { 'by-hand/agent.json': '{}' })
  const report = JSON.stringify(await importClaude({ from, to, dryRun: true }))
  // Named before lines are broken: the folders are longer on some machines than on others.
  const named = JSON.parse(report.replaceAll(from, 'FROM').replaceAll(to, 'TO'))
  expect(renderImportReport(named)).toMatchInlineSnapshot(`
    "2 imported, 3 need you, 0 passed over, 1 failed
    from FROM to TO (dry run: nothing was written)
    needs you:
      2 × status: draft, the owner is unknown: add --owner (code-reviewer;
        other-one)
      1 × permissions: nothing granted, the source asks for every tool there is:
        grant what it needs (other-one)
    skipped; --force would overwrite them (- here, + source):
      by-hand (agents/d.md): a definition of that id exists and was not imported
        --- a/agent.json
        +++ b/agent.json
        @@ -1,1 +1,21 @@
        -{}
        \\ No newline at end of file
        +{
        +  "agentId": "by-hand",
        +  "name": "By Hand",
        +  "description": "d",
        +  "status": "draft",
        +  "skills": [
        +    {
        +      "id": "by-hand",
        +      "name": "By Hand",
        +      "description": "d"
        +    }
        +  ],
        +  "prompts": {
        +    "system": "prompts/system.md"
        +  },
        +  "permissions": {
        +    "network": false,
        +    "filesystem": "none",
        +    "shell": false
        +  }
        +}
        --- a/prompts/system.md
        +++ b/prompts/system.md
    failed:
      FROM/agents/c.md:1:1 error NOFX_IMPORT_FRONT_MATTER the front matter is
        missing
        hint: start the file with "---", fields and "---"
    guessed:
      2 × name: a title made from the name (code-reviewer: Code Reviewer; other-one:
        Other One)
      2 × model.provider: anthropic, the original tool knows the model by its short
        name (code-reviewer; other-one)
      2 × skills: security-review, made from the headings below "Capabilities"
        (code-reviewer; other-one)"
  `)
})
